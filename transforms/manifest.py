"""One record per finished variant, in the plan's order, streamed; and the report that people open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache

from foundry.event import asset_failed, asset_finished, campaign_finished
from foundry.manifest import (
    DeadLetter,
    ManifestRecord,
    MasterRecord,
    as_json,
    master_from_json,
    rendition_from_json,
    write_parquet,
)
from foundry.names import campaign_folder, sorted_json
from foundry.plan.estimate import clip_share, rendition_money, shot_share
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore


def folder_of(plan: Plan) -> str:
    """Where a campaign's views are."""
    return campaign_folder(plan.brief.campaign.id)


def file_name(plan: Plan, variant: Variant, extension: str) -> str:
    """What people call the file: campaign_product_scene_locale_channel-slot_WxH_aNN.ext."""
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
    """The finished variants of a plan; those that were refused are passed over."""
    own = store.for_tenant(plan.tenant.id)

    @lru_cache(maxsize=2)
    def master(name: str) -> MasterRecord:
        return master_from_json(own.get(name))

    for shot in plan.shots():
        for variant in plan.variants(shot):
            if own.exists(variant.record):
                cost = sum((shot_share(plan, shown) for shown in variant.shows), Decimal(0))
                for shown, clip in zip(variant.scenes, variant.clips, strict=False):
                    cost += clip_share(plan, shown, clip) if clip else 0
                yield _record(plan, variant, master(shot.record), cost, own.get(variant.record))


def _record(plan: Plan, variant: Variant, master: MasterRecord, share: Decimal, stored: bytes) -> ManifestRecord:
    file, brief, shot = rendition_from_json(stored), plan.brief, variant.shot
    product, cost = plan.products[variant.product], share + _rendering(plan, variant)
    return ManifestRecord(
        asset=file.name,
        address=file.address,
        file_name=file_name(plan, variant, file.address.rsplit(".", 1)[1]),
        thumbnail=file.thumbnail,
        tenant=brief.tenant,
        campaign=brief.campaign.id,
        campaign_name=brief.campaign.name,
        brief=plan.digest,
        regions=brief.market.regions,
        audience=brief.market.audience,
        product=product.id,
        product_name=product.name,
        product_picture=shot.picture,
        scene=plan.scenes[shot.scene].id,
        prompt=master.prompt,
        negative_prompt=master.negative_prompt,
        caption=master.caption,
        locale=variant.locale,
        headline=file.headline,
        subheadline=file.subheadline,
        call_to_action=file.call_to_action,
        offer=file.offer,
        price=file.price,
        legal=file.legal,
        placement=variant.placement.name,
        channel=variant.placement.channel,
        family=variant.placement.family,
        placement_digest=variant.placement.digest,
        layout=f"{variant.layout.id}@{variant.layout.version}",
        layout_digest=variant.layout.digest,
        brand_digest=plan.tenant.brand_digest,
        width_px=file.width_px,
        height_px=file.height_px,
        format=file.format,
        quality=file.quality,
        size_bytes=file.size_bytes,
        crc32c=file.crc32c,
        shot=shot.name,
        master=master.address,
        bucket=shot.bucket,
        mirrored=shot.mirrored,
        alternative=shot.alternative,
        seed=master.seed,
        attempts=len(master.attempts),
        model=master.model,
        model_version=master.model_version,
        weights_sha256=master.weights_sha256,
        upscaler=master.upscaler,
        screen=master.screen,
        shot_checks=master.attempts[-1].checks,
        checks=file.checks,
        cost_usd=f"{cost:.6f}",
        embargo=brief.embargo.isoformat() if brief.embargo else None,
        expiry=brief.expiry.isoformat() if brief.expiry else None,
        priority=brief.priority,
        metadata=sorted_json(brief.metadata),
        master_bits=master.bits,
        codec=file.codec,
        frame_rate=file.frame_rate,
        seconds=file.seconds,
        sidecar=file.sidecar,
        dropped=file.dropped,
        clips=tuple(dict.fromkeys(clip.clip for clip in variant.clips if clip)),
    )


def _rendering(plan: Plan, variant: Variant) -> Decimal:
    cells = plan.cells[variant.shot.bucket]
    return rendition_money(next(cell for cell in cells if cell.placement.name == variant.placement.name))


def write_manifest(plan: Plan, store: ObjectStore, letters: Iterable[DeadLetter]) -> int:
    """manifest.jsonl and .parquet, events.jsonl, dead_letters.jsonl and brief.json; returns the manifest's rows."""
    own, folder = store.for_tenant(plan.tenant.id), folder_of(plan)
    ordered = sorted(letters, key=lambda letter: (letter.stage, letter.key))
    with own.replacing(f"{folder}/manifest.jsonl") as lines, own.replacing(f"{folder}/events.jsonl") as events:
        rows = 0
        with lines.open("w", encoding="utf-8") as stream, events.open("w", encoding="utf-8") as told:
            for record in records(plan, store):
                stream.write(as_json(record) + "\n")
                told.write(asset_finished(plan, record).as_json() + "\n")
                rows += 1
            for letter in ordered:
                told.write(asset_failed(plan, letter).as_json() + "\n")
            told.write(campaign_finished(plan, rows, len(ordered)).as_json() + "\n")
        with own.replacing(f"{folder}/manifest.parquet") as table:
            write_parquet(lines, table)
    with own.replacing(f"{folder}/dead_letters.jsonl") as path:
        path.write_text("".join(as_json(letter) + "\n" for letter in ordered), encoding="utf-8")
    with own.replacing(f"{folder}/brief.json") as path:
        text = json.dumps(plan.brief.model_dump(mode="json"), ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
    return rows


def read_letters(plan: Plan, store: ObjectStore) -> tuple[DeadLetter, ...]:
    """The dead letters of the last run."""
    own = store.for_tenant(plan.tenant.id)
    name = f"{folder_of(plan)}/dead_letters.jsonl"
    if not own.exists(name):
        return ()
    lines = own.get(name).decode().splitlines()
    return tuple(DeadLetter(**json.loads(line)) for line in lines)


def letter_as_dict(letter: DeadLetter) -> dict[str, str]:
    """For JSON output."""
    return dict(asdict(letter))
