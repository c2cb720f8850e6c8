"""The folders of a target, made as they are needed."""

from __future__ import annotations

import threading

from connectors.webdav.server import NO_FOLDER, Server

MOST_KNOWN = 20_000


class Folders:
    """Makes each folder once, and remembers it; threads that need the same one wait for it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, None] = {}
        self._lock = threading.Lock()

    def make(self, path: str) -> None:
        """Let a folder be there, with the folders above it."""
        if path in self._known:
            return
        with self._lock:
            if path not in self._known:
                self._make(path)

    def forget(self, path: str) -> None:
        """Ask again for a folder and for those above it, which somebody may have removed."""
        with self._lock:
            while path:
                self._known.pop(path, None)
                path = path.rpartition("/")[0]

    def _make(self, path: str) -> None:
        """Make a folder, and first the one above it if the server says that it is missing (RFC 4918, 9.3.1)."""
        answer = self._server.session.ask("MKCOL", self._server.at.folder(path))
        if answer.status in (404, 409) and path:
            above = path.rpartition("/")[0]
            if above:
                self._make(above)
            elif answer.status == 404 or self._server.describe(self._server.at.home) is None:
                self._make("")  # the target's own folder
            answer = self._server.session.ask("MKCOL", self._server.at.folder(path))
        if answer.status in (201, 200, 204, 405):  # 405: there is something already
            self._remember(path)
        elif path and answer.status in (400, 404, 409):
            raise self._server.session.file_refused(path, *NO_FOLDER)
        elif answer.status in (403, 404, 409):
            what = f"the folder {path or '/'} cannot be made ({self._server.session.reason(answer)})"
            raise self._server.session.refused(what, "make the target's folder, and let the server's user write there")
        else:
            raise self._server.refusal(answer, path or "/")

    def _remember(self, path: str) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[path] = None
