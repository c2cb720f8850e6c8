"""Text streams in any encoding of feeds, as UTF-8 without a byte order mark."""

from __future__ import annotations

import codecs
import re

from foundry.catalog.reading.stream import READ_BYTES, Bytes
from foundry.catalog.refusals import BadFeed
from foundry.lfs_pointer import REMEDY, pointer_clause

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
ENCODINGS = frozenset({
    "utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "koi8-r", "koi8-u",
    "big5", "big5hkscs", "gbk", "gb2312", "gb18030", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "mac-roman",
    *(f"iso8859-{part}" for part in range(1, 17)), *(f"cp{page}" for page in (*range(1250, 1259), 437, 850, 852, 874)),
})  # fmt: skip
"""The encodings that may be declared, by the names of `codecs.lookup`."""
_WIDE = ("utf-16", "utf-32")
_XML_HEAD = re.compile(rb"""\A\s*<\?xml\s[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PAGE = re.compile(rb"\A\s*(?:<!doctype\s+html|<html)[\s>]", re.IGNORECASE)
_HEAD = 4_096


class Text:
    """The text of a feed as UTF-8. encoding: the one of the file. head: the first bytes, already in UTF-8."""

    def __init__(self, stream: Bytes, name: str, declared: str | None) -> None:
        self._stream, self._name = stream, name
        first = _filled(stream)
        self.encoding, mark = self._chosen(first, declared)
        self._decoder = None if self.encoding in {"utf-8", "ascii"} else self._new_decoder()
        self._ready = self._decoded(first[mark:])
        self._refuse_foreign()

    def _chosen(self, first: bytes, declared: str | None) -> tuple[str, int]:
        for mark, encoding in _MARKS:
            if first.startswith(mark):
                return encoding, len(mark)
        if found := _XML_HEAD.match(first):
            declared = declared or found[1].decode()
        if declared is None:
            return _without_mark(first), 0
        try:
            encoding = codecs.lookup(declared).name
        except LookupError:
            encoding = ""
        if encoding not in ENCODINGS:
            raise BadFeed(self._name, "bad_encoding", f"has the encoding {declared[:40]!r}", "save it as UTF-8")
        if encoding in _WIDE:
            encoding += "-le"
        return encoding, 0

    def _new_decoder(self) -> codecs.IncrementalDecoder:
        return codecs.getincrementaldecoder(self.encoding)("strict" if self.encoding.startswith(_WIDE) else "replace")

    def _decoded(self, content: bytes) -> bytes:
        if self._decoder is None:
            return content
        try:
            return self._decoder.decode(content, final=not content).encode()
        except UnicodeDecodeError as error:
            if not content:
                raise BadFeed(self._name, "cut_feed", "ends within a character", "send the whole file again") from error
            wrong = f"is not sound {self.encoding} ({error.reason})"
            raise BadFeed(self._name, "bad_encoding", wrong, "save it as UTF-8") from error

    def _refuse_foreign(self) -> None:
        head = self.head
        if clause := pointer_clause(head):
            raise BadFeed(self._name, "not_a_feed", f"is {clause}", REMEDY)
        if _PAGE.match(head):
            wrong = "is a web page, perhaps of a login or an error"
            raise BadFeed(self._name, "not_a_feed", wrong, "check the address and the credential")
        if b"\0" in head.partition(b"\n")[0] or head.count(0) * 100 > len(head):
            raise BadFeed(self._name, "not_a_feed", "is not text", "send TSV, CSV, XML, JSON, XLSX or Parquet")
        if not head.strip():
            raise BadFeed(self._name, "empty_feed", "holds blanks alone", "write the head and the rows")

    @property
    def head(self) -> bytes:
        """The first bytes, which are still to be read."""
        return self._ready[:_HEAD]

    @property
    def first(self) -> bytes:
        """The first megabyte, or all of a shorter feed, which is still to be read."""
        return self._ready

    def read(self, size: int, /) -> bytes:
        """Return bytes of UTF-8, `size` or a few more or less; none at the end."""
        if self._ready:
            ready, self._ready = self._ready[:size], self._ready[size:]
            return ready
        while content := self._stream.read(size):
            if ready := self._decoded(content):
                return ready
        return self._decoded(b"") if self._decoder else b""


def _filled(stream: Bytes) -> bytes:
    """Return the first bytes, enough to judge them by."""
    first = b""
    while len(first) < READ_BYTES and (content := stream.read(READ_BYTES - len(first))):
        first += content
    return first


def _without_mark(first: bytes) -> str:
    """Return the encoding of bytes without a mark: UTF-16 shows as every other byte of a Latin head being zero."""
    head = first[:200]
    if len(head) > 3 and head.count(0) * 3 >= len(head):
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    return "utf-8"
