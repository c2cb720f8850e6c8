"""tusd, the protocol's reference server, in a process of its own. It lets in one user, by a hook."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
from pathlib import Path

from infra.supply.system import tool
from tests.support.dav_servers import answers, free_port
from tests.support.waiting import until

USER = "dam"
_HOOK = """#!/bin/sh
case "$(cat)" in
  *"Basic {word}"*) echo '{{}}' ;;
  *) echo '{{"RejectUpload": true, "HTTPResponse": {{"StatusCode": 401, "Body": "who are you?"}}}}' ;;
esac
"""


class Tusd:
    """A server of uploads below `files`. It can be stopped, and started again at its port with what it had."""

    def __init__(self, home: Path, *options: str) -> None:
        self.files, self._hooks, self._options = home / "files", home / "hooks", options
        self.files.mkdir(parents=True)
        self._hooks.mkdir()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/files/"

    def start(self) -> None:
        for _ in range(5):
            if self._is_up():
                return
            self.port = free_port()
        raise AssertionError("tusd does not start")

    def _is_up(self) -> bool:
        program = tool("tusd")
        assert program is not None
        command = [program, "-host", "127.0.0.1", "-port", str(self.port), "-upload-dir", str(self.files)]
        command += ["-hooks-dir", str(self._hooks), "-hooks-enabled-events", "pre-create", *self._options]
        process = self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: process.poll() is not None or answers(self.url), every_s=0.05)
        return process.poll() is None

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def let_in(self, password: str) -> None:
        hook = self._hooks / "pre-create"
        hook.write_text(_HOOK.format(word=base64.b64encode(f"{USER}:{password}".encode()).decode()))
        hook.chmod(0o755)

    def finished(self) -> dict[str, bytes]:
        """The bytes of whole uploads, by their ids."""
        described = {each.stem: json.loads(each.read_bytes()) for each in self.files.glob("*.info")}
        held = {name: (self.files / name).read_bytes() for name in described}
        return {name: data for name, data in held.items() if len(data) == described[name]["Size"]}

    def described(self, upload: str) -> dict[str, str]:
        """What was said of an upload with it."""
        told = json.loads((self.files / f"{upload}.info").read_bytes())["MetaData"]
        return {str(key): str(text) for key, text in told.items()}

    def forget(self) -> None:
        """Remove all uploads."""
        for each in self.files.iterdir():
            each.unlink()
