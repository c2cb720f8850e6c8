"""Taking in a feed: its rows are read, judged, spooled by product, sampled for expectations, and kept to be given back.

Each row passes once, in chunks; what is kept of them lies in files of a scratch folder.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TextIO

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Catalog, FeedKind
from foundry.catalog.judging import ALWAYS, Judge
from foundry.catalog.mapping import shown_by
from foundry.catalog.reading import open_feed
from foundry.catalog.rows import Chunk, FeedFacts, FeedReading, FetchedFeed, RowFault, Tally
from foundry.catalog.spool import Spool
from pipelines.catalog.given_rows import GivenRows
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.template import CatalogTemplate
from pipelines.catalog.validation.sample import FeedSample

COLUMNS = ("row", "line", "id", "code", "attribute", "what")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


@dataclass(kw_only=True)
class TakenFeed:
    """What is known of a feed once all of its rows have passed. set_aside: a CSV file of the rows that are not used."""

    facts: FeedFacts
    tally: Tally
    spool: Spool
    sample: FeedSample
    given: GivenRows | None
    set_aside: SetAside


@dataclass
class SetAside:
    """A CSV file that takes in the faults of rows; all are written, none is held."""

    path: Path
    rows: int = 0
    _stream: TextIO | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        self._stream = self.path.open("w", encoding="utf-8", newline="")
        csv.writer(self._stream).writerow(COLUMNS)
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def add(self, faults: Iterable[RowFault]) -> None:
        """Append faults."""
        lines = [(f.row, f.line or "", _harmless(f.id), f.code, f.attribute, _harmless(f.what)) for f in faults]
        if lines:
            csv.writer(self._open()).writerows(lines)
            self.rows += len(lines)

    def finish(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self) -> TextIO:
        if self._stream is None:
            self._stream = self.path.open("a", encoding="utf-8", newline="")
        return self._stream


def _harmless(text: str) -> str:
    """Return a stranger's text so that no spreadsheet runs it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


@contextmanager
def taking_in(
    feed: FetchedFeed, template: CatalogTemplate, setting: CatalogSetting, folder: Path
) -> Iterator[TakenFeed]:
    """Yield a feed once all its rows have passed; its files in `folder` are removed when the block ends.

    BadFeed if it cannot be read to its end.
    """
    reading = open_feed(feed, template.catalog.feed, _wanted(template.catalog))
    with _passing(reading, template, setting, folder) as taken:
        yield taken


@contextmanager
def taking_in_rows(
    rows: Sequence[Mapping[str, str | None]], template: CatalogTemplate, setting: CatalogSetting, folder: Path
) -> Iterator[TakenFeed]:
    """Yield single rows, by Google's names of attributes, once they have passed like those of a feed."""
    reading = RowReading(rows, _wanted(template.catalog))
    with _passing(reading, template, setting, folder) as taken:
        yield taken


def _wanted(catalog: Catalog) -> frozenset[str]:
    """Return the attributes that rows are read for: all, where the feed is given back."""
    return ALWAYS | catalog.attributes | (frozenset(ATTRIBUTES) if catalog.feed_back else frozenset())


@contextmanager
def _passing(
    reading: FeedReading, template: CatalogTemplate, setting: CatalogSetting, folder: Path
) -> Iterator[TakenFeed]:
    catalog = template.catalog
    judge = Judge(reading.kind, catalog.feed, catalog, private_hosts=setting.reach.loopback)
    shown = shown_by(template.sample.brief, template.tenant)
    with ExitStack() as opened:
        spool = opened.enter_context(Spool(folder, catalog, shown=shown, now=setting.now()))
        sample = opened.enter_context(FeedSample(folder))
        given = opened.enter_context(GivenRows(folder)) if catalog.feed_back else None
        aside = opened.enter_context(SetAside(folder / "set_aside.csv"))
        for chunk in reading.chunks():
            judged = judge.judge(chunk)
            sample.add(chunk)
            spool.add(judged)
            aside.add(judged.faults)
            if given:
                given.add(judged)
        sample.finish()
        aside.finish()
        yield TakenFeed(
            facts=reading.facts(), tally=judge.tally(), spool=spool, sample=sample, given=given, set_aside=aside
        )


@dataclass
class RowReading:
    """Single rows as one chunk of a feed, in the place of a file's reading."""

    rows: Sequence[Mapping[str, str | None]]
    wanted: frozenset[str]
    kind: FeedKind = "google-json"

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, if there are any; attributes that are not wanted are left out."""
        import pyarrow as pa

        if not self.rows:
            return
        names = sorted(self.wanted | {"id"})
        texts = {name: [_text(row.get(name)) for row in self.rows] for name in names}
        columns = [pa.array(texts[name], pa.string()) for name in names]
        numbers = pa.array(range(1, len(self.rows) + 1), pa.int64())
        yield Chunk(pa.RecordBatch.from_arrays([*columns, numbers], [*names, "row"]))

    def facts(self) -> FeedFacts:
        """Return what was seen of the rows."""
        return FeedFacts(kind=self.kind, rows=len(self.rows), columns=tuple(sorted(set().union(*self.rows))))


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
