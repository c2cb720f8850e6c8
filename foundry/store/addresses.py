"""The store behind an address: a folder of this machine, or gs://bucket/prefix."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from foundry.errors import BadInput
from foundry.store.bucket_requests import BUCKET_RETRIES, retries_within
from foundry.store.bucket_store import BucketHome, BucketStore
from foundry.store.object_store import LocalStore, ObjectStore
from foundry.tenant import Tenant

MEANT = "gs://bucket, gs://bucket/prefix, or a folder"


def open_store(address: str, tenants: Iterable[Tenant] = (), *, patience_s: float | None = None) -> ObjectStore:
    """Return the store at `address`; BadInput for an address of another kind.

    In a bucket store, tenants with a bucket of their own keep their objects there; a folder holds everybody's.
    `patience_s` is the time, in seconds, for which one request to a bucket waits through an outage: 900 by default. A
    folder answers at once.
    """
    kind = urlsplit(address).scheme if "://" in address else ""
    own = tuple((tenant.id, tenant.storage) for tenant in tenants if tenant.storage)
    if kind == "gs":
        homes = tuple((name, BucketHome(s.bucket, _as_folder(s.prefix), s.kms_key)) for name, s in own)
        return BucketStore(
            _home(address), homes, retries=BUCKET_RETRIES if patience_s is None else retries_within(patience_s)
        )
    if kind:
        raise BadInput("store", f"{address!r} is no address of a store; give {MEANT}")
    return LocalStore(Path(address))


def _home(address: str) -> BucketHome:
    parts = urlsplit(address)
    if not parts.netloc:
        raise BadInput("store", f"{address!r} names no bucket; give {MEANT}")
    return BucketHome(parts.netloc, _as_folder(parts.path))


def _as_folder(prefix: str) -> str:
    inside = prefix.strip("/")
    return f"{inside}/" if inside else ""
