"""Plans in; the shots that must be drawn, and the render orders that follow, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam

from foundry.object_store import LocalStore
from foundry.plan import Plan
from foundry.shot import RenderOrder, ShotOrder

VARIANTS_PER_ORDER = 48


def missing_shots(plan: Plan, store: LocalStore) -> Iterator[ShotOrder]:
    """Shots whose master does not exist and is needed by a variant that does not exist."""
    own = store.for_tenant(plan.tenant.id)
    for shot in plan.shots():
        if own.exists(shot.record):
            continue
        if any(not own.exists(variant.record) for variant in plan.variants(shot)):
            yield shot


def render_orders(plan: Plan) -> Iterator[RenderOrder]:
    """All variants of a plan, cut into orders of a bounded size; one shot's variants stay together."""
    for shot in plan.shots():
        count = plan.variants_per_shot(shot)
        for start in range(0, count, VARIANTS_PER_ORDER):
            yield RenderOrder(shot, start, min(start + VARIANTS_PER_ORDER, count))


def batch_key(order: ShotOrder) -> str:
    """Shots with the same key can be drawn in one call."""
    return f"{order.tenant}/{order.width_px}x{order.height_px}/{order.steps}"


@dataclass
class ShotsToDraw(beam.PTransform):
    """Plan digests in; batches of shot orders of one tenant, size and step count out. Small records."""

    plans: dict[str, Plan]
    store: LocalStore
    batch: int

    def expand(self, digests):
        return (
            digests
            | "MissingShots" >> beam.FlatMap(lambda d: missing_shots(self.plans[d], self.store))
            | "ByCall" >> beam.WithKeys(batch_key)
            | "Batch" >> beam.GroupIntoBatches(self.batch)
            | "Shots" >> beam.Values()
        )


@dataclass
class VariantsToRender(beam.PTransform):
    """Plan digests in; render orders out, spread over the workers. Small records."""

    plans: dict[str, Plan]

    def expand(self, digests):
        return (
            digests
            | "RenderOrders" >> beam.FlatMap(lambda d: render_orders(self.plans[d]))
            | "Spread" >> beam.Reshuffle()
        )
