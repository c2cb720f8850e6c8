"""From a file or an id back to everything that went into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from foundry.errors import FoundryError
from foundry.names import campaign_folder
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore, crc32c


class UnknownAsset(FoundryError):
    """No manifest in the store knows this file or id."""

    code = "unknown_asset"

    def __init__(self, asset: str, why: str):
        super().__init__(asset, why)
        self.asset, self.why = asset, why

    def __str__(self) -> str:
        return f"{self.asset}: {self.why}"


def explained(asset: str, address: str) -> dict[str, Any]:
    """The manifest record of a file (by the id in its metadata) or of an id, and whether the bytes agree."""
    path = Path(asset)
    tenant, name, data = "*", asset, None
    if path.is_file():
        from foundry.provenance import asset_of

        data = path.read_bytes()
        found = asset_of(data)
        if found is None:
            raise UnknownAsset(asset, "carries no asset id in its XMP; give the id from the manifest")
        tenant, name = found
    record = _find(tenant, name, open_store(address), asset)
    store = open_store(address).for_tenant(record["tenant"])
    record["master_record"] = json.loads(store.get(record["master"].replace(".png", ".json")))
    if record.get("clips"):
        record["clip_records"] = [json.loads(store.get(clip.replace(".mkv", ".json"))) for clip in record["clips"]]
    if data is not None:
        record["bytes_unchanged"] = crc32c(data) == record["crc32c"]
    return record


def _find(tenant: str, name: str, store: ObjectStore, asked: str) -> dict[str, Any]:
    if not name.isalnum():
        raise UnknownAsset(asked, "is neither a file nor an asset id (32 hexadecimal digits)")
    for manifest in store.matching(f"{tenant}/{campaign_folder('*')}/manifest.jsonl"):
        for line in store.lines(manifest):
            if f'"asset":"{name}'.encode() in line:
                found: dict[str, Any] = json.loads(line)
                return found
    raise UnknownAsset(asked, "no manifest in this store names it; is it the store it was made in?")


def _table(title: str, record: dict[str, Any], names: tuple[str, ...]) -> Table:
    """What a record says under these names, where it says something."""
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(width=18, style="dim")
    table.add_column(overflow="fold")
    for name in names:
        if record.get(name) not in (None, ""):
            table.add_row(name, str(record[name]))
    return table


def print_explained(record: dict[str, Any], out: Console) -> None:
    """The record, grouped as people ask."""
    groups = {
        "Asset": ("asset", "file_name", "address", "format", "quality", "width_px", "height_px",
                  "size_bytes", "crc32c", "bytes_unchanged", "cost_usd"),
        "Order": ("tenant", "campaign", "brief", "product", "product_picture", "locale", "placement",
                  "regions", "audience", "embargo", "expiry", "priority", "metadata"),
        "Copy": ("headline", "subheadline", "call_to_action", "offer", "price", "legal"),
        "Look": ("layout", "layout_digest", "placement_digest", "brand_digest"),
        "Shot": ("shot", "master", "scene", "prompt", "negative_prompt", "caption", "bucket",
                 "mirrored", "alternative", "seed", "attempts", "model", "model_version",
                 "weights_sha256", "upscaler", "screen"),
    }  # fmt: skip
    for title, names in groups.items():
        out.print(_table(title, record, names), markup=False)
    for number, clip in enumerate(record.get("clip_records", ()), 1):
        out.print(_table(f"Clip {number}", clip, tuple(name for name in clip if name != "attempts")), markup=False)
    for check in [*record["shot_checks"], *record["checks"]]:
        mark = "pass" if check["passed"] else "FAIL"
        out.print(f"{mark}  {check['name']}: {check['measured']} ({check['limit']})", markup=False)
