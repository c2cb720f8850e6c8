"""The fetching of a feed: from a file, a bucket or the web, whole and at rest on this machine."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkstemp

from foundry.catalog.catalog import Catalog
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import FetchedFeed
from foundry.errors import Unusable
from foundry.inputs.door import FileKind, NotAtRest, Signature, copy_at_rest
from foundry.retrying import RetriesEnded, RetryPolicy
from pipelines.catalog.bucket_feed import fetch_object
from pipelines.catalog.feed_limits import MOST_BYTES, NOTHING_KNOWN, USUAL_LIMITS, FeedLimits, LastFeed
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.web_feed import fetch_page

FEED = FileKind("feed", MOST_BYTES, (Signature(b""),), "is no feed", "name the file of a feed")
__all__ = ["FeedLimits", "LastFeed", "fetch_feed"]


def fetch_feed(
    catalog: Catalog,
    setting: CatalogSetting,
    scratch: Path,
    last: LastFeed = NOTHING_KNOWN,
    limits: FeedLimits = USUAL_LIMITS,
) -> FetchedFeed:
    """Return the feed of a catalog as a file in the folder `scratch`, or the source's word that it is unchanged.

    `last` is what is known of it since the last run. BadFeed says what is wrong with the source, FeedAway that it does
    not answer now. Only files are read that lie below the folder of the catalog's files, and only public hosts are
    asked; secrets go to the source alone, and stand in no message.
    """
    source = catalog.feed.source
    if source.startswith("gs://"):
        return fetch_object(source, catalog.tenant, setting.store, _new_file(scratch), last)
    if "://" in source:
        return fetch_page(catalog.feed, setting.reach, _new_file(scratch), last, limits)
    return _copy_file(source, setting.files, _new_file(scratch), limits.retries)


def _new_file(scratch: Path) -> Path:
    handle, name = mkstemp(prefix="feed-", dir=scratch)
    with open(handle, "wb"):  # noqa: PTH123 - closes the descriptor
        return Path(name)


def _copy_file(name: str, files: Path | None, target: Path, retries: RetryPolicy) -> FetchedFeed:
    if files is None:
        raise BadFeed(name, "feed_address", "is a file, and no folder of files is known", "give --files")

    def copied() -> tuple[str, int]:
        with target.open("wb") as stream:
            return copy_at_rest(files, name, FEED, stream)

    try:
        sha256, size = retries.repeat(copied, NotAtRest)
    except RetriesEnded as ended:
        wrong = f"was written to while it was read, {ended.tries} times"
        raise BadFeed(name, "feed_changing", wrong, "write it under another name, then rename it") from ended
    except Unusable as error:
        raise BadFeed(name, error.code, error.limit, error.remedy) from error
    return FetchedFeed(name, target, sha256, size)
