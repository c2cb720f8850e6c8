"""The two ways by which a file reaches an instance: direct binary upload, and the create-asset servlet.

Nothing of an upload can be taken up by another process, as its addresses and its token are secrets; it begins anew.
Until an upload is completed the instance holds nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from connectors.aem.folders import SEEN_AFTER_S, Folders
from connectors.aem.names import address
from connectors.http.answers import ForeignAnswer
from connectors.http.bodies import Multipart, Part, Section, form
from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.errors import TargetAway
from connectors.target.outgoing import Outgoing

CHUNK_BYTES = 10 * 1024 * 1024
"""What the create-asset servlet is sent at once, as Adobe's own client does."""
TRIES = 3
UPLOAD_ENDED = frozenset({403, 404, 410})
COMPLETE = "complete"
"""The step before the request that makes the asset, or its new version."""
Uri = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class InitiatedFile(ForeignAnswer):
    """What an instance answers for one file: where its parts go, and within which sizes."""

    uris: tuple[Uri, ...] = Field(alias="uploadURIs", min_length=1, max_length=20_000)
    token: Uri = Field(alias="uploadToken")
    least: int = Field(alias="minPartSize", ge=1)
    most: int = Field(alias="maxPartSize", ge=1)
    mime_type: str = Field(default="", alias="mimeType", max_length=200)


class Initiated(ForeignAnswer):
    """The answer to an initiation. Without files and an address of completion there is no direct upload."""

    files: tuple[InitiatedFile, ...] = Field(default=(), max_length=100)
    complete_uri: str = Field(default="", alias="completeURI", max_length=4_000)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a file goes: a folder's absolute path, a legal name, and whether an asset is there already."""

    folder: str
    name: str
    exists: bool

    @property
    def path(self) -> str:
        """The absolute path."""
        return f"{self.folder}/{self.name}"


class UploadEnded(Exception):
    """An upload that the instance or its store has given up; another one may be begun."""


