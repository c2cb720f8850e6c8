"""Answers of the status 207 (RFC 4918, 13), read as they come and within limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat  # documents with a type declaration, and so with entities, are refused

BLOCK = 1 << 16
MOST_DEPTH, MOST_TEXT, MOST_PROPERTIES, MOST_WITHIN = 40, 65_536, 500, 20
MOST_IDLE = 1 << 20
"""Bytes within which an element must begin or end; a single endless tag would be kept in memory."""
DAV, OWNCLOUD = "DAV:", "http://owncloud.org/ns"
OURS = "urn:campaign-foundry:delivery"
_MULTISTATUS, _RESPONSE, _HREF = f"{DAV} multistatus", f"{DAV} response", f"{DAV} href"
_PROPSTAT, _PROP, _STATUS = f"{DAV} propstat", f"{DAV} prop", f"{DAV} status"
_LOCK = f"{DAV} activelock"


class BadMultistatus(Exception):
    """An answer that is no whole multistatus; the text is a reason without any word of the answer."""


@dataclass(frozen=True, kw_only=True)
class HeldLock:
    """A lock: its owner as the one who locked wrote it, and its token, if the server tells it."""

    owner: str
    token: str


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A file or folder as a server describes it. Texts are empty where it tells nothing.

    etag: without quotes and without the mark of weakness, which some servers take away after a second.
    own: properties in our namespace.
    """

    href: str
    is_folder: bool
    etag: str
    size_bytes: int | None
    modified: str
    checksums: tuple[str, ...] = ()
    locks: tuple[HeldLock, ...] = ()
    own: dict[str, str] = field(default_factory=dict)


def plain_etag(text: str) -> str:
    """Return an entity tag without quotes and without the mark of a weak one (RFC 9110, 8.8.3).

    Apache httpd calls a tag weak for the second in which its file was written, and the same tag strong afterwards.
    """
    return text.strip().removeprefix("W/").strip('"')


def resources(stream: BinaryIO) -> Iterator[Resource]:
    """Yield the resources of an answer as they are read; BadMultistatus if it is none, or is cut."""
    reader = _Reader()
    try:
        while block := stream.read(BLOCK):
            reader.feed(block)
            yield from reader.taken()
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadMultistatus(f"XML that is broken ({expat.ErrorString(error.code)})") from None
    except (ValueError, LookupError):  # an encoding that expat does not know
        raise BadMultistatus("XML in an unknown encoding") from None
    yield from reader.taken()


@dataclass
class _Open:
    """The response that is being read. A propstat's properties count once its status says that they are told."""

    href: str = ""
    status: str = ""
    waiting: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    checksums: list[str] = field(default_factory=list)
    locks: list[HeldLock] = field(default_factory=list)
    owner: str = ""


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._path: list[str] = []
        self._words: list[str] = []
        self._length, self._idle = 0, 0
        self._open = _Open()
        self._done: list[Resource] = []

    def feed(self, block: bytes) -> None:
        self._idle += len(block)
        self.parser.Parse(block, False)
        if self._idle > MOST_IDLE:
            raise BadMultistatus(f"XML without a tag in {MOST_IDLE} bytes")

    def taken(self) -> list[Resource]:
        taken, self._done = self._done, []
        return taken

    def _refuse_type(self, *_: object) -> None:
        raise BadMultistatus("XML with a document type")

    def _start(self, name: str, _: dict[str, str]) -> None:
        if not self._path and name != _MULTISTATUS:
            raise BadMultistatus("XML that is no multistatus")
        if len(self._path) >= MOST_DEPTH:
            raise BadMultistatus(f"XML that is more than {MOST_DEPTH} elements deep")
        self._path.append(name)
        self._words, self._length, self._idle = [], 0, 0
        if name == _RESPONSE:
            self._open = _Open()
        elif name == _PROPSTAT:
            self._open.waiting, self._open.status = {}, ""
        elif self._path[-2:] == [_PROP, f"{DAV} resourcetype"]:
            self._open.waiting[f"{DAV} resourcetype"] = ""
        elif name == f"{DAV} collection" and self._path[-2] == f"{DAV} resourcetype":
            self._open.waiting[f"{DAV} resourcetype"] = "collection"

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > MOST_TEXT:
            raise BadMultistatus(f"XML with a text of more than {MOST_TEXT} letters")
        self._words.append(text)

    def _end(self, name: str) -> None:
        text, opened = "".join(self._words).strip(), self._open
        self._path.pop()
        inside = self._path[-1] if self._path else ""
        if name == _HREF and inside == _RESPONSE:
            opened.href = text
        elif name == _STATUS and inside == _PROPSTAT:
            opened.status = text
        elif name == _PROPSTAT and " 200" in opened.status:
            opened.told.update(opened.waiting)
        elif name == _RESPONSE:
            self._done.append(_resource(opened))
        elif inside == _PROP:
            if len(opened.waiting) + len(opened.told) >= MOST_PROPERTIES:
                raise BadMultistatus(f"XML with more than {MOST_PROPERTIES} properties of one file")
            opened.waiting.setdefault(name, text)
        else:
            self._end_within(name, text, inside)
        self._words, self._length = [], 0

    def _end_within(self, name: str, text: str, inside: str) -> None:
        """Take what stands within a property: checksums, and the owner and token of a lock."""
        opened = self._open
        if name == f"{OWNCLOUD} checksum" and inside == f"{OWNCLOUD} checksums":
            opened.checksums[:] = [*opened.checksums, *text.split()[:MOST_WITHIN]][:MOST_WITHIN]
        elif (name == _HREF and inside == f"{DAV} owner") or (name == f"{DAV} owner" and text):
            opened.owner = text
        elif name == _HREF and inside == f"{DAV} locktoken" and len(opened.locks) < MOST_WITHIN:
            opened.locks.append(HeldLock(owner=opened.owner, token=text))
        elif name == _LOCK:
            opened.owner = ""


def _resource(opened: _Open) -> Resource:
    told = opened.told
    size = told.get(f"{DAV} getcontentlength", "")
    return Resource(
        href=opened.href,
        is_folder=told.get(f"{DAV} resourcetype") == "collection",
        etag=plain_etag(told.get(f"{DAV} getetag", ""))[:200],
        size_bytes=int(size) if size.isascii() and size.isdecimal() and len(size) < 19 else None,
        modified=told.get(f"{DAV} getlastmodified", "")[:60],
        checksums=tuple(opened.checksums),
        locks=tuple(opened.locks),
        own={name.split(" ", 1)[1]: text for name, text in told.items() if name.startswith(f"{OURS} ")},
    )
