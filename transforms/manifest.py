"""The manifest of a campaign: one record per finished variant, in the plan's order, written as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import tee
from pathlib import Path
from typing import Any

from foundry.event import FinishedFiles, asset_failed, asset_finished, campaign_finished
from foundry.manifest import (
    DeadLetter,
    ManifestRecord,
    MasterRecord,
    RenditionRecord,
    as_json,
    letter_from_json,
    master_from_json,
    rendition_from_json,
    write_parquet,
)
from foundry.names import campaign_folder, sorted_json
from foundry.plan.estimate import clip_share, rendition_money, shot_share
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore, crc32c_of, each_present


def folder_of(plan: Plan) -> str:
    """Return the folder of a campaign's manifest, events and report."""
    return campaign_folder(plan.brief.campaign.id)


def file_name(plan: Plan, variant: Variant, extension: str) -> str:
    """Return the file's name for people: campaign_product_scene_locale_channel-slot_WxH_aNN.ext."""
    placement = variant.placement
    parts = (
        plan.brief.campaign.id,
        plan.products[variant.product].id,
        plan.scenes[variant.shot.scene].id,
        variant.locale,
        placement.name.replace("/", "-"),
        f"{placement.width_px}x{placement.height_px}",
        f"a{variant.shot.alternative + 1:02d}",
    )
    return "_".join(parts) + f".{extension}"


def records(plan: Plan, store: ObjectStore) -> Iterator[ManifestRecord]:
    """Yield a record of each finished variant of a plan, in the plan's order; refused variants are left out."""
    own = store.for_tenant(plan.tenant.id)

    @lru_cache(maxsize=2)
    def master(name: str) -> MasterRecord:
        return master_from_json(own.get(name))

    for shot in plan.shots():
        for variant in _only_finished(plan.variants(shot), own):
            file = rendition_from_json(own.get(variant.record))
            yield manifest_record(plan, variant, master(shot.record), file)


def _only_finished(variants: Iterable[Variant], own: ObjectStore) -> Iterator[Variant]:
    asked, waiting = tee(variants)
    for there in each_present(own, (variant.record for variant in asked)):
        variant = next(waiting)
        if there:
            yield variant


def manifest_record(plan: Plan, variant: Variant, master: MasterRecord, file: RenditionRecord) -> ManifestRecord:
    """Return the full record of a finished variant, from its plan, its master's record and its file's record."""
    return ManifestRecord(
        **_brief_fields(plan),
        **_variant_fields(plan, variant),
        **_master_fields(master),
        **_file_fields(file),
        file_name=file_name(plan, variant, file.address.rsplit(".", 1)[1]),
        cost_usd=f"{variant_cost(plan, variant):.6f}",
    )


def _brief_fields(plan: Plan) -> dict[str, Any]:
    brief = plan.brief
    return {
        "tenant": brief.tenant,
        "campaign": brief.campaign.id,
        "campaign_name": brief.campaign.name,
        "brief": plan.digest,
        "regions": brief.market.regions,
        "audience": brief.market.audience,
        "brand_digest": plan.tenant.brand_digest,
        "embargo": brief.embargo.isoformat() if brief.embargo else None,
        "expiry": brief.expiry.isoformat() if brief.expiry else None,
        "priority": brief.priority,
        "metadata": sorted_json(brief.metadata),
    }


def _variant_fields(plan: Plan, variant: Variant) -> dict[str, Any]:
    shot, placement, layout = variant.shot, variant.placement, variant.layout
    product = plan.products[variant.product]
    return {
        "product": product.id,
        "product_name": product.name,
        "product_picture": shot.picture,
        "scene": plan.scenes[shot.scene].id,
        "locale": variant.locale,
        "placement": placement.name,
        "channel": placement.channel,
        "family": placement.family,
        "placement_digest": placement.digest,
        "layout": f"{layout.id}@{layout.version}",
        "layout_digest": layout.digest,
        "shot": shot.name,
        "bucket": shot.bucket,
        "mirrored": shot.mirrored,
        "alternative": shot.alternative,
        "clips": tuple(dict.fromkeys(clip.clip for clip in variant.clips if clip)),
    }


