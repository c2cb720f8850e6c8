"""Nextcloud's chunked uploads, version 2: parts of a large file, which can be gone on with (developer manual)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2

from connectors.http.bodies import Section
from connectors.http.exchange import HttpAnswer
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.outgoing import Outgoing
from connectors.webdav.server import Server, terms
from foundry.names import digest

CHUNK_BYTES = 10 << 20
MOST_CHUNKS = 10_000


class ChunkedUpload:
    """The upload of one file. Its name is that of slot and content, so a process that goes on finds its chunks."""

    def __init__(self, server: Server, file: Outgoing, progress: Progress, chunk_bytes: int) -> None:
        self._server, self._file, self._progress = server, file, progress
        name = digest("webdav-upload", slot=file.slot.id, content=file.content.sha256)
        folder = server.at.upload(f"foundry-{name}")
        assert folder is not None
        self._folder = folder
        size = file.content.size_bytes
        self._step = max(chunk_bytes, -(-size // MOST_CHUNKS))

    def send(self, conditions: dict[str, str]) -> HttpAnswer:
        """Return the answer to the last step, which makes one file of the chunks at the place of the file.

        `conditions` are headers under which that may be done.
        """
        self._progress.save("chunks", content=self._file.content.sha256)
        there = self._begun()
        for number, start in enumerate(range(0, self._file.content.size_bytes, self._step), start=1):
            section = Section(self._file.content, start, min(start + self._step, self._file.content.size_bytes))
            if there.get(f"{number:05}") != section.size_bytes:
                self._put(number, section)
        return self._server.session.ask("MOVE", self._folder.join(".file"), None, self._terms(conditions))

    def _begun(self) -> dict[str, int | None]:
        """Let the upload's folder be there, and return the sizes of its chunks by their names."""
        answer = self._server.session.ask("MKCOL", self._folder, None, self._terms())
        if answer.status == 201:
            return {}
        if answer.status != 405:
            raise self._server.refusal(answer, self._file.path)
        return dict(self._chunks())

    def _chunks(self) -> Iterator[tuple[str, int | None]]:
        for each in self._server.inside(self._folder):
            if not each.is_folder:
                yield httpx2.URL(each.href).path.rpartition("/")[2], each.size_bytes

    def _put(self, number: int, section: Section) -> None:
        self._progress.check()
        answer = self._server.session.ask("PUT", self._folder.join(f"{number:05}"), section, self._terms())
        if answer.status not in (200, 201, 204):
            raise self._server.refusal(answer, self._file.path)

    def _terms(self, further: dict[str, str] | None = None) -> Terms:
        headers = {
            "Destination": str(self._server.at.file(self._file.path)),
            "OC-Total-Length": str(self._file.content.size_bytes),
        }
        return terms(self._progress, {**headers, **(further or {})})