class Uploader:
    """Uploads to one instance. Threads share it; the way is chosen by the first answer."""

    def __init__(self, session: Session, folders: Folders, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._session, self._folders, self._clock = session, folders, session.clock
        self._chunk_bytes = chunk_bytes
        self._servlet_alone, self._servlet = False, threading.Lock()

    def upload(self, file: Outgoing, place: Place, progress: Progress) -> str:
        """Bring the bytes, and return the id of the request that made the asset; TargetAway with `maybe` if unsure."""
        self._folders.make(place.folder, progress.check)
        for _ in range(TRIES):
            begun = None if self._servlet_alone else self._begin(file, place, progress)
            if begun is None:
                self._servlet_alone = True
                return self._by_servlet(file, place, progress)
            try:
                return self._directly(file, place, progress, begun)
            except UploadEnded as ended:
                what = str(ended)
        raise self._session.away(what)

    # Direct binary upload.

    def _begin(self, file: Outgoing, place: Place, progress: Progress) -> Initiated | None:
        """Announce the file; None where the instance has no direct upload."""
        body = form({"fileName": place.name, "fileSize": str(file.content.size_bytes)})
        where = address(place.folder, ".initiateUpload.json")
        for pause_s in (*SEEN_AFTER_S, None):
            answer = self._session.ask("POST", where, body, Terms(check=progress.check))
            if answer.status != 404:
                break
            if pause_s is not None:  # the folder is not seen yet, or was removed since
                self._clock.sleep(pause_s)
                if pause_s == SEEN_AFTER_S[-2]:
                    self._folders.forget(place.folder)
                    self._folders.make(place.folder, progress.check)
        self._judge(answer, file, place)
        begun = self._session.read(answer, Initiated)
        if not begun.files or not begun.complete_uri:
            return None
        if len(begun.files) != 1:
            raise self._session.away(f"one file was announced, and {len(begun.files)} were answered")
        return begun

    def _judge(self, answer: HttpAnswer, file: Outgoing, place: Place) -> None:
        """Return for an answer that says yes; otherwise an error rises."""
        if answer.status in (200, 201):
            return
        told = self._session.reason(answer)
        if answer.status == 403:
            remedy = "let the user of the sign-in create assets there"
            raise self._session.refused(f"nothing may be uploaded to {place.folder} ({told})", remedy)
        if answer.status == 404:
            raise self._session.away(f"the folder {place.folder} is not seen yet")
        remedy = "look at the instance's limits on names, types and sizes"
        raise self._session.file_refused(file.path, f"is not taken ({told})", remedy)

    def _directly(self, file: Outgoing, place: Place, progress: Progress, begun: Initiated) -> str:
        (taken,), started = begun.files, self._clock.monotonic()
        for uri, (start, stop) in zip(taken.uris, self._sections(file, taken), strict=False):
            self._put(uri, Section(file.content, start, stop, "application/octet-stream"), progress)
        progress.save(COMPLETE)
        told = {
            "fileName": place.name,
            "fileSize": str(file.content.size_bytes),
            "mimeType": file.media_type or taken.mime_type or "application/octet-stream",
            "uploadToken": taken.token,
            "createVersion": str(place.exists).lower(),
            "versionComment": file.asset,
            "replace": "false",
            "uploadDuration": str(round((self._clock.monotonic() - started) * 1000)),
        }
        where = self._session.url(address(place.folder)).join(begun.complete_uri)
        answer = self._session.ask("POST", where, form(told), Terms(repeatable=False, check=progress.check))
        if answer.status not in (200, 201):
            # Perhaps the token is used up because somebody on the way has sent the request twice.
            raise self._session.away(f"the upload is not completed ({self._session.reason(answer)})", maybe=True)
        return request_id(answer)

    def _sections(self, file: Outgoing, taken: InitiatedFile) -> Iterator[tuple[int, int]]:
        """Yield the bounds of the parts: as large as they must be for the number of addresses, and within limits."""
        size = file.content.size_bytes
        length = max(-(-size // len(taken.uris)), taken.least)
        if length > taken.most:
            what = f"has {size} bytes, more than the {len(taken.uris)} parts of {taken.most} bytes that are offered"
            raise self._session.file_refused(file.path, what, "raise the instance's limit, or leave the file out")
        for start in range(0, size, length):
            yield start, min(start + length, size)

    def _put(self, uri: str, part: Section, progress: Progress) -> None:
        """Send a part to its address, which is signed already; UploadEnded if it is good no more."""
        answer = self._session.ask("PUT", uri, part, Terms(signed_in=False, check=progress.check))
        if answer.status in UPLOAD_ENDED:
            raise UploadEnded("the addresses of an upload ended before it did, several times")
        if answer.status not in (200, 201, 204):
            raise UploadEnded(f"the store of the instance answers {answer.status} to a part, several times")

    # The create-asset servlet.

    def _by_servlet(self, file: Outgoing, place: Place, progress: Progress) -> str:
        """Send the file in chunks, strictly in order; the servlet joins them, and one file is sent at a time."""
        size, answer = file.content.size_bytes, None
        with self._servlet:
            for start in range(0, size, self._chunk_bytes):
                stop = min(start + self._chunk_bytes, size)
                if stop == size:
                    progress.save(COMPLETE)
                answer = self._chunk(file, place, progress, start, stop)
                self._judge(answer, file, place)
        return request_id(answer) if answer else ""

    def _chunk(self, file: Outgoing, place: Place, progress: Progress, start: int, stop: int) -> HttpAnswer:
        size, headers = file.content.size_bytes, {}
        fields = [("_charset_", "utf-8")]
        if stop - start < size:
            fields += [("file@Offset", str(start)), ("chunk@Length", str(stop - start)), ("file@Length", str(size))]
            headers = {"x-chunked-content-type": file.media_type, "x-chunked-total-size": str(size)}
        part = Part("file", place.name, Section(file.content, start, stop, file.media_type))
        body = Multipart(tuple(fields), (part,))
        # A chunk that came twice does not fit; the file then begins anew.
        terms = Terms(repeatable=stop - start == size, headers=headers, check=progress.check)
        where = address(place.folder, ".createasset.html")
        try:
            answer = self._session.ask("POST", where, body, terms)
        except TargetAway as away:
            raise self._session.away(away.what, away.after_s, maybe=away.maybe and stop == size) from None
        return answer


def request_id(answer: HttpAnswer) -> str:
    """Return the instance's name of a request; "" if it gave none."""
    told = answer.headers.get("x-request-id", "") or answer.headers.get("x-adobe-request-id", "")
    return told[:200] if told.isprintable() else ""
