"""A campaign's manifest, read as any reader does: by its index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from foundry.manifest import DeadLetter, ManifestRecord
from foundry.manifest_index import ManifestIndex, each_letter, each_line, each_record, read_index
from foundry.store.object_store import LocalStore, ObjectStore


def _own(store: ObjectStore | Path, tenant: str) -> ObjectStore:
    return (LocalStore(store) if isinstance(store, Path) else store).for_tenant(tenant)


def the_index(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> ManifestIndex:
    """The index; a campaign without one fails the test."""
    index = read_index(_own(store, tenant), campaign)
    assert index is not None, f"{tenant}/{campaign} has no manifest"
    return index


def manifest_rows(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> list[dict[str, Any]]:
    """The rows as JSON, in the plan's order."""
    own, index = _own(store, tenant), the_index(store, tenant, campaign)
    return [json.loads(line) for shard in index.shards for line in each_line(own, index, shard.lines)]


def manifest_records(
    store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test"
) -> list[ManifestRecord]:
    """The rows as records, in the plan's order."""
    return list(each_record(_own(store, tenant), the_index(store, tenant, campaign)))


def dead_letters(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> list[DeadLetter]:
    """The dead letters: of shots and clips, then of files."""
    return list(each_letter(_own(store, tenant), the_index(store, tenant, campaign)))
