"""Campaigns that are quoted, made and measured: small masters and quick drawings of the embedded model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from foundry.brief.intake import parse
from foundry.manifest_index import read_index
from foundry.plan.composition import compositions
from foundry.plan.estimate import count_needs
from foundry.plan.work import LOAD, as_one
from foundry.rates import Expected, Rate, WorkKind
from foundry.spent import Spent, add_spent, spent_from_json
from foundry.store.object_store import LocalStore, ObjectStore
from models.registry import cards_of
from pipelines.campaign.flow import build
from pipelines.planning.admission import Admitted, admit
from pipelines.planning.quote import quote_work, read_past
from tests.support.briefs import a_brief, a_tenant, product_picture

MASTER_SHARE, DRAWING_SHARE, DRAWING_STEPS = 4, 2, 4
"""Masters and drawings are so many times smaller a side than the shipped ones; a drawing takes so many steps."""


@contextmanager
def small_masters() -> Iterator[None]:
    """Make masters of this process small until the block ends."""
    known = compositions()
    shipped = dict(known)
    for bucket, whole in shipped.items():
        sides = {side: getattr(whole, side) // MASTER_SHARE for side in ("width_px", "height_px")}
        known[bucket] = whole.model_validate({**whole.model_dump(), **sides})
    try:
        yield
    finally:
        known.update(shipped)


@dataclass(frozen=True)
class QuotedCampaign:
    """A campaign's quote for processors, and what was then measured, in seconds.

    `recorded` is the sum over the records of all objects that the campaign had made, `borne` that of its manifest.
    `needed` and `done` are the objects and units of each kind of work, before and after.
    """

    campaign: str
    shots: int
    files: int
    quoted: Expected
    recorded: Spent
    borne: Spent
    needed: dict[WorkKind, tuple[int, int]]
    done: dict[WorkKind, tuple[int, int]]

    @property
    def measured_s(self) -> float:
        """The seconds of processors that were spent on the campaign."""
        return self.recorded.processor_us / 1_000_000

    @property
    def difference(self) -> float:
        """The part by which the quote was above what was measured; negative if it was below."""
        return self.quoted.amount / self.measured_s - 1


@dataclass(frozen=True)
class QuotingFolder:
    """A folder in which campaigns of one tenant are quoted and made, in this process."""

    folder: Path
    small: bool = True

    def make(self, changes: dict[str, Any], tenant: str = "aurelle") -> QuotedCampaign:
        """Quote a campaign, make it, and read what was spent on it."""
        each, store = self._admitted(changes, tenant), LocalStore(self.folder / "store")
        own, plan = store.for_tenant(tenant), each.plan
        work = count_needs(plan, own).work
        quoted = quote_work(plan, work, read_past(own)).processor_s
        build(plan, each.inputs, store)
        index = read_index(own, plan.brief.campaign.id)
        assert index is not None
        return QuotedCampaign(
            campaign=index.campaign,
            shots=plan.shot_count,
            files=plan.variant_count,
            quoted=quoted,
            recorded=spent_on_records(own, index.campaign),
            borne=index.spent + index.unallocated,
            needed={kind: (needed.count, needed.units) for kind, needed in work.by_kind.items()},
            done={rate.kind: (rate.count, rate.units) for rate in map(_loaded_once, index.rates)},
        )

    def _admitted(self, changes: dict[str, Any], tenant: str) -> Admitted:
        if not (self.folder / "serum.png").exists():
            product_picture(self.folder / "serum.png")
        owner = a_tenant(tenant)
        cards = cards_of(owner)
        if self.small:
            drawing = cards.generate
            sizes = {name: (w // DRAWING_SHARE, h // DRAWING_SHARE) for name, (w, h) in drawing.sizes.items()}
            # One thread: threads that wait for one another spin, for as long as other programs keep the cores.
            quick = drawing.model_copy(update={"sizes": sizes, "steps": DRAWING_STEPS, "cpu_threads": 1})
            cards = replace(cards, generate=quick)
        return admit(parse(a_brief(tenant=tenant, **changes)), self.folder, owner, cards)


def _loaded_once(rate: Rate) -> Rate:
    return as_one(rate) if rate.work == LOAD else rate


def spent_on_records(own: ObjectStore, campaign: str) -> Spent:
    """The sum of what the records of masters, clips and files say that was spent for a campaign."""
    names = (name for kind in ("masters", "clips", "records") for name in own.matching(f"{kind}/*/*.json"))
    said = (json.loads(own.get(name)) for name in names)
    return add_spent(spent_from_json(each.get("spent")) for each in said if each.get("made_for") == campaign)
