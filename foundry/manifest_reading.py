"""What readers ask of a campaign's manifest besides its rows: its events, and one row by its asset's id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from foundry.event import campaign_finished
from foundry.manifest_index import (
    ManifestIndex,
    ManifestReplaced,
    ShardEntry,
    each_line,
    explain_damage,
    index_from_json,
)
from foundry.manifest_parquet import find_row
from foundry.store.at_once import map_at_once
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore, crc32c
from foundry.store.sections import SectionReader


def each_event_line(own: ObjectStore, index: ManifestIndex) -> Iterator[bytes]:
    """Yield the events of a campaign as lines of JSON: of files in the plan's order, of shots, and of the end.

    One shard's are in memory at a time. Errors are those of `each_record`.
    """
    for shard in index.shards:
        yield from each_line(own, index, shard.events)
    if index.shot_events:
        yield from each_line(own, index, index.shot_events)
    stored = own.get(index.name)
    if index_from_json(index.name, stored) != index:
        raise ManifestReplaced(index.campaign)
    yield campaign_finished(index, len(stored), crc32c(stored)).as_json().encode()


def find_record(own: ObjectStore, index: ManifestIndex, asset: str) -> dict[str, Any] | None:
    """Return the row whose asset's id begins with `asset`, as JSON; None if the manifest has none.

    Of each shard only the ids are read, of several shards at once, and of the one that has it, the row. Errors are
    those of `each_record`.
    """

    def search(shard: ShardEntry) -> dict[str, Any] | None:
        return _find_in_shard(own, index, shard, asset)

    return next((row for row in map_at_once(search, index.shards) if row is not None), None)


def _find_in_shard(own: ObjectStore, index: ManifestIndex, shard: ShardEntry, asset: str) -> dict[str, Any] | None:
    file = shard.parquet
    try:
        return find_row(SectionReader(own, file.name, file.size_bytes), asset)
    except (NoSuchObject, CorruptObject, ValueError, OSError) as error:
        raise explain_damage(own, index, file, "is missing or was changed") from error
