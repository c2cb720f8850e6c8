"""Explanation: from a file, or an asset's id, back to everything that went into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.errors import FoundryError
from foundry.manifest_index import index_name, read_index
from foundry.manifest_reading import find_record
from foundry.provenance import asset_of
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore, crc32c

Record = Mapping[str, Any]
"""A record as the store holds it: JSON, whose fields the manifest's documentation lists."""


class UnknownAsset(FoundryError):
    """No manifest in the store knows this file or id."""

    code = "unknown_asset"

    def __init__(self, asset: str, why: str) -> None:
        super().__init__(asset, why)
        self.asset, self.why = asset, why

    def __str__(self) -> str:
        return f"{self.asset}: {self.why}"


@dataclass(frozen=True)
class Explanation:
    """An asset with everything that the store knows of it.

    `asset` is its manifest record, `master` its master's record, `clips` the records of the clips that it shows.
    `bytes_unchanged` says whether the given file still has the bytes that were recorded; None where an id was given.
    """

    asset: Record
    master: Record
    clips: tuple[Record, ...] = ()
    bytes_unchanged: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Return one JSON object: the manifest record, with the other records below it."""
        told: dict[str, Any] = {**self.asset, "master_record": dict(self.master)}
        if self.clips:
            told["clip_records"] = [dict(clip) for clip in self.clips]
        if self.bytes_unchanged is not None:
            told["bytes_unchanged"] = self.bytes_unchanged
        return told


def explain(asset: str, address: str) -> Explanation:
    """Explain a file, by the id in its metadata, or an asset's id, from the store at `address`.

    UnknownAsset if the file carries no id, or if no manifest of the store names it.
    """
    path = Path(asset)
    data = path.read_bytes() if path.is_file() else None
    tenant, name = _identify(asset, data)
    store = open_store(address)
    record = _find_record(tenant, name, store, asset)
    own = store.for_tenant(record["tenant"])
    return Explanation(
        asset=record,
        master=_read_json(own, Path(record["master"]).with_suffix(".json")),
        clips=tuple(_read_json(own, Path(clip).with_suffix(".json")) for clip in record.get("clips") or ()),
        bytes_unchanged=None if data is None else crc32c(data) == record["crc32c"],
    )


def _identify(asset: str, data: bytes | None) -> tuple[str, str]:
    """Return the tenant, or "*" for any, and the asset's id."""
    if data is None:
        return "*", asset
    found = asset_of(data)
    if found is None:
        raise UnknownAsset(asset, "carries no asset id in its XMP; give the id from the manifest")
    return found


def _read_json(store: ObjectStore, name: Path) -> Record:
    record: Record = json.loads(store.get(name.as_posix()))
    return record


def _find_record(tenant: str, name: str, store: ObjectStore, asked: str) -> Record:
    if not name.isalnum():
        raise UnknownAsset(asked, "is neither a file nor an asset id (32 hexadecimal digits)")
    for found in store.matching(f"{tenant}/{index_name('*')}"):
        owner, _, of_campaign = found.partition("/")
        own = store.for_tenant(owner)
        index = read_index(own, of_campaign.split("/")[1])
        record = find_record(own, index, name) if index else None
        if record is not None:
            return record
    raise UnknownAsset(asked, "no manifest in this store names it; is it the store it was made in?")
