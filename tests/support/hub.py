"""A hub on this machine that speaks the tree and resolve endpoints, and misbehaves as it is told."""

from __future__ import annotations

import hashlib
import http.server
import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Manner:
    """How the hub misbehaves, and what it was asked."""

    drop_after: int = 0
    busy: int = 0
    busy_list: int = 0
    ranges: bool = True
    token: str = ""
    wrong: bytes = b""
    elsewhere: str = ""
    pages: bool = False
    link: str = ""
    """The address that every page of the list names as the next one; {n} in it counts up."""
    size: int = 0
    stall_after: int = 0
    going_on: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str, str]] = field(default_factory=list)


class Hub(http.server.ThreadingHTTPServer):
    """Speaks the hub's tree and resolve endpoints for one repository."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.folder, self.manner = folder, Manner()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(http.server.BaseHTTPRequestHandler):
    """One request; large files are those above 100 bytes, and only they have a SHA-256 in the tree."""

    server: Hub

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in the base class
        """Say nothing."""

    def do_GET(self) -> None:
        manner = self.server.manner
        path, _, query = self.path.partition("?")
        manner.asked.append((path, self.headers.get("Range", ""), self.headers.get("Authorization", "")))
        if manner.token and self.headers.get("Authorization") != f"Bearer {manner.token}" and "/cdn/" not in path:
            self.answer(401, b"{}")
        elif path == f"/api/models/lab/tiny/tree/{COMMIT}":
            self.tree(query)
        elif found := re.fullmatch(rf"(/lab/tiny/resolve/{COMMIT}|/cdn)/(.*)", path):
            self.file(unquote(found[2]), cdn=found[1] == "/cdn")
        else:
            self.answer(404, b"{}")

    def answer(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def tree(self, query: str) -> None:
        if self.server.manner.busy_list:
            self.server.manner.busy_list -= 1
            return self.answer(503, b"", Retry_After="0")
        items = [self.item(path) for path in sorted(self.server.folder.rglob("*"))]
        if self.server.manner.link:
            named = self.server.manner.link.replace("{n}", str(len(self.server.manner.asked)))
            return self.answer(200, json.dumps(items).encode(), Link=f'<{named}>; rel="next"')
        if not self.server.manner.pages:
            return self.answer(200, json.dumps(items).encode())
        if "cursor" in query:
            return self.answer(200, json.dumps(items[1:]).encode())
        link = f'<{self.server.address}{self.path}&cursor=x>; rel="next"'
        return self.answer(200, json.dumps(items[:1]).encode(), Link=link)

    def item(self, path: Path) -> dict[str, Any]:
        name = path.relative_to(self.server.folder).as_posix()
        if path.is_dir():
            return {"type": "directory", "oid": "0" * 40, "size": 0, "path": name}
        data = path.read_bytes()
        size = self.server.manner.size or len(data)
        item = {"type": "file", "oid": "0" * 40, "size": size, "path": name}
        if len(data) > 100:
            item["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": size, "pointerSize": 130}
        return item

    def file(self, name: str, *, cdn: bool) -> None:
        manner = self.server.manner
        if manner.busy:
            manner.busy -= 1
            return self.answer(503, b"", Retry_After="0")
        if manner.elsewhere and not cdn:
            return self.answer(302, b"", Location=f"{manner.elsewhere}/cdn/{name}")
        path = self.server.folder / name
        if not path.is_file():
            return self.answer(404, b"{}")
        data = path.read_bytes()
        if manner.wrong and name.endswith(".safetensors"):
            data = manner.wrong + data[len(manner.wrong) :]
        return self.send_file(data, self.headers.get("Range", "") if manner.ranges else "")

    def send_file(self, data: bytes, wanted: str) -> None:
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if wanted and start >= len(data):
            return self.answer(416, b"", Content_Range=f"bytes */{len(data)}")
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        self.send_slowly(data[start:])
        return None

    def send_slowly(self, data: bytes) -> None:
        manner = self.server.manner
        self.close_connection = True
        if manner.stall_after:
            self.wfile.write(data[: manner.stall_after])
            self.wfile.flush()
            manner.going_on.wait(20)
        else:
            self.wfile.write(data[: manner.drop_after] if manner.drop_after else data)
