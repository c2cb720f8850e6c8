"""The page files of a large report: scripts beside the page that hold columns and records of its files.

A page that is opened from a disk may load scripts, but may not read other files. So each page file is one call of
`takeFile` with base64 of compressed data, which cannot leave its string, whatever the data says. It is named by its
content: a page file never changes, and those of the page that is being replaced stay until the new page is in place.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

from foundry.manifest import ManifestRecord
from pipelines.campaign.report_page import SHOWN_FIELDS

ROWS_PER_COLUMN_FILE = 20_000
ROWS_PER_PAGE_FILE = 500
ID_DIGITS = 8
"""The hexadecimal digits of an asset's id that a search compares."""

WritePageFile = Callable[[str, bytes], None]
"""Writes a page file of a name; names and bytes belong together for ever."""
Entry = tuple[str, str, str]
"""A value of a facet: the value, its label where that is another text, and other texts by which it is found."""


@dataclass(frozen=True)
class Facet:
    """A property of files by which a large report is filtered; `entry` returns its value for one file."""

    key: str
    title: str
    entry: Callable[[ManifestRecord], Entry]


def _plain(name: str) -> Callable[[ManifestRecord], Entry]:
    read = attrgetter(name)
    return lambda record: (read(record), "", "")


def _name_part(record: ManifestRecord, number: int) -> str:
    """Return a part of the file's name, counted from its end: the size, then the alternative with the extension."""
    return record.file_name.rpartition(".")[0].split("_")[number]


FACETS = (
    Facet("product", "Product", lambda record: (record.product, record.product_name, "")),
    Facet("scene", "Scene", _plain("scene")),
    Facet("locale", "Locale", _plain("locale")),
    Facet("channel", "Channel", _plain("channel")),
    Facet(
        "placement",
        "Placement",
        lambda record: (record.placement, "", f"{record.placement.replace('/', '-')} {_name_part(record, -2)}"),
    ),
    Facet("format", "Format", lambda record: (record.format, "", record.address.rpartition(".")[2])),
    Facet("kind", "Kind", lambda record: ("film" if record.seconds else "picture", "", "")),
    Facet("shape", "Shape", _plain("bucket")),
    Facet(
        "alternative",
        "Alternative",
        lambda record: (str(record.alternative + 1), "", f"a{record.alternative + 1:02d}"),
    ),
    Facet("layout", "Layout", _plain("layout")),
)


@dataclass
class FacetCodes:
    """The codes of one facet: each value has the number of its first appearance. Memory grows with the values."""

    facet: Facet
    numbers: dict[str, int] = field(default_factory=dict)
    new: list[Entry] = field(default_factory=list)
    codes: array[int] = field(default_factory=lambda: array("I"))

    def add(self, record: ManifestRecord) -> None:
        """Add the code of a file's value."""
        entry = self.facet.entry(record)
        code = self.numbers.get(entry[0])
        if code is None:
            code = self.numbers[entry[0]] = len(self.numbers)
            self.new.append((entry[0], "" if entry[1] == entry[0] else entry[1], entry[2]))
        self.codes.append(code)

    def take(self) -> tuple[array[int], list[Entry], int]:
        """Return the codes and the new values since the last call, and the code of the first new one; begin anew."""
        codes, new = self.codes, self.new
        self.codes, self.new = array("I"), []
        return codes, new, len(self.numbers) - len(new)


@dataclass
class PageFiles:
    """Writes the page files of a report as its records come; holds those of one file at a time.

    After `finish`, `hashes` names the files of each kind in their order: `facets` and `texts` (columns of 20,000 files
    each) and `page` (the records of 500 files each).
    """

    write: WritePageFile
    rows_per_column: int = ROWS_PER_COLUMN_FILE
    rows_per_page: int = ROWS_PER_PAGE_FILE
    hashes: dict[str, list[str]] = field(default_factory=lambda: {"facets": [], "texts": [], "page": []})
    rows: int = 0
    facets: list[FacetCodes] = field(default_factory=lambda: [FacetCodes(facet) for facet in FACETS])
    _headlines: list[str] = field(default_factory=list)
    _ids: array[int] = field(default_factory=lambda: array("I"))
    _records: list[ManifestRecord] = field(default_factory=list)

    def add(self, record: ManifestRecord) -> None:
        """Add a file; write the page files that are full."""
        for facet in self.facets:
            facet.add(record)
        self._headlines.append(record.headline)
        self._ids.append(int(record.asset[:ID_DIGITS], 16))
        self._records.append(record)
        self.rows += 1
        if len(self._records) == self.rows_per_page:
            self._write_page()
        if len(self._headlines) == self.rows_per_column:
            self._write_columns()

    def finish(self) -> None:
        """Write the last page files, which are not full."""
        if self._records:
            self._write_page()
        if self._headlines:
            self._write_columns()

    def _write_columns(self) -> None:
        taken = [facet.take() for facet in self.facets]
        widths = [column_width(first + len(new)) for _, new, first in taken]
        head = {
            "rows": len(self._headlines),
            "widths": widths,
            "firsts": [first for *_, first in taken],
            "entries": [new for _, new, _ in taken],
        }
        columns = (as_column(codes, width) for (codes, *_), width in zip(taken, widths, strict=True))
        self._write("facets", head, b"".join(columns))
        values, codes = coded(self._headlines)
        width = column_width(len(values))
        texts = {"rows": len(codes), "width": width, "headlines": values}
        self._write("texts", texts, as_column(codes, width) + as_column(self._ids, 4))
        self._headlines, self._ids = [], array("I")

    def _write_page(self) -> None:
        rows = list(map(attrgetter(*SHOWN_FIELDS), self._records))
        columns = zip(*rows, strict=True)
        fields = {name: page_column(column) for name, column in zip(SHOWN_FIELDS, columns, strict=True)}
        self._write("page", {"rows": len(rows), "fields": fields})
        self._records = []

    def _write(self, kind: str, head: object, *binary: bytes) -> None:
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), default=vars)
        packed = (base64.b64encode(zlib.compress(part)).decode() for part in (text.encode(), *binary))
        arguments = ",".join(f'"{part}"' for part in packed)
        number = len(self.hashes[kind])
        script = f'takeFile("{kind}",{number},{arguments});\n'.encode()
        self.hashes[kind].append(hashlib.sha256(script).hexdigest()[:16])
        self.write(f"{kind}-{number:04d}-{self.hashes[kind][-1]}.js", script)


def coded(column: Iterable[Any]) -> tuple[list[Any], list[int]]:
    """Return the distinct values of a column in the order of their appearance, and for each row its value's number."""
    numbers: dict[Any, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in column]
    return list(numbers), codes


def page_column(column: Sequence[Any]) -> list[Any]:
    """Return a column of a page file: its values, and each row's value number where they are not one each or one."""
    values, codes = coded(column)
    return [values] if len(values) in (1, len(codes)) else [values, codes]


def column_width(values: int) -> int:
    """Return the bytes of a code of one of so many values: 1, 2 or 4."""
    return 1 if values <= 1 << 8 else 2 if values <= 1 << 16 else 4


def as_column(codes: Sequence[int], width: int) -> bytes:
    """Return codes as little-endian unsigned integers of a width in bytes."""
    return np.asarray(codes, dtype=np.uint32).astype(f"<u{width}").tobytes()
