"""What a plan will cost, and what of it exists already. Streams: memory does not grow with the variants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from foundry.channel import Placement
from foundry.composition import compositions
from foundry.object_store import ObjectStore, each_present

if TYPE_CHECKING:
    from foundry.plan import Plan
    from foundry.shot import ShotOrder

RENDER_MONEY = Decimal("0.00001")
"""US dollars per rendition: 0.1 CPU seconds of a vCPU at 0.04 USD an hour, rounded up, and storage."""
MASTER_BITS_PER_PIXEL = {8: Decimal("7"), 16: Decimal("25")}
"""Of the file, by bits per channel."""
RENDITION_BITS_PER_PIXEL = {"jpeg": Decimal("1.3"), "png": Decimal("8"), "webp": Decimal("0.8")}


@dataclass(frozen=True)
class Estimate:
    """Figures for work to do; money in US dollars."""

    shots: int = 0
    variants: int = 0
    accelerator_seconds: Decimal = Decimal(0)
    money: Decimal = Decimal(0)
    size_bytes: int = 0


def shot_money(plan: Plan) -> Decimal:
    """US dollars for one finished master."""
    cards = plan.cards
    return sum((c.unit_cost.money for c in (cards.generate, cards.upscale, cards.screen)), Decimal(0))


def shot_seconds(plan: Plan) -> Decimal:
    """Accelerator seconds for one finished master."""
    cards = (plan.cards.generate, plan.cards.upscale, plan.cards.screen)
    return sum((card.unit_cost.accelerator_seconds for card in cards), Decimal(0))


def rendition_bytes(placement: Placement) -> int:
    """A usual file size for a placement, never above its limit."""
    bits = RENDITION_BITS_PER_PIXEL[placement.formats[0]]
    usual = int(placement.width_px * placement.height_px * bits / 8)
    return min(usual, placement.max_bytes)


def master_bytes(bucket: str, bits: int) -> int:
    """A usual size of a master's lossless file."""
    size = compositions()[bucket]
    return int(size.width_px * size.height_px * MASTER_BITS_PER_PIXEL[bits] / 8)


def estimate(plan: Plan) -> Estimate:
    """The whole order, as if nothing existed; worked out without walking the variants."""
    per_scene = plan.brief.alternatives * len(plan.scenes)
    size = 0
    for bucket, _, locales in plan.sides:
        files = sum(rendition_bytes(cell.placement) for cell in plan.cells[bucket])
        size += len(plan.products) * per_scene * len(locales) * files
        size += len(plan.subjects) * per_scene * master_bytes(bucket, plan.cards.upscale.bits)
    return Estimate(
        plan.shot_count,
        plan.variant_count,
        plan.shot_count * shot_seconds(plan),
        plan.shot_count * shot_money(plan) + plan.variant_count * RENDER_MONEY,
        size,
    )


@dataclass
class Needs:
    """What a store lacks of a plan."""

    shots_to_draw: int = 0
    shots_reused: int = 0
    variants_to_make: int = 0
    variants_only_rendered: int = 0
    variants_reused: int = 0
    size_bytes: int = 0
    money: Decimal = Decimal(0)
    accelerator_seconds: Decimal = Decimal(0)
    by_placement: dict[str, list[int]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether everything exists."""
        return self.variants_to_make + self.variants_only_rendered == 0


def shot_needs(plan: Plan, shot: ShotOrder, store: ObjectStore) -> Iterator[tuple[str, bool]]:
    """(placement, exists) for every variant of a shot."""
    records = (variant.record for variant in plan.variants(shot))
    for variant, exists in zip(plan.variants(shot), each_present(store, records), strict=True):
        yield variant.placement.name, exists


def needs(plan: Plan, store: ObjectStore) -> Needs:
    """Walk the plan once and ask the store for each name."""
    found = Needs(by_placement={p.name: [0, 0, 0] for p in plan.placements})
    for shot in plan.shots():
        drawn = store.exists(shot.record)
        missing = 0
        for placement, exists in shot_needs(plan, shot, store):
            column = 2 if exists else 1 if drawn else 0
            found.by_placement[placement][column] += 1
            missing += not exists
        _count_shot(plan, found, shot, drawn, missing)
    sizes = {p.name: rendition_bytes(p) for p in plan.placements}
    for placement, (new, rendered, reused) in found.by_placement.items():
        found.variants_to_make += new
        found.variants_only_rendered += rendered
        found.variants_reused += reused
        found.size_bytes += (new + rendered) * sizes[placement]
        found.money += (new + rendered) * RENDER_MONEY
    return found


def _count_shot(plan: Plan, found: Needs, shot: ShotOrder, drawn: bool, missing: int) -> None:
    if drawn or not missing:
        found.shots_reused += 1
        return
    found.shots_to_draw += 1
    found.size_bytes += master_bytes(shot.bucket, plan.cards.upscale.bits)
    found.money += shot_money(plan)
    found.accelerator_seconds += shot_seconds(plan)
