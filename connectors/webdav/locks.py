"""Locks on files that are about to be replaced (RFC 4918, 6 and 9.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx2

from connectors.target.connector import Progress
from connectors.target.errors import TargetAway, TargetRefused
from connectors.webdav.requests import LOCKS, lock
from connectors.webdav.server import Server, terms

HELD_S = 600
"""Seconds after which a server may drop a lock by itself."""
_TOKEN = re.compile(r"<([^<>\s]{1,500})>")


@dataclass(frozen=True)
class Lock:
    """A lock that is held on a file. token: "" if the server has no locks."""

    url: httpx2.URL
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The condition under which the file may be written (RFC 4918, 10.4)."""
        return {"If": f"<{self.url}> (<{self.token}>)"} if self.token else {}


@contextmanager
def locked(server: Server, path: str, owner: str, progress: Progress) -> Iterator[Lock]:
    """Hold the lock of a file while the block runs, where the server has locks.

    A lock with our own owner was left by a process that was killed, since one process alone delivers to a target: it
    is taken away. TargetAway if somebody else has locked the file.
    """
    url = server.at.file(path)
    held = Lock(url, _take(server, path, url, owner, progress) if server.abilities.locks else "")
    try:
        yield held
    finally:
        if held.token:
            with suppress(TargetAway, TargetRefused):
                server.session.ask("UNLOCK", url, None, terms(progress, {"Lock-Token": f"<{held.token}>"}))


def _take(server: Server, path: str, url: httpx2.URL, owner: str, progress: Progress) -> str:
    asked = terms(progress, {"Timeout": f"Second-{HELD_S}", "Depth": "0"})
    answer = server.session.ask("LOCK", url, lock(owner), asked)
    if answer.status == 423:
        found = server.describe(url, LOCKS)
        for left in found.locks if found else ():
            if left.owner == owner:
                server.session.ask("UNLOCK", url, None, terms(progress, {"Lock-Token": f"<{left.token}>"}))
        answer = server.session.ask("LOCK", url, lock(owner), asked)
    if answer.status in (405, 501):  # a server that has no locks for this file, though it has for others
        return ""
    token = _TOKEN.search(answer.headers.get("lock-token", ""))
    if answer.status not in (200, 201) or not token:
        raise server.refusal(answer, path)
    return token.group(1)