def _master_fields(master: MasterRecord) -> dict[str, Any]:
    return {
        "prompt": master.prompt,
        "negative_prompt": master.negative_prompt,
        "caption": master.caption,
        "master": master.address,
        "seed": master.seed,
        "attempts": len(master.attempts),
        "model": master.model,
        "model_version": master.model_version,
        "weights_sha256": master.weights_sha256,
        "upscaler": master.upscaler,
        "screen": master.screen,
        "shot_checks": master.attempts[-1].checks,
        "master_bits": master.bits,
    }


def _file_fields(file: RenditionRecord) -> dict[str, Any]:
    return {
        "asset": file.name,
        "address": file.address,
        "thumbnail": file.thumbnail,
        "headline": file.headline,
        "subheadline": file.subheadline,
        "call_to_action": file.call_to_action,
        "offer": file.offer,
        "price": file.price,
        "legal": file.legal,
        "width_px": file.width_px,
        "height_px": file.height_px,
        "format": file.format,
        "quality": file.quality,
        "size_bytes": file.size_bytes,
        "crc32c": file.crc32c,
        "checks": file.checks,
        "codec": file.codec,
        "frame_rate": file.frame_rate,
        "seconds": file.seconds,
        "sidecar": file.sidecar,
        "dropped": file.dropped,
    }


def variant_cost(plan: Plan, variant: Variant) -> Decimal:
    """Return a variant's share of its shots and clips plus its rendering, in US dollars at the cards' prices."""
    cost = sum((shot_share(plan, shown) for shown in variant.shows), Decimal(0))
    for shown, clip in zip(variant.scenes, variant.clips, strict=False):
        cost += clip_share(plan, shown, clip) if clip else 0
    cells = plan.cells[variant.shot.bucket]
    return cost + rendition_money(next(cell for cell in cells if cell.placement.name == variant.placement.name))


def write_manifest(plan: Plan, store: ObjectStore, letters: Iterable[DeadLetter]) -> int:
    """Write manifest.jsonl and .parquet, events.jsonl, dead_letters.jsonl and brief.json of a campaign.

    Returns the number of the manifest's rows. Dead letters are sorted by stage and key.
    """
    own, folder = store.for_tenant(plan.tenant.id), folder_of(plan)
    ordered = sorted(letters, key=lambda letter: (letter.stage, letter.key))
    with own.replacing(f"{folder}/manifest.jsonl") as lines, own.replacing(f"{folder}/events.jsonl") as events:
        rows, cost = _write_rows(plan, store, lines, events)
        with own.replacing(f"{folder}/manifest.parquet") as table:
            write_parquet(lines, table)
            figures = FinishedFiles(
                assets=rows, failed=len(ordered), cost_usd=f"{cost:.6f}", size_bytes=table.stat().st_size,
                crc32c=crc32c_of(table),
            )  # fmt: skip
        with events.open("a", encoding="utf-8") as stream:
            for letter in ordered:
                stream.write(asset_failed(plan, letter).as_json() + "\n")
            stream.write(campaign_finished(plan, figures).as_json() + "\n")
    with own.replacing(f"{folder}/dead_letters.jsonl") as path:
        path.write_text("".join(as_json(letter) + "\n" for letter in ordered), encoding="utf-8")
    with own.replacing(f"{folder}/brief.json") as path:
        text = json.dumps(plan.brief.model_dump(mode="json"), ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
    return rows


def _write_rows(plan: Plan, store: ObjectStore, lines: Path, events: Path) -> tuple[int, Decimal]:
    """Write the records and the events of the finished files; return their number and what they cost together."""
    rows, cost = 0, Decimal(0)
    with lines.open("w", encoding="utf-8") as manifest, events.open("w", encoding="utf-8") as stream:
        for record in records(plan, store):
            manifest.write(as_json(record) + "\n")
            stream.write(asset_finished(plan, record).as_json() + "\n")
            rows, cost = rows + 1, cost + Decimal(record.cost_usd)
    return rows, cost


def read_letters(plan: Plan, store: ObjectStore) -> tuple[DeadLetter, ...]:
    """Return the dead letters of the campaign's last run; none if it was never run."""
    own = store.for_tenant(plan.tenant.id)
    name = f"{folder_of(plan)}/dead_letters.jsonl"
    if not own.exists(name):
        return ()
    lines = own.get(name).decode().splitlines()
    return tuple(letter_from_json(line) for line in lines)
