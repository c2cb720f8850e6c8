"""A feed of any kind, compressed or not, as chunks of the same columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from foundry.catalog.catalog import Feed, FeedKind
from foundry.catalog.reading.columns import Head, head_of
from foundry.catalog.reading.delimited import Records, read_head
from foundry.catalog.reading.json_items import JsonItems
from foundry.catalog.reading.kinds import DELIMITED, hold_to, is_workbook, kind_of_columns, written_as
from foundry.catalog.reading.limits import LIMITS, FeedLimits
from foundry.catalog.reading.parquet import ParquetRows, is_parquet
from foundry.catalog.reading.parts import Part, chunks_of
from foundry.catalog.reading.shopify import COLUMNS, HandleJoiner, shopify_attributes, shopify_places
from foundry.catalog.reading.stream import FeedFile
from foundry.catalog.reading.text import Text
from foundry.catalog.reading.workbook import WorkbookRows
from foundry.catalog.reading.xml_items import XmlItems
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import Chunk, FeedFacts, FetchedFeed


@dataclass
class _Source:
    """The rows of an opened feed, and what is known of its columns, at the latest when all rows were read."""

    kind: FeedKind
    parts: Callable[[], Iterator[Part]]
    encoding: str = ""
    columns: Callable[[], tuple[str, ...]] = field(default=tuple)
    unknown: Callable[[], tuple[str, ...]] = field(default=tuple)
    missing: Callable[[], tuple[str, ...]] = field(default=tuple)


class FeedReader:
    """A feed that is being read; kind is known from the beginning."""

    def __init__(self, file: FeedFile, source: _Source, limits: FeedLimits) -> None:
        self._file, self._source, self._limits = file, source, limits
        self.kind = source.kind
        self._rows = 0
        self._is_read = False

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in order, once.

        BadFeed for a feed that cannot be read further, ends too early, has no row or too many, or changes meanwhile.
        """
        try:
            for chunk in chunks_of(self._source.parts()):
                self._count(chunk)
                yield chunk
            self._file.check_unchanged()
            if not self._rows:
                wrong = "has no rows"
                raise BadFeed(self._file.name, "empty_feed", wrong, "write the rows; an empty feed withdraws nothing")
            self._is_read = True
        finally:
            self.close()

    def _count(self, chunk: Chunk) -> None:
        self._rows += chunk.columns.num_rows + len(chunk.faults)
        if self._rows > self._limits.rows:
            wrong = f"has more than {self._limits.rows} rows"
            raise BadFeed(self._file.name, "too_many_rows", wrong, "split it into several feeds")

    def facts(self) -> FeedFacts:
        """Return what was seen; RuntimeError before the last chunk."""
        if not self._is_read:
            raise RuntimeError("the facts of a feed are known after its last chunk")
        return FeedFacts(
            kind=self.kind,
            encoding=self._source.encoding,
            compression=self._file.compression,
            rows=self._rows,
            size_bytes=self._file.size_bytes,
            columns=self._source.columns(),
            unknown=self._source.unknown(),
            missing=self._source.missing(),
        )

    def close(self) -> None:
        """Close the file."""
        self._file.raw.close()


def read_here(feed: FetchedFeed, spec: Feed, wanted: frozenset[str], limits: FeedLimits = LIMITS) -> FeedReader:
    """Return a reading of a fetched feed in this process; see `open_feed`."""
    file = FeedFile(feed, limits)
    try:
        return FeedReader(file, _opened(file, spec, wanted, limits), limits)
    except BaseException:
        file.raw.close()
        raise


def _opened(file: FeedFile, spec: Feed, wanted: frozenset[str], limits: FeedLimits) -> _Source:
    if is_parquet(file.head):
        hold_to(spec.kind, "Parquet", ("parquet",), file.name)
        return _parquet(file, spec, wanted, limits)
    if file.compression == "zip" and is_workbook(archive := file.archive()):
        hold_to(spec.kind, "an XLSX workbook", ("xlsx",), file.name)
        rows = WorkbookRows(archive, file.name, limits)
        head = head_of(rows.names, "xlsx", spec, wanted, file.name)
        return _of_head("xlsx", head, lambda: rows.parts(_all(head, wanted)))
    text = Text(file.plain(), file.name, spec.encoding)
    form = written_as(text.head)
    if form == "xml":
        hold_to(spec.kind, "XML", ("google-xml",), file.name)
        return _of_items("google-xml", XmlItems(text, file.name, wanted, limits), wanted, text)
    if form == "json":
        hold_to(spec.kind, "JSON", ("google-json",), file.name)
        return _of_items("google-json", JsonItems(text, file.name, wanted, limits), wanted, text)
    return _delimited(text, file.name, spec, wanted, limits)


def _parquet(file: FeedFile, spec: Feed, wanted: frozenset[str], limits: FeedLimits) -> _Source:
    rows = ParquetRows(file.raw, file.name, file.size_bytes, limits)
    head = head_of(rows.names, "parquet", spec, wanted, file.name)
    return _of_head("parquet", head, lambda: rows.parts(_all(head, wanted)))


def _delimited(text: Text, name: str, spec: Feed, wanted: frozenset[str], limits: FeedLimits) -> _Source:
    hold_to(spec.kind, "text with separated fields", tuple(DELIMITED), name)
    blocks = read_head(text, name, limits)
    kind = spec.kind or kind_of_columns(blocks.names, blocks.mark, spec, name)
    if kind == "shopify-csv":
        places = shopify_places(blocks.names, name)
        whole = replace(limits, field_bytes=limits.row_bytes)  # a product's long text concerns all of its variants
        records = Records(blocks, places | dict.fromkeys(set(COLUMNS) - set(places), ()), whole)
        made = shopify_attributes(places)
        return _Source(
            kind,
            lambda: HandleJoiner(wanted, limits).parts(records.parts()),
            text.encoding,
            lambda: tuple(sorted(made & wanted)),
            lambda: tuple(name for at, name in enumerate(blocks.names) if (at,) not in places.values()),
            lambda: tuple(sorted(wanted - made)),
        )
    head = head_of(blocks.names, kind, spec, wanted, name)
    rows = Records(blocks, _all(head, wanted), limits)
    return _of_head(kind, head, rows.parts, text.encoding)


def _all(head: Head, wanted: frozenset[str]) -> dict[str, tuple[int, ...]]:
    """Return the places of all wanted attributes; none for one that the feed does not have."""
    return {attribute: head.places.get(attribute, ()) for attribute in sorted(wanted)}


def _of_head(kind: FeedKind, head: Head, parts: Callable[[], Iterator[Part]], encoding: str = "utf-8") -> _Source:
    seen = tuple(attribute for attribute in head.places)
    return _Source(kind, parts, encoding, lambda: seen, lambda: head.unknown, lambda: head.missing)


def _of_items(kind: FeedKind, items: XmlItems | JsonItems, wanted: frozenset[str], text: Text) -> _Source:
    return _Source(
        kind,
        items.parts,
        text.encoding,
        lambda: tuple(sorted(wanted & set(items.seen))),
        lambda: tuple(items.unknown),
        lambda: tuple(sorted(wanted - set(items.seen))),
    )
