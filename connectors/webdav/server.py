"""One WebDAV server: what it can do, and the requests that every step is made of."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import httpx2

from connectors.http.bodies import Plain
from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.webdav.addresses import Addresses
from connectors.webdav.multistatus import BadMultistatus, Resource, resources
from connectors.webdav.requests import DESCRIPTION

MOST_LISTED_BYTES = 512 << 20
MOST_ANSWER_BYTES = 4 << 20
KEPT_IN_MEMORY = 4 << 20
LOCKED_S = 60.0
"""Seconds after which a file that somebody has locked is tried again."""
NO_FOLDER = ("has no folder there, and none can be made", "remove what stands in the folder's place")
_FILE_REFUSED: Mapping[int, tuple[str, str]] = {
    403: ("may not be written there", "let the server's user write it, or change the target's naming"),
    409: NO_FOLDER,
    413: ("is too large for the server", "raise the server's limit of a request's size"),
    414: ("has too long an address", "shorten the target's naming"),
    415: ("is of a kind that the server does not take", "let the server take it, or filter it out"),
    422: ("is not taken", "ask the server's operator"),
}


@dataclass(frozen=True)
class Abilities:
    """What a server tells of itself in answer to OPTIONS (RFC 4918, 10.1).

    locks: it is of class 2. whole_puts: an upload appears at its address only when it is whole. nextcloud: it computes
    hashes when it is asked to.
    """

    locks: bool
    whole_puts: bool
    nextcloud: bool
    owncloud: bool


class Server:
    """A target's server. Threads share it."""

    def __init__(self, session: Session) -> None:
        self.session, self.at = session, Addresses(session.home)
        self._lock = threading.Lock()
        self._abilities: Abilities | None = None

    @property
    def abilities(self) -> Abilities:
        """What the server can do; it is asked once."""
        with self._lock:
            if self._abilities is None:
                self._abilities = self._asked()
            return self._abilities

    def _asked(self) -> Abilities:
        answer = self.session.ask("OPTIONS", self.at.home)
        if answer.status in (403, 404, 405) or "dav" not in answer.headers:
            what = f"{answer.url.host} answers to OPTIONS with {answer.status} and is no WebDAV server there"
            raise self.session.refused(what, "correct the target's url")
        told = [each.strip().lower() for each in answer.headers.get("dav", "").split(",")]
        cloud = self.at.is_owncloud_like
        # mod_dav_fs writes into a hidden file and renames it; Nextcloud and ownCloud have part files.
        whole = cloud or "<http://apache.org/dav/propset/fs/1>" in told
        nextcloud = cloud and any(each.startswith(("nextcloud-", "nc-")) for each in told)
        return Abilities(locks="2" in told, whole_puts=whole, nextcloud=nextcloud, owncloud=cloud)

    def describe(self, url: httpx2.URL, body: Plain = DESCRIPTION) -> Resource | None:
        """Return what the server tells of one file; None if there is none."""
        answer = self.session.ask("PROPFIND", url, body, Terms(headers={"Depth": "0"}, most_bytes=MOST_ANSWER_BYTES))
        if answer.status in (404, 410):
            return None
        self._is_multistatus(answer)
        with SpooledTemporaryFile(KEPT_IN_MEMORY) as stream:
            stream.write(answer.body)
            stream.seek(0)
            return next(self._read(cast(BinaryIO, stream)), None)

    def inside(self, url: httpx2.URL) -> Iterator[Resource]:
        """Yield what lies in a folder, streamed; nothing if there is no such folder."""
        headers = {"Depth": "1"}
        with SpooledTemporaryFile(KEPT_IN_MEMORY) as stream:

            def sink() -> SpooledTemporaryFile[bytes]:
                stream.seek(0)
                stream.truncate()
                return stream

            answer = self.session.fetch(
                url, sink, Terms(headers=headers, most_bytes=MOST_LISTED_BYTES), method="PROPFIND", body=DESCRIPTION
            )
            if answer.status in (404, 410):
                return
            self._is_multistatus(answer)
            stream.seek(0)
            yield from self._read(cast(BinaryIO, stream))

    def _is_multistatus(self, answer: HttpAnswer) -> None:
        if answer.status in (403, 405):
            what = f"{answer.url.host} does not tell what is there ({self.session.reason(answer)})"
            raise self.session.refused(what, "let the server's user list the folder")
        if answer.status != 207:
            raise self.session.away(f"{answer.url.host} answers {self.session.reason(answer)} to PROPFIND", maybe=True)

    def _read(self, stream: BinaryIO) -> Iterator[Resource]:
        try:
            yield from resources(stream)
        except BadMultistatus as bad:
            raise self.session.away(f"{self.at.home.host} gives {bad}", maybe=True) from None

    def remove(self, url: httpx2.URL) -> None:
        """Remove a file of ours that is not whole; what it is refused with is of no interest."""
        with suppress(TargetAway, TargetRefused):
            self.session.ask("DELETE", url)

    def refusal(self, answer: HttpAnswer, path: str) -> TargetAway | TargetRefused | FileRefused:
        """Return the error for an answer to a request that writes."""
        status, reason = answer.status, self.session.reason(answer)
        if status == 423:
            return self.session.away(f"somebody has locked {path}", LOCKED_S)
        if status == 507:
            return self.session.refused(f"{answer.url.host} is full ({reason})", "make room there")
        if status in (405, 501):
            what = f"{answer.url.host} takes no uploads there ({reason})"
            return self.session.refused(what, "correct the target's url, or let the server be written to")
        if status in _FILE_REFUSED:
            what, remedy = _FILE_REFUSED[status]
            return self.session.file_refused(path, f"{what} ({reason})", remedy)
        return self.session.away(f"{answer.url.host} answers {reason} for {path}", maybe=True)


def terms(progress: Progress, headers: Mapping[str, str], *, large: int = MOST_ANSWER_BYTES) -> Terms:
    """Return the terms of a step of a sending."""
    return Terms(headers=dict(headers), check=progress.check, most_bytes=large)
