"""Plans in; the shots that must be drawn, and the render orders that follow, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise

import apache_beam as beam

from foundry.plan.plan import Plan
from foundry.plan.shot import RenderOrder, ShotOrder
from foundry.store.object_store import ObjectStore, each_present

VARIANTS_PER_ORDER = 48
Batch = tuple[ShotOrder, ...]
Run = tuple[Batch, ...]


def missing_shots(plan: Plan, store: ObjectStore) -> Iterator[ShotOrder]:
    """Shots whose master does not exist and is shown by a variant that does not exist."""
    own = store.for_tenant(plan.tenant.id)
    for shot in plan.shots():
        if own.exists(shot.record):
            continue
        records = (variant.record for variant in plan.showing(shot))
        if not all(each_present(own, records)):
            yield shot


def render_orders(plan: Plan) -> Iterator[RenderOrder]:
    """All variants of a plan, cut into orders of a bounded size; one shot's variants stay together.

    The locales of one film are one order: they share most of its frames.
    """
    for shot in plan.shots():
        yield from still_orders(plan, shot)
        start = plan.stills_per_shot(shot)
        for locales in plan.film_groups(shot):
            yield RenderOrder(shot, start, start + locales)
            start += locales


def still_orders(plan: Plan, shot: ShotOrder) -> Iterator[RenderOrder]:
    """The stills of one shot of a plan."""
    stills = plan.stills_per_shot(shot)
    for start in range(0, stills, VARIANTS_PER_ORDER):
        yield RenderOrder(shot, start, min(start + VARIANTS_PER_ORDER, stills))


def call_key(order: ShotOrder) -> tuple[object, ...]:
    """Shots with the same key can be drawn in one call: one card, one adapter set, one tenant, one size, one count.

    Tenants are never mixed: kernels are not batch-invariant, so a stranger's shot beside it would change a picture.
    """
    worn = tuple((use.card, use.weight) for use in order.adapters)
    return (order.model, worn, order.tenant, order.width_px, order.height_px, order.steps)


def siblings_key(order: ShotOrder) -> tuple[object, ...]:
    """Alternatives of the same subject and scene: they are compared with one another after drawing."""
    return (order.subject, order.scene, order.bucket, order.mirrored, order.plan)


def batches(orders: Iterable[ShotOrder], most: int) -> list[Batch]:
    """Orders cut into calls of at most `most`, alternatives ascending and, if a call holds them, together.

    The calls of one card and adapter set follow one another. A shot that two plans order is drawn once.
    """
    known = {order.name: order for order in orders}
    ranked = sorted(known.values(), key=lambda o: (call_key(o), siblings_key(o), o.alternative, o.name))
    made: list[Batch] = []
    for _, alike in groupby(ranked, key=call_key):
        made += _packed(alike, most)
    return made


def _packed(orders: Iterable[ShotOrder], most: int) -> list[Batch]:
    """First fit: siblings go into the first call with room for all of them; too many for one call are cut."""
    filling: list[list[ShotOrder]] = []
    for _, siblings in groupby(orders, key=siblings_key):
        group = list(siblings)
        for start in range(0, len(group), most):
            part = group[start : start + most]
            found = next((batch for batch in filling if len(batch) + len(part) <= most), None)
            if found is None:
                filling.append(part)
            else:
                found += part
    return [tuple(batch) for batch in filling]


def lanes_of(cards: int, lanes: int) -> int:
    """Into how many runs one card's calls are cut: all workers get work, and no two load the same card in turn."""
    return max(1, lanes // max(1, cards))


def runs(made: list[Batch], lanes: int) -> list[Run]:
    """Calls in order, cut into at most `lanes` runs of neighbours, so that adapters change rarely."""
    ends = sorted({len(made) * lane // lanes for lane in range(1, lanes + 1)} - {0})
    return [tuple(made[start:end]) for start, end in pairwise([0, *ends])]


@dataclass
class DrawInRuns(beam.PTransform):
    """Shot orders in; calls out, each card's in runs that are drawn to the end. Small records.

    `batch` is the most pictures per call, for all cards or by card digest; `cards` how many cards there are; `lanes`
    the workers that draw at once. Runs are dealt out in turn and not by a key: hashes of few keys meet, and then one
    worker draws everything.
    """

    batch: int | Mapping[str, int]
    cards: int = 1
    lanes: int = 2

    def expand(self, orders):
        return (
            orders
            | "ByCard" >> beam.WithKeys(lambda order: order.model)
            | "OneCard" >> beam.GroupByKey()
            | "Runs" >> beam.FlatMap(self._runs)
            | "Apart" >> beam.Reshuffle()
            | "InOrder" >> beam.FlatMap(list)
        )

    def _runs(self, group: tuple[str, Iterable[ShotOrder]]) -> list[Run]:
        card, orders = group
        most = self.batch if isinstance(self.batch, int) else self.batch[card]
        return runs(batches(orders, most), lanes_of(self.cards, self.lanes))


@dataclass
class ShotsToDraw(beam.PTransform):
    """Plan digests in; calls of shot orders of one card, adapter set, tenant, size and step count out."""

    plans: dict[str, Plan]
    store: ObjectStore
    batch: int | Mapping[str, int]
    lanes: int = 2

    def expand(self, digests):
        cards = len({plan.cards.generate.digest for plan in self.plans.values()})
        return (
            digests
            | "MissingShots" >> beam.FlatMap(lambda d: missing_shots(self.plans[d], self.store))
            | "Runs" >> DrawInRuns(self.batch, cards, self.lanes)
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
