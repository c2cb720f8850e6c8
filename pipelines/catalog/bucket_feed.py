"""A feed from a bucket: one generation of an object, downloaded as it is stored and held to its checksum."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from foundry.catalog.refusals import BadFeed, FeedAway
from foundry.catalog.rows import FetchedFeed
from foundry.names import sha256_file
from foundry.store.bucket_requests import BUCKET_RETRIES, CONNECTIONS, BucketRefused, StoreOutage, ask
from pipelines.catalog.feed_limits import MOST_BYTES, LastFeed


def fetch_object(source: str, tenant: str, store: str, target: Path, last: LastFeed) -> FetchedFeed:
    """Return the feed in the object at gs://bucket/object, written to `target`; BadFeed or FeedAway if there is none.

    Nothing is read from the `store`, an address, but what belongs to the tenant: these credentials may read it all.
    """
    parts = urlsplit(source)
    bucket, name = parts.netloc, parts.path.lstrip("/")
    if not bucket or not name or parts.query or parts.fragment or ".." in name.split("/"):
        raise BadFeed(source, "feed_address", "is no address of an object", "write gs://bucket/object")
    if _is_foreign(source, tenant, store):
        raise BadFeed(source, "feed_unsafe", "lies in the store of finished files", "put it into a bucket of its own")
    try:
        return _download(source, bucket, name, target, last)
    except StoreOutage as error:
        raise FeedAway(f"feed {source}: {error.reason}; nothing was changed. Run it again later.") from error
    except BucketRefused as error:
        wrong = f"may not be read with these credentials ({error.reason})"
        raise BadFeed(source, "feed_refused", wrong, "let them read it") from error


def _is_foreign(source: str, tenant: str, store: str) -> bool:
    if not store.startswith("gs://"):
        return False
    home = store.rstrip("/") + "/"
    return source.startswith(home) and not source.startswith(f"{home}{tenant}/")


def _download(source: str, bucket: str, name: str, target: Path, last: LastFeed) -> FetchedFeed:
    from google.api_core.exceptions import NotFound, PreconditionFailed
    from google.cloud.storage.exceptions import DataCorruption

    client = CONNECTIONS.client()

    def asked(call: Any) -> Any:
        return ask(call, name, bucket, BUCKET_RETRIES)

    blob = asked(lambda how: client.bucket(bucket).get_blob(name, **how))
    if blob is None:
        raise BadFeed(source, "feed_missing", "does not exist", "correct feed.source, or put the feed there")
    etag, modified = str(blob.generation), blob.updated.isoformat() if blob.updated else ""
    if last.sha256 and etag == last.etag:
        target.unlink()
        return FetchedFeed(source, None, last.sha256, 0, etag, modified, unchanged=True)
    if blob.size > MOST_BYTES:
        wrong = f"has {blob.size} bytes; the limit is {MOST_BYTES}"
        raise BadFeed(source, "feed_too_large", wrong, "split it")
    if not blob.size:
        raise BadFeed(source, "feed_empty", "is empty", "write the feed, then publish it")
    try:
        asked(
            lambda how: blob.download_to_filename(
                str(target), raw_download=True, if_generation_match=blob.generation, checksum="crc32c", **how
            )
        )
    except (NotFound, PreconditionFailed, DataCorruption) as error:
        wrong = f"feed {source} was replaced or damaged while it was read ({type(error).__name__})"
        raise FeedAway(f"{wrong}; nothing was changed. Run it again.") from error
    return FetchedFeed(source, target, sha256_file(target), target.stat().st_size, etag, modified)
