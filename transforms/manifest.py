"""The rows of a campaign's manifest: the record of a finished variant, from its plan, its master and its file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from foundry.manifest import (
    ManifestRecord,
    MasterRecord,
    RenditionRecord,
)
from foundry.names import campaign_folder, sorted_json
from foundry.plan.estimate import clip_share, rendition_money, shot_share
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant


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
        "ignored_words": master.ignored_words,
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
