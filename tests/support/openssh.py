"""An OpenSSH server of this machine, for the user who runs the tests, with a folder of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

PROGRAMS = ("sshd", "ssh-keygen")
_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_ed25519
HostKey {folder}/host_rsa
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/sshd.pid
Subsystem sftp internal-sftp -d {home}
ForceCommand internal-sftp -d {home}
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin yes
UsePAM no
UseDNS no
MaxStartups 100
PerSourcePenalties no
LogLevel ERROR
"""


class OpenSsh:
    """The server; `home` is the folder in which its user begins."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.home.mkdir(parents=True)
        self.user = getpass.getuser()
        for name, kind in (("host_ed25519", "ed25519"), ("host_rsa", "rsa"), ("user", "ed25519")):
            key = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(folder / name)]
            subprocess.run(key, check=True, capture_output=True)
        self.let_in()
        self.port = _free_port()
        config = folder / "sshd_config"
        config.write_text(_CONFIG.format(port=self.port, folder=folder, home=self.home))
        # An older server does not know the penalties, and does not have them.
        told = subprocess.run([_sshd(), "-t", "-f", str(config)], capture_output=True, text=True, check=False)
        if "PerSourcePenalties" in told.stderr:
            config.write_text(config.read_text().replace("PerSourcePenalties no\n", ""))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def private_key(self) -> str:
        """The key that the user signs in with, in OpenSSH's form."""
        return (self.folder / "user").read_text()

    def host_key(self, kind: str = "ed25519") -> str:
        """Return a public key of the server, as `ssh-keyscan` prints it, without the host."""
        return " ".join((self.folder / f"host_{kind}.pub").read_text().split()[:2])

    def let_in(self) -> None:
        """Take the user's key."""
        shutil.copy(self.folder / "user.pub", self.folder / "authorized_keys")

    def lock_out(self) -> None:
        """Take no key."""
        (self.folder / "authorized_keys").write_text("")

    def start(self) -> None:
        """Start, and return when connections are answered."""
        if os.geteuid() == 0:  # as Debian's own start of the service does
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:  # also if another program has the port yet
                self._process = subprocess.Popen([_sshd(), "-D", "-e", "-f", str(self.folder / "sshd_config")])
            with closing(socket.socket()) as found:
                if found.connect_ex(("127.0.0.1", self.port)) == 0 and self._process.poll() is None:
                    return
            time.sleep(0.05)
        raise TimeoutError("sshd does not answer")

    def stop(self) -> None:
        """End the server with the connections that it has."""
        if self._process is None:
            return
        for session in _children(self._process.pid):
            _end(session)
        self._process.terminate()
        self._process.wait(60)
        self._process = None


def _sshd() -> str:
    """Return the path of the server, which it must be started by."""
    found = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin") or shutil.which("sshd")
    assert found is not None
    return found


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [each for child in listed for each in (*_children(int(child)), int(child))]


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
