"""The table of a finished batch: a row for each planned file, with what the manifest and the store say of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from foundry.manifest import ManifestRecord
from foundry.manifest_index import each_record, read_index
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore, each_present

NUMBERS = (
    "width_px", "height_px", "size_bytes", "attempts", "seed", "quality", "alternative", "priority", "master_bits",
)  # fmt: skip
TEXTS = (
    "asset", "address", "file_name", "thumbnail", "tenant", "campaign", "brief", "product", "scene", "locale",
    "placement", "channel", "family", "layout", "layout_digest", "placement_digest", "brand_digest", "format", "crc32c",
    "shot", "master", "bucket", "model", "model_version", "weights_sha256", "headline", "price", "cost_usd",
)  # fmt: skip
PLANNED = ("planned_product", "planned_placement", "planned_locale", "planned_scene")
BOUNDS = ("planned_width_px", "planned_height_px", "least_bytes", "most_bytes")


def finished_table(own: ObjectStore, plans: Sequence[Plan], products: Collection[str] | None) -> Any:
    """Return the table of the files of some products of finished campaigns, of all products without any named.

    Files that are in a manifest and not in its plan have a row in which `variant` is null. Errors are those of
    `foundry.manifest_index.each_record`.
    """
    rows = [row for plan in plans for row in _rows(own, plan, products)]
    _note_stored(own, rows)
    return _table(rows)


def _rows(own: ObjectStore, plan: Plan, products: Collection[str] | None) -> Iterator[dict[str, Any]]:
    records = _records(own, plan, products)
    for position in range(plan.variant_count):
        variant = plan.variant_at(position)
        product = plan.products[variant.product].id
        if products is None or product in products:
            yield {**_planned(plan, variant, product), **_found(records.pop(variant.name, None))}
    for record in records.values():
        yield _found(record)


def _records(own: ObjectStore, plan: Plan, products: Collection[str] | None) -> dict[str, ManifestRecord]:
    index = read_index(own, plan.brief.campaign.id)
    if index is None:
        return {}
    found = (record for record in each_record(own, index) if products is None or record.product in products)
    return {record.asset: record for record in found}


def _planned(plan: Plan, variant: Variant, product: str) -> dict[str, Any]:
    placement = variant.placement
    return {
        "variant": variant.name,
        "planned_product": product,
        "planned_placement": placement.name,
        "planned_locale": variant.locale,
        "planned_scene": plan.scenes[variant.shot.scene].id,
        "planned_width_px": placement.width_px,
        "planned_height_px": placement.height_px,
        "least_bytes": max(placement.least_bytes, 1),
        "most_bytes": placement.max_bytes,
    }


def _found(record: ManifestRecord | None) -> dict[str, Any]:
    if record is None:
        return {}
    failed = [check for check in (*record.checks, *record.shot_checks) if not check.passed]
    return {
        **{name: getattr(record, name) for name in (*NUMBERS, *TEXTS)},
        "checks": len(record.checks),
        "failed_checks": len(failed),
        "cost": float(record.cost_usd),
    }


def _note_stored(own: ObjectStore, rows: list[dict[str, Any]]) -> None:
    """Add the object's name to each row whose file is in the store."""
    made = [row for row in rows if row.get("address")]
    for row, there in zip(made, each_present(own, (row["address"] for row in made)), strict=True):
        row["stored"] = row["address"] if there else None


def _table(rows: list[dict[str, Any]]) -> Any:
    import pyarrow as pa

    numbers = {name: pa.int64() for name in (*NUMBERS, *BOUNDS, "checks", "failed_checks")}
    texts = {name: pa.string() for name in ("variant", *PLANNED, *TEXTS, "stored")}
    columns = {"row": pa.int64(), **texts, **numbers, "cost": pa.float64()}
    for number, row in enumerate(rows, 1):
        row["row"] = number
    return pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items())))


def taken_formats(plans: Sequence[Plan]) -> list[list[str]]:
    """Return the pairs of a placement and a format that its channel takes."""
    placements = {placement.name: placement for plan in plans for placement in plan.placements}
    return [[name, kind] for name, placement in sorted(placements.items()) for kind in placement.takes]
