"""The door of feeds: separated fields are read in this process, whatever needs a large library in one of its own."""

from __future__ import annotations

from foundry.catalog.catalog import Feed
from foundry.catalog.reading.apart import ReadingApart
from foundry.catalog.reading.limits import LIMITS, FeedLimits
from foundry.catalog.reading.parquet import is_parquet
from foundry.catalog.reading.reading import FeedReader, read_here
from foundry.catalog.reading.stream import FeedFile
from foundry.catalog.rows import FetchedFeed

_HEAD = 512
_MARKS = (b"<", b"{", b"[")


def open_feed(
    feed: FetchedFeed, spec: Feed, wanted: frozenset[str], limits: FeedLimits = LIMITS
) -> FeedReader | ReadingApart:
    """Return a reading of a fetched feed, whose chunks have `id`, each of the attributes `wanted`, and `row`.

    The kind is that of `spec`, or the one that the content shows. BadFeed says what is wrong with the file.
    """
    file = FeedFile(feed, limits)
    try:
        needs_library = _needs_library(file)
    finally:
        file.raw.close()
    return (ReadingApart if needs_library else read_here)(feed, spec, wanted | {"id"}, limits)


def _needs_library(file: FeedFile) -> bool:
    """Return True for Parquet, workbooks, XML and JSON, and for what cannot be seen to be something else."""
    if is_parquet(file.head) or file.compression in {"zip", "zstandard"}:
        return True
    start = file.plain().read(_HEAD)
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return not text or text.startswith(_MARKS)
