"""The requests of the tus protocol: an upload is created, its parts follow, and its offset is asked for."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from connectors.http.bodies import Section
from connectors.http.credential_scope import origin
from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session
from connectors.http.terms import Terms
from connectors.target.connector import Progress
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.target.outgoing import Outgoing

VERSION = {"Tus-Resumable": "1.0.0"}
LOCKED_S = 1.0
MOST_LOCKED = 30
"""Tries while a server still writes an interrupted part."""
_GONE = (403, 404, 410)


@dataclass(frozen=True)
class Abilities:
    """What a server tells in answer to OPTIONS. checksum: a kind of hash by which it checks each part; "" for none."""

    terminates: bool
    checksum: str
    most_bytes: int


@dataclass(frozen=True)
class State:
    """An upload at the server: bytes that it has, bytes that it waits for in all, and what was said of the file."""

    offset: int
    size_bytes: int
    told: Mapping[str, str]


class Uploads:
    """The uploads of one server. Threads share it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._lock = threading.Lock()
        self._abilities: Abilities | None = None

    @property
    def address(self) -> httpx2.URL:
        """Where uploads are created: the target's address, as the tenant wrote it."""
        return httpx2.URL(self.session.setting.home)

    @property
    def abilities(self) -> Abilities:
        """What the server can do; it is asked once."""
        with self._lock:
            if self._abilities is None:
                self._abilities = self._asked()
            return self._abilities

    def _asked(self) -> Abilities:
        answer = self.session.ask("OPTIONS", self.address)
        versions = _words(answer.headers.get("tus-version", answer.headers.get("tus-resumable", "")))
        extensions = _words(answer.headers.get("tus-extension", ""))
        if "1.0.0" not in versions or "creation" not in extensions:
            what = f"{answer.url.host} creates no uploads by tus 1.0.0 there"
            raise self.session.refused(what, "correct the target's url")
        kinds = _words(answer.headers.get("tus-checksum-algorithm", "")) if "checksum" in extensions else set()
        most = answer.headers.get("tus-max-size", "")
        return Abilities(
            terminates="termination" in extensions,
            checksum=next((kind for kind in ("sha256", "sha512", "sha1") if kind in kinds), ""),
            most_bytes=_number(most) or 0,
        )

    def create(self, file: Outgoing, progress: Progress) -> httpx2.URL:
        """Return the address of a new, empty upload.

        It is made without bytes, so that an address that is lost leaves nothing finished behind.
        """
        size, most = file.content.size_bytes, self.abilities.most_bytes
        if most and size > most:
            raise self.session.file_refused(file.path, f"has {size} bytes; the server takes {most}", "filter it out")
        headers = {**VERSION, "Upload-Length": str(size), "Upload-Metadata": metadata_of(file)}
        answer = self.session.ask("POST", self.address, None, Terms(headers=headers, check=progress.check))
        location = answer.headers.get("location", "")
        if answer.status != 201 or not location:
            raise self._refusal(answer, file.path)
        try:
            return answer.url.join(location)
        except (httpx2.InvalidURL, ValueError):
            raise self.session.away(f"{answer.url.host} gives a malformed address", maybe=True) from None

    def state(self, address: httpx2.URL, progress: Progress) -> State | None:
        """Return what the server has of an upload; None if it has it no more."""
        for _ in range(MOST_LOCKED):
            answer = self.session.ask("HEAD", address, None, Terms(headers=VERSION, check=progress.check))
            if answer.status in _GONE:
                return None
            if answer.status != 423:
                return self._state(answer)
            self._wait(progress)
        raise self.session.away(f"{address.host} keeps an upload locked", LOCKED_S * MOST_LOCKED)

    def _state(self, answer: HttpAnswer) -> State:
        offset, size = (_number(answer.headers.get(name, "")) for name in ("upload-offset", "upload-length"))
        if answer.status not in (200, 204) or offset is None or size is None:
            raise self.session.away(f"{answer.url.host} answers {answer.status} to HEAD without an offset", maybe=True)
        return State(offset, size, told_metadata(answer.headers.get("upload-metadata", "")))

    def part(self, address: httpx2.URL, section: Section, progress: Progress) -> int | None:
        """Send a part, and return the offset after it; None if the offset has to be asked for."""
        headers = {**VERSION, "Upload-Offset": str(section.start), **self._checksum(section)}
        terms = Terms(headers=headers, check=progress.check, repeatable=False)
        try:
            answer = self.session.ask("PATCH", address, section, terms)
        except TargetAway as away:
            if not away.maybe:
                raise
            return None
        if answer.status == 423:  # an interrupted part is still being written
            self._wait(progress)
            return None
        if answer.status in (409, 460):  # it has another offset; or the part was damaged on its way, and is dropped
            return None
        told = _number(answer.headers.get("upload-offset", ""))
        if answer.status not in (200, 204) or told is None:
            raise self._refusal(answer, "the upload")
        return told

    def _checksum(self, section: Section) -> dict[str, str]:
        kind = self.abilities.checksum
        if not kind:
            return {}
        found = hashlib.new(kind)
        for block in section.blocks():
            found.update(block)
        return {"Upload-Checksum": f"{kind} {base64.b64encode(found.digest()).decode()}"}

    def end(self, address: httpx2.URL, progress: Progress) -> None:
        """Remove an upload that a newer one has replaced, where the server can."""
        if not self.abilities.terminates:
            return
        for _ in range(MOST_LOCKED):
            answer = self.session.ask("DELETE", address, None, Terms(headers=VERSION, check=progress.check))
            if answer.status != 423:
                break
            self._wait(progress)
        if answer.status not in (200, 204, *_GONE):
            raise self.session.away(f"{address.host} does not end an upload ({self.session.reason(answer)})")

    def known(self, kept: str) -> httpx2.URL | None:
        """Return an upload's address from what was kept of it; None if that is no address of this server."""
        if not kept.startswith("/") or not kept.isascii():
            return None
        return self.address.copy_with(raw_path=kept.encode("ascii"))

    def kept(self, address: httpx2.URL) -> str:
        """Return an upload's address as it may be kept: its path; "" if it may be a secret.

        An address with a query may be a signed one. Another host's would not be asked with our sign-in.
        """
        plain = not address.query and not address.userinfo and origin(address) == origin(self.address)
        return address.raw_path.decode("ascii") if plain else ""

    def _wait(self, progress: Progress) -> None:
        progress.check()
        self.session.clock.sleep(LOCKED_S)

    def _refusal(self, answer: HttpAnswer, path: str) -> TargetAway | TargetRefused | FileRefused:
        """Return the error for an answer to a request that uploads."""
        status, reason = answer.status, self.session.reason(answer)
        if status in (403, 404, 405, 412):
            what = f"{answer.url.host} takes no uploads there ({reason})"
            return self.session.refused(what, "correct the target's url or its sign_in")
        if status in (400, 413, 415, 422):
            return self.session.file_refused(path, f"is not taken ({reason})", "ask the server's operator")
        return self.session.away(f"{answer.url.host} answers {reason} for {path}", maybe=True)


def metadata_of(file: Outgoing) -> str:
    """Return what is said of a file with its upload: pairs of a key and a text in base64."""
    own = {
        "filename": file.name,
        "filetype": file.media_type,
        "path": file.path,
        "slot": file.slot.id,
        "asset": file.asset,
        "content": file.content.sha256,
    }
    told = {**{_key(name): text for name, text in file.fields.items() if text}, **own}
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in told.items())


def _key(name: str) -> str:
    """Return a field's name without what a key must not have: blanks, commas, and letters that are not ASCII."""
    return "".join(each if "!" <= each <= "~" and each != "," else "_" for each in name)


def told_metadata(header: str) -> dict[str, str]:
    """Return the pairs of an `Upload-Metadata`; what is broken is left out."""
    told = {}
    for pair in header[:20_000].split(",")[:200]:
        key, _, value = pair.strip().partition(" ")
        if not key:
            continue
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            continue
    return told


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _words(header: str) -> set[str]:
    return {each.strip().lower() for each in header.split(",") if each.strip()}
