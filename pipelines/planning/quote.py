"""The quote: what the needs of a plan will cost by what the tenant's own past work took, with its error.

Facts are seconds of accelerators and of processors, and what other vendors charge. Work of a kind that was never made
for the tenant is taken at the cards' prices, and the quote names it. Other tenants' campaigns are never read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from foundry.card.card import ModelCard, UnitCost
from foundry.card.selection import Cards
from foundry.manifest_index import BrokenManifest, ManifestIndex, index_from_json, index_name
from foundry.plan.clip import frame_share
from foundry.plan.clips import clip_cards
from foundry.plan.estimate import FILM_SECONDS, RENDER_SECONDS
from foundry.plan.plan import Plan
from foundry.plan.work import (
    CLIP,
    DRAW,
    FILE,
    FILM,
    FURTHER_FILM,
    LOAD,
    SCREEN,
    UPSCALE,
    WorkNeeded,
    WorkToDo,
    as_one,
    clip_kind,
    file_kind,
    shot_kinds,
)
from foundry.rates import Expected, Rate, WorkKind, add_rates
from foundry.spent import Spent, StepTime
from foundry.store.object_store import ObjectStore, each_fetched

log = logging.getLogger(__name__)

MOST_CAMPAIGNS = 200
"""The campaigns of a tenant's past that a quote reads, the last ones."""
MICRO = 1_000_000
Measure = Literal["accelerator_us", "processor_us", "vendor_micro_usd"]


@dataclass(frozen=True)
class PastWork:
    """What a tenant's past campaigns measured: rates by kind of work, and the number of those campaigns."""

    rates: Mapping[WorkKind, Rate]
    campaigns: int


@dataclass(frozen=True, order=True)
class UnmeasuredWork:
    """Work of a kind that has no past: the number of its objects, which are taken at the cards' prices."""

    work: str
    subject: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a plan's needs will cost: seconds of accelerators and processors, and US dollars to other vendors.

    campaigns: those of the tenant's past that it rests on. unmeasured: the work that it takes at the cards' prices,
    which no error bar covers.
    """

    accelerator_s: Expected
    processor_s: Expected
    vendor_usd: Expected
    campaigns: int
    unmeasured: tuple[UnmeasuredWork, ...] = ()


def read_past(own: ObjectStore) -> PastWork:
    """Return the rates of a tenant's last campaigns, read from the indexes of their manifests in its own store.

    An index that cannot be read is passed over: a quote is no reason not to plan.
    """
    found = [index for index in _indexes(own) if index.rates]
    rates = add_rates(as_one(rate) if rate.work == LOAD else rate for index in found for rate in index.rates)
    return PastWork({rate.kind: rate for rate in rates}, len(found))


def _indexes(own: ObjectStore) -> Iterator[ManifestIndex]:
    names = own.newest(index_name("*"), MOST_CAMPAIGNS)
    for name, data in zip(names, each_fetched(own, names), strict=True):
        try:
            if data is not None:
                yield index_from_json(name, data)
        except BrokenManifest as error:
            log.warning("the quote passes over a campaign: %s", error)


def quote_work(plan: Plan, work: WorkToDo, past: PastWork) -> Quote:
    """Return what the needed work of a plan will cost."""
    prices = unit_prices(plan)

    def total(measure: Measure) -> Expected:
        each = (_expected(kind, needed, measure, past, prices) for kind, needed in work.by_kind.items())
        summed = sum(each, Expected())
        return Expected(summed.amount / MICRO, summed.variance / MICRO**2)

    return Quote(
        accelerator_s=total("accelerator_us"),
        processor_s=total("processor_us"),
        vendor_usd=total("vendor_micro_usd"),
        campaigns=past.campaigns,
        unmeasured=tuple(
            sorted(
                UnmeasuredWork(kind.work, kind.subject, needed.count)
                for kind, needed in work.by_kind.items()
                if kind not in past.rates and kind in prices
            )
        ),
    )


def _expected(
    kind: WorkKind, needed: WorkNeeded, measure: Measure, past: PastWork, prices: Mapping[WorkKind, Spent]
) -> Expected:
    if kind in past.rates:
        return past.rates[kind].expect(measure, needed.count, needed.units)
    return Expected(needed.units * getattr(prices[kind], measure)) if kind in prices else Expected()


def unit_prices(plan: Plan) -> dict[WorkKind, Spent]:
    """Return the price of a unit of each kind of work by the cards, as seconds and as charges of vendors.

    Kinds that are absent have no price of their own: it is part of the others'.
    """
    found: dict[WorkKind, Spent] = {}
    for bucket, cells in plan.cells.items():
        for cards in plan.all_cards:
            found |= _shot_prices(cards, bucket)
        for card in clip_cards(plan).values():
            found[clip_kind(card, bucket)] = _price(card, _frame_cost(card, bucket), CLIP)
        for cell in cells:
            placement = cell.placement
            found[file_kind(FILE, placement)] = _processor(FILE, RENDER_SECONDS)
            seconds = FILM_SECONDS * placement.width_px * placement.height_px / MICRO
            found |= {file_kind(work, placement): _processor(work, seconds) for work in (FILM, FURTHER_FILM)}
    return found


def _shot_prices(cards: Cards, bucket: str) -> dict[WorkKind, Spent]:
    kinds = shot_kinds(cards, bucket)
    priced = {DRAW: cards.generate, SCREEN: cards.screen, UPSCALE: cards.upscale}
    return {kinds[work]: _price(card, card.unit_cost, work) for work, card in priced.items()}


def _price(card: ModelCard, cost: UnitCost, work: str) -> Spent:
    """Return the price of a unit by its card: what a vendor charges, or time of an accelerator of our own."""
    if card.source.kind == "api":
        return Spent(vendor_calls=1, vendor_micro_usd=round(cost.money * MICRO))
    return Spent(steps=(StepTime(work, round(cost.accelerator_seconds * MICRO)),))


def _frame_cost(card: ModelCard, bucket: str) -> UnitCost:
    """Return the cost of a frame: in a set that of its light paths, else a clip's in equal parts."""
    full = card.unit_cost
    share = frame_share(card, bucket) if card.set else 1 / Decimal(card.frames)
    return UnitCost(money=full.money * share, accelerator_seconds=full.accelerator_seconds * share)


def _processor(work: str, seconds: Decimal) -> Spent:
    return Spent(steps=(StepTime(work, 0, round(seconds * MICRO)),))
