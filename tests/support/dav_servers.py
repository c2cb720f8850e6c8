"""Real WebDAV servers on this machine: Apache httpd with mod_dav, and WsgiDAV. Both ask for user and password.

The user is `dam`. A server can be stopped and started again at its port with what it had.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Protocol

from tests.support.waiting import until

USER = "dam"
MODULES = Path("/usr/lib/apache2/modules")
_LOADED = (
    "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dav", "dav_fs", "dav_lock"
)  # fmt: skip


class DavServer(Protocol):
    """A server whose files lie in `files`."""

    files: Path
    port: int

    def start(self) -> None:
        """Listen; return when it answers."""

    def stop(self) -> None:
        """End."""

    def let_in(self, password: str) -> None:
        """Take this password from now on, and no other."""


def free_port() -> int:
    """Return a port of this machine that nobody listens at now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def answers(url: str) -> bool:
    """Return True if a server gives any answer at all."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


class Apache:
    """Apache httpd with mod_dav, in a process of its own with a private configuration."""

    def __init__(self) -> None:
        # Not below pytest's folders, which only their owner may enter: as root, httpd works as another user.
        self._home = Path(tempfile.mkdtemp(prefix="foundry-httpd-"))
        self._home.chmod(0o755)
        self.files, self._run = self._home / "files", self._home / "run"
        self.files.mkdir()
        self._run.mkdir()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        for _ in range(5):
            (self._home / "httpd.conf").write_text(self._configuration())
            if os.geteuid() == 0:
                for each in (self.files, self._run):
                    shutil.chown(each, "nobody")
            program = shutil.which("apache2", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
            assert program is not None
            command = [program, "-f", str(self._home / "httpd.conf"), "-DFOREGROUND"]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._is_up(self._process):
                return
            self.port = free_port()
        raise AssertionError((self._run / "error.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def _is_up(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until it answers; False if it ended, as it does where its port is taken."""
        url = f"http://127.0.0.1:{self.port}/"
        until(lambda: process.poll() is not None or answers(url), every_s=0.05)
        return process.poll() is None

    def let_in(self, password: str) -> None:
        told = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
        (self._home / "users").write_text(f"{USER}:{{SHA}}{told}\n")

    def remove(self) -> None:
        """End, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self._home)

    def _configuration(self) -> str:
        as_root = "User nobody\nGroup nogroup\n" if os.geteuid() == 0 else ""
        loaded = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in _LOADED)
        return f"""{loaded}{as_root}ServerRoot {self._home}
Listen 127.0.0.1:{self.port}
ServerName localhost
PidFile {self._run}/httpd.pid
ErrorLog {self._run}/error.log
DocumentRoot {self.files}
DavLockDB {self._run}/locks
<Directory "{self.files}">
  Dav On
  AuthType Basic
  AuthName files
  AuthUserFile {self._home}/users
  Require valid-user
</Directory>
"""


class Wsgidav:
    """WsgiDAV behind Cheroot, in threads of this process."""

    def __init__(self, files: Path) -> None:
        self.files = files
        files.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self._users = {USER: {"password": ""}}
        self._server: Any = None

    def start(self) -> None:
        from cheroot import wsgi
        from wsgidav.wsgidav_app import WsgiDAVApp

        app = WsgiDAVApp(
            {
                "provider_mapping": {"/": str(self.files)},
                "simple_dc": {"user_mapping": {"*": self._users}},
                "http_authenticator": {"accept_digest": False},
                "property_manager": True,
                "lock_storage": True,
                "verbose": 0,
                "logging": {"enable": False},
            }
        )
        self._server = wsgi.Server(("127.0.0.1", self.port), app, numthreads=10)
        self._server.prepare()
        self.port = self._server.bind_addr[1]
        self._thread = threading.Thread(target=self._server.serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.stop()
        self._thread.join()

    def let_in(self, password: str) -> None:
        self._users[USER]["password"] = password
