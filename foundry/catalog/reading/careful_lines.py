"""Lines of a delimited file in which something is odd, read one record at a time."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import RowFault
from foundry.errors import shorten

MOST_LINES = 2_000
"""Of one record."""
_LONGEST_ID = 200
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_LOST = re.compile("[\udc80-\udcff]")
_ENCODING = "save the feed as UTF-8, or declare its encoding in feed.encoding"


@dataclass
class Found:
    """What was read of a block: the fields and numbers of its records, the faults, and a record that goes on."""

    fields: list[list[str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    rest: bytes = b""


class _GoesOn(Exception):
    """The record's end is not in the block."""


class _BadQuotes(Exception):
    """The quotation marks of a record are not sound."""


class CarefulLines:
    """A reader of records. row: the number of the last one; line: the number of the next line of the file.

    is_skipping: the rest of a line that was too long comes next.
    """

    def __init__(
        self, name: str, mark: str, names: Sequence[str], places: Mapping[str, Sequence[int]], limits: FeedLimits
    ) -> None:
        self._name, self._mark, self._width, self._limits = name, mark, len(names), limits
        self._id = (places.get("id") or places.get("Variant SKU") or (0,))[0]
        self._links = [at for key in ("link", "image_link") for at in places.get(key, ())[:1]]
        self.row, self.line = 0, 1
        self.is_skipping = False

    def skip(self, rows: int, lines: int) -> None:
        """Count rows and lines that were read otherwise."""
        self.row += rows
        self.line += lines

    def read(self, block: bytes, is_last: bool) -> Found:
        """Return the records of a block; BadFeed if it is the last one and ends within a record."""
        found = Found()
        lines = block.split(b"\n")
        tail = lines.pop()
        if is_last and tail:
            lines.append(tail)
        at = 0
        while at < len(lines):
            is_cut = is_last and bool(tail) and at == len(lines) - 1
            try:
                used = self._take(lines, at, is_last, is_cut, found)
            except _GoesOn:
                found.rest = b"\n".join([*lines[at:], tail])
                return found
            at += used
            self.line += used
        if not is_last:
            found.rest = self._bounded(tail, found)
        return found

    def _bounded(self, tail: bytes, found: Found) -> bytes:
        """Return the beginning of a line that goes on; one beyond the limit is dropped up to its end."""
        if self.is_skipping or len(tail) < self._limits.row_bytes:
            return b"" if self.is_skipping else tail
        self.is_skipping = True
        self.row += 1
        what = f"record {self.row} has more than {self._limits.row_bytes} bytes; shorten it"
        found.faults.append(RowFault(self.row, "", "row_too_long", "", what, self.line))
        return b""

    def _take(self, lines: Sequence[bytes], at: int, is_last: bool, is_cut: bool, found: Found) -> int:
        """Read the record that begins at a line, and return the number of its lines."""
        if self.is_skipping:
            self.is_skipping = False  # the end of a line that was too long
            return 1
        text = _decoded(lines[at])
        if not text.strip():
            return 1
        try:
            fields, used = self._fields(text, lines, at, is_last)
        except _BadQuotes as error:
            literal = self._literally(text)
            if literal is None:
                self._refuse(found, text.split(self._mark), "bad_quotes", str(error))
                return 1
            fields, used = literal, 1
        self._judge(fields, is_cut and used == 1, found)
        return used

    def _judge(self, fields: list[str], is_cut: bool, found: Found) -> None:
        if len(fields) > self._width and not any(map(str.strip, fields[self._width :])):
            del fields[self._width :]
        if len(fields) < self._width and is_cut:
            wrong = f"ends within its last row, after {len(fields)} of {self._width} fields"
            raise BadFeed(self._name, "cut_feed", wrong, "write the whole feed, and rename it when it is finished")
        if len(fields) != self._width:
            what = f"has {len(fields)} fields, where the head has {self._width}; quote fields that hold marks"
            self._refuse(found, fields, "column_count", what)
        elif any(map(_LOST.search, fields)):
            self._refuse(found, fields, "bad_encoding", f"holds bytes that are not UTF-8; {_ENCODING}")
        else:
            self.row += 1
            found.fields.append(fields)
            found.rows.append(self.row)

    def _refuse(self, found: Found, fields: Sequence[str], code: str, what: str) -> None:
        self.row += 1
        item = self._sure_id(fields)
        found.faults.append(RowFault(self.row, item, code, "", f"record {self.row} {what}", self.line))

    def _sure_id(self, fields: Sequence[str]) -> str:
        """Return the id of a broken record; "" unless it is surely whole, and in its own column."""
        is_placed = len(fields) == self._width or (self._id == 0 and len(fields) > 1)
        item = fields[self._id].strip() if is_placed else ""
        if len(item) > 1 and item[0] == item[-1] == '"':
            item = item[1:-1]
        return "" if len(item) > _LONGEST_ID or '"' in item or _LOST.search(item) else item

    def _fields(self, text: str, lines: Sequence[bytes], at: int, is_last: bool) -> tuple[list[str], int]:
        if '"' not in text:
            return text.rstrip("\r").split(self._mark), 1
        try:
            return self._parsed(iter([text]))[0], 1
        except csv.Error as error:
            if "unexpected end" not in str(error):
                raise _BadQuotes(_reason(error)) from error
        return self._over_lines(lines, at, is_last)

    def _parsed(self, lines: Iterator[str]) -> tuple[list[str], int]:
        reader = csv.reader(lines, delimiter=self._mark, strict=True)
        return next(reader), reader.line_num

    def _over_lines(self, lines: Sequence[bytes], at: int, is_last: bool) -> tuple[list[str], int]:
        several = lines[at : at + MOST_LINES]
        try:
            fields, used = self._parsed(_decoded(line) + "\n" for line in several)
        except csv.Error as error:
            is_open = "unexpected end" in str(error) and len(several) < MOST_LINES
            if is_open and not self._swallows(several):
                if not is_last:
                    size = sum(map(len, several))
                    if size < self._limits.row_bytes:
                        raise _GoesOn from error
                else:
                    wrong = f"ends within a quoted field of record {self.row + 1}"
                    remedy = "write the whole feed, and rename it when it is finished"
                    raise BadFeed(self._name, "cut_feed", wrong, remedy) from error
            raise _BadQuotes(_reason(error)) from error
        if self._swallows(lines[at : at + used]):
            raise _BadQuotes("has a quotation mark that does not close before further rows; close or double it")
        return fields, used

    def _swallows(self, lines: Sequence[bytes]) -> bool:
        """Return True if a line after the first looks like a record of its own, swallowed by a quotation mark."""
        first = _decoded(lines[0]).split(self._mark)
        shape = _shape(first[self._id]) if self._id < len(first) else ""
        return any(self._is_whole(_decoded(line), shape) for line in lines[1:])

    def _is_whole(self, text: str, shape: str) -> bool:
        """Return True for a text with all fields, addresses in their places, and an id like the one of `shape`.

        The end of a long text may have as many commas as a record; it ends with a quotation mark that closes, so their
        number is odd. Only an id like the others' tells that it is a record all the same.
        """
        fields = text.rstrip("\r").split(self._mark)
        if len(fields) != self._width and '"' in text:
            try:
                fields = next(csv.reader([text], delimiter=self._mark), [])
            except csv.Error:
                return False
        if len(fields) != self._width:
            return False
        if self._mark == "\t":
            return True
        if not all(fields[at].strip('" ').startswith(("http", "/")) for at in self._links):
            return False
        return (bool(self._links) and text.count('"') % 2 == 0) or _shape(fields[self._id]) == shape

    def _literally(self, text: str) -> list[str] | None:
        """Return the fields of a line of TSV whose quotation marks quote nothing, as many tools write inches.

        None where that is not sure: where the number of fields differs, or the id holds such a mark.
        """
        fields = text.rstrip("\r").split("\t")
        is_sure = self._mark == "\t" and len(fields) == self._width and '"' not in fields[self._id]
        return fields if is_sure else None


def _shape(item: str) -> str:
    """Return the form of an id: letters as a, digits as 0, whatever their number."""
    return _LETTERS.sub("a", _DIGITS.sub("0", item.strip('" ')))


def _decoded(line: bytes) -> str:
    return line.decode(errors="surrogateescape")


def _reason(error: csv.Error) -> str:
    if "larger than field limit" in str(error):
        return "has a quoted field that is too long; shorten it"
    return f"has quotation marks that do not match ({shorten(str(error))}); double those within quoted fields"
