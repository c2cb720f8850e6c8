"""Finished campaigns and catalogs that were never drawn: small pictures, their rows and their manifests, to deliver."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image

from foundry.catalog.products import ProductRecord
from foundry.letter_figures import LetterFigures
from foundry.manifest import ManifestRecord, as_json
from foundry.manifest_index import ROWS_PER_SHARD, ManifestIndex, ShardEntry, ShardFile, manifest_folder
from foundry.names import digest
from foundry.row_figures import add_figures, figures_of
from foundry.store.object_store import LocalStore, ObjectStore, crc32c
from pipelines.catalog.records import write_record
from tests.support.catalog_records import a_file, a_product

TENANT = "aurelle"


def a_picture(number: int, look: str = "") -> bytes:
    """Return a small JPEG file that no other number or look has."""
    drawn = Image.new("RGB", (24, 16), (number * 37 % 256, number // 7 % 256, len(look) * 40 % 256))
    file = io.BytesIO()
    drawn.save(file, "jpeg", quality=80, comment=f"{number} {look}".encode())
    return file.getvalue()


def a_row(own: ObjectStore, number: int = 0, look: str = "", **other: Any) -> ManifestRecord:
    """Return the row of a small picture, which is put into the store. `look` makes another file of the same slot."""
    data = a_picture(number, look)
    asset = digest("test-variant", number=number, look=look, slot=str(sorted(other.items())))
    address = f"renditions/{asset[:2]}/{asset}.{other.pop('extension', 'jpg')}"
    own.put_once(address, data)
    plain = ManifestRecord(
        asset=asset, address=address, file_name=f"test_p{number}.jpg", thumbnail="", tenant=TENANT, campaign="spring",
        campaign_name="Spring Glow", brief="0" * 64, regions=("DE", "FR"), audience="", product=f"p{number:05d}",
        product_name=f"Serum {number}", product_picture=None, scene="studio", prompt="A sunlit studio",
        negative_prompt="", caption="", locale="de-DE", headline=f"Strahlend {look}", subheadline="",
        call_to_action="Entdecken", offer="", price="", legal="", placement="meta/feed-square", channel="meta",
        family="square", placement_digest="", layout="square@1", layout_digest="", brand_digest="", width_px=24,
        height_px=16, format="jpeg", quality=80, size_bytes=len(data), crc32c=crc32c(data), shot="", master="",
        bucket="1:1", mirrored=False, alternative=0, seed=1, attempts=1, model="backdrop", model_version="4",
        weights_sha256="", upscaler="lanczos", screen="", shot_checks=(), checks=(), cost_usd="0.000000",
        embargo=None, expiry=None, priority=0,
    )  # fmt: skip
    return replace(plain, **other)


def write_campaign(own: ObjectStore, rows: Iterable[ManifestRecord], campaign: str = "spring") -> None:
    """Write the manifest of a campaign in place of the one that it has. Its events and tables are left empty."""
    rows = [replace(row, campaign=campaign) for row in rows]
    folder = manifest_folder(campaign, digest("test-plan", rows=[row.asset for row in rows]))
    shards = tuple(
        _shard(own, folder, first, rows[first : first + ROWS_PER_SHARD])
        for first in range(0, max(len(rows), 1), ROWS_PER_SHARD)
    )
    index = ManifestIndex(
        tenant=TENANT,
        campaign=campaign,
        plan="0" * 64,
        rows=len(rows),
        failed=0,
        cost_usd=Decimal(0),
        size_bytes=sum(shard.figures.size_bytes for shard in shards),
        shards=shards,
    )
    with own.replacing(index.name) as file:
        file.write_bytes(index.as_json())


def _shard(own: ObjectStore, folder: str, first: int, rows: Sequence[ManifestRecord]) -> ShardEntry:
    lines = _put(own, folder, "lines", "".join(as_json(row) + "\n" for row in rows).encode())
    nothing = _put(own, folder, "events", b"\n")
    return ShardEntry(
        first=first,
        orders=1,
        figures=add_figures(map(figures_of, rows)),
        refused=LetterFigures(),
        parquet=nothing,
        lines=lines,
        events=nothing,
    )


def _put(own: ObjectStore, folder: str, kind: str, data: bytes) -> ShardFile:
    name = f"{folder}/{kind}/{digest('test-shard', data=data.decode())}.jsonl"
    own.put_once(name, data)
    return ShardFile(name, len(data), crc32c(data))


def write_product(own: ObjectStore, catalog: str, rows: Iterable[ManifestRecord], **other: Any) -> ProductRecord:
    """Write the record of a catalog's product whose files are some rows, of one campaign; return it."""
    rows = list(rows)
    files = tuple(a_file(variant=row.asset, address=row.address, locale=row.locale) for row in rows)
    record = ProductRecord(
        product=a_product(id=rows[0].product),
        state="live",
        picture_sha256="",
        template="0" * 32,
        campaign=rows[0].campaign,
        run="2026-11-30",
        files=files,
    )
    record = replace(record, **other)
    write_record(own, catalog, record)
    return record


TENANT_FILE = """
id: aurelle
name: Aurelle
brand:
  palette: {primary: "#9A4526", accent: "#C98F3D", ink: "#2B2320", paper: "#FAF5EE", scene: ["#EADFD2"]}
delivery:
  targets:
"""


def write_tenant(folder: Path, *targets: Mapping[str, Any]) -> Path:
    """Write a tenant with some targets; return the folder of tenants."""
    import json

    (folder / TENANT).mkdir(parents=True, exist_ok=True)
    lines = "".join(f"    - {json.dumps(dict(target))}\n" for target in targets)
    (folder / TENANT / "tenant.yaml").write_text(TENANT_FILE + (lines or "    []\n"))
    return folder


def own_store(root: Path) -> LocalStore:
    """Return the tenant's store in a folder."""
    return LocalStore(root).for_tenant(TENANT)
