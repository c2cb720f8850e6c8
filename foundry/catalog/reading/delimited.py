"""TSV and CSV: records of quoted or plain fields, in blocks.

A block in which every quotation mark opens or closes a field, and every record has as many fields as the head, is
parsed by Arrow; any other is read line by line with the standard library. Both are held to agree by a test.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundry.catalog.reading.careful_lines import CarefulLines
from foundry.catalog.reading.columns import FIRST_OF_LIST, refuse_wide
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import Part, cleaned, empty_batch, schema_of
from foundry.catalog.reading.text import Text
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import RowFault

BLOCK_BYTES = 1 << 20
MARKS = ("\t", ",", ";", "|")
_QUOTE, _NEWLINE, _RETURN = b'"', b"\n", b"\r"


@dataclass(frozen=True)
class Blocks:
    """The layout of a delimited file: its text after the head, the mark between fields, and the line that follows."""

    text: Text
    name: str
    mark: str
    names: tuple[str, ...]
    rest: bytes
    line: int
    has_returns: bool
    """Lines end with a carriage return alone."""


def read_head(text: Text, name: str, limits: FeedLimits) -> Blocks:
    """Return the names of the columns, and what follows them; the mark is the one that parts most names.

    Blank lines, lines of comments (as in Meta's template) and Excel's line `sep=;` may stand before the names.
    """
    rest, line, has_returns = b"", 1, False
    while True:
        while _NEWLINE not in rest and len(rest) < limits.row_bytes and (more := text.read(BLOCK_BYTES)):
            rest += more
        if _NEWLINE not in rest and _RETURN in rest:  # files of old spreadsheets end their lines with CR alone
            rest, has_returns = rest.replace(_RETURN, _NEWLINE), True
        first, _, rest = rest.partition(_NEWLINE)
        plain = first.strip().strip(_QUOTE)
        if plain and not plain.startswith((b"#", b"sep=")):
            break
        if not rest:
            raise BadFeed(name, "empty_feed", "has no line of column names", "write the head and the rows")
        line += 1
    try:
        head = first.decode().rstrip("\r")
    except UnicodeDecodeError as error:
        wrong = f"has column names that are not UTF-8 ({error.reason})"
        raise BadFeed(name, "bad_encoding", wrong, "save it as UTF-8, or declare feed.encoding") from error
    mark = max(MARKS, key=lambda mark: (len(_split(head, mark)), -MARKS.index(mark)))
    names = _split(head, mark)
    refuse_wide(len(names), name, limits)
    while len(names) > 1 and not names[-1].strip():
        names.pop()
    return Blocks(text, name, mark, tuple(names), rest, line + 1, has_returns)


def _split(head: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([head], delimiter=mark), [])
    except csv.Error:
        return head.split(mark)


class Records:
    """The records of a delimited file as parts with the wanted columns."""

    def __init__(self, blocks: Blocks, places: Mapping[str, Sequence[int]], limits: FeedLimits) -> None:
        self._blocks, self._places, self._limits = blocks, places, limits
        self._schema = schema_of(places)
        self._present = {name: found for name, found in places.items() if found}
        self._width = len(blocks.names)
        self._lines = CarefulLines(blocks.name, blocks.mark, blocks.names, places, limits)
        self._lines.line = blocks.line
        self._pending, self._ended = blocks.rest, False
        self._need = BLOCK_BYTES
        self._mark = blocks.mark.encode()

    def parts(self) -> Iterator[Part]:
        """Yield the records in order; BadFeed if the file ends within one."""
        while not self._ended or self._pending:
            block = self._next_block()
            if not block:
                continue
            is_whole = self._ended or block.endswith(_NEWLINE)
            part = self._parsed(block) if is_whole and not self._lines.is_skipping else None
            yield part or self._read_carefully(block)

    def _next_block(self) -> bytes:
        """Return whole records as far as quotation marks tell, or all that is left."""
        import numpy as np

        while True:
            self._fill(self._need)
            self._need = BLOCK_BYTES
            if self._ended or len(self._pending) >= self._limits.row_bytes:
                block, self._pending = self._pending, b""
                return block
            octets = np.frombuffer(self._pending, np.uint8)
            ends = np.flatnonzero(octets == 10)
            outside = np.searchsorted(np.flatnonzero(octets == 34), ends) % 2 == 0
            if outside.any():
                cut = int(ends[outside][-1]) + 1
                block, self._pending = self._pending[:cut], self._pending[cut:]
                return block
            self._need = len(self._pending) * 2

    def _fill(self, need: int) -> None:
        held = [self._pending]
        size = len(self._pending)
        while not self._ended and size < need:
            more = self._blocks.text.read(BLOCK_BYTES)
            self._ended = not more
            held.append(more.replace(_RETURN, _NEWLINE) if self._blocks.has_returns else more)
            size += len(more)
        self._pending = b"".join(held)

    def _parsed(self, block: bytes) -> Part | None:
        """Return a block as Arrow parses it; None if it must be read with more care."""
        has_quotes = _QUOTE in block
        if _RETURN in block and block.count(_RETURN) != block.count(b"\r\n"):
            return None
        if has_quotes and not self._has_sound_quotes(block):
            return None
        try:
            block.decode()
            table = self._arrow(block, has_quotes)
        except ValueError:  # not UTF-8; pyarrow.ArrowInvalid: a record with another number of fields
            return None
        import pyarrow as pa

        first = self._lines.row + 1
        self._lines.skip(table.num_rows, block.count(_NEWLINE))
        rows = pa.array(range(first, first + table.num_rows), pa.int64())
        return cleaned(self._merged(table), rows, self._schema, self._limits)

    def _arrow(self, block: bytes, has_quotes: bool) -> Any:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        names = [str(at) for at in range(self._width)]
        wanted = sorted({str(at) for found in self._places.values() for at in found})
        return arrow_csv.read_csv(
            pa.BufferReader(block),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._blocks.mark, quote_char='"' if has_quotes else False, newlines_in_values=has_quotes
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=True,
                null_values=[""],
            ),
        ).combine_chunks()  # fmt: skip

    def _merged(self, table: Any) -> dict[str, Any]:
        """Return the columns by attribute; those of an attribute with several are one."""
        import pyarrow.compute as pc

        made = {}
        for attribute, found in self._present.items():
            columns = [_array(table.column(str(at))) for at in found]
            if len(columns) > 1 and attribute in FIRST_OF_LIST:
                columns = [pc.coalesce(*columns)]
            joined = (
                pc.binary_join_element_wise(*columns, ",", null_handling="skip") if len(columns) > 1 else columns[0]
            )
            made[attribute] = joined
        return made

    def _has_sound_quotes(self, block: bytes) -> bool:
        """Return True if each quotation mark opens or closes a field, or is doubled within one.

        False also for a field over several lines that holds as many marks as a whole record: a closing quotation mark
        may be missing there, and rows be swallowed.
        """
        import numpy as np

        octets = np.frombuffer(block, np.uint8)
        quotes = np.flatnonzero(octets == 34)
        if len(quotes) % 2:
            return False
        opening, closing = quotes[0::2], quotes[1::2]
        mark = self._mark[0]
        before, after = octets[opening - 1], octets[(closing + 1) % len(octets)]
        opens = (opening == 0) | (before == mark) | (before == 10) | (before == 34)
        closes = (closing == len(octets) - 1) | (after == mark) | (after == 10) | (after == 13) | (after == 34)
        if not (opens.all() and closes.all()):
            return False
        ends = np.flatnonzero(octets == 10)
        folded = np.searchsorted(ends, closing) > np.searchsorted(ends, opening)
        if not folded.any():
            return True
        marks = np.flatnonzero(octets == mark)
        inside = np.searchsorted(marks, closing) - np.searchsorted(marks, opening)
        return not bool((folded & (inside >= self._width - 1)).any())

    def _read_carefully(self, block: bytes) -> Part:
        import pyarrow as pa

        found = self._lines.read(block, self._ended and not self._pending)
        if found.rest:
            self._pending = found.rest + self._pending
            self._need = len(self._pending) + BLOCK_BYTES  # the record's end is further on
        if not found.rows:
            return Part(empty_batch(self._schema), tuple(found.faults))
        columns = {name: pa.array([_joined(fields, at, name) for fields in found.fields], pa.string())
                   for name, at in self._present.items()}  # fmt: skip
        part = cleaned(columns, pa.array(found.rows, pa.int64()), self._schema, self._limits)
        return Part(part.columns, _in_order((*found.faults, *part.faults)))


def _array(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _joined(fields: Sequence[str], places: Sequence[int], name: str) -> str:
    if len(places) == 1:
        return fields[places[0]]
    values = [fields[at] for at in places if fields[at]]
    return ",".join(values[:1] if name in FIRST_OF_LIST else values)


def _in_order(faults: tuple[RowFault, ...]) -> tuple[RowFault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.row))
