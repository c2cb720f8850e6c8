"""Expansion of plans into shots that must be drawn and render orders that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise
from operator import attrgetter

import apache_beam as beam

from foundry.card.card import ModelCard
from foundry.finished import each_finished, with_finished
from foundry.metering.device_time import drawing_device
from foundry.metering.leftovers import left_over
from foundry.metering.making import DRAW
from foundry.metering.steps import measured_each
from foundry.plan.plan import Plan
from foundry.plan.shot import VARIANTS_PER_ORDER, RenderOrder, ShotOrder
from foundry.store.object_store import ObjectStore
from transforms.counting import each_timed

Batch = tuple[ShotOrder, ...]
CallRun = tuple[Batch, ...]


def drawing_cards(plans: Iterable[Plan]) -> dict[str, ModelCard]:
    """Return the cards that draw the shots of these plans, by digest."""
    every = (cards.generate for plan in plans for cards in plan.all_cards)
    return {card.digest: card for card in every}


def missing_shots(plan: Plan, store: ObjectStore) -> Iterator[ShotOrder]:
    """Yield the shots whose master does not exist and is shown by a variant that does not exist."""
    own = store.for_tenant(plan.tenant.id)
    for shot, drawn in with_finished(own, plan.shots(), attrgetter("record")):
        if drawn:
            continue
        records = (variant.record for variant in plan.showing(shot))
        if not all(each_finished(own, records)):
            yield shot


def render_orders(plan: Plan) -> Iterator[RenderOrder]:
    """Yield all variants of a plan as orders of a bounded size; one shot's variants stay together.

    The locales of one film are one order: they share most of its frames.
    """
    for shot in plan.shots():
        yield from still_orders(plan, shot)
        start = plan.stills_per_shot(shot)
        for locales in plan.film_groups(shot):
            yield plan.render_order(shot, start, start + locales)
            start += locales


def still_orders(plan: Plan, shot: ShotOrder) -> Iterator[RenderOrder]:
    """Yield the render orders of one shot's stills."""
    stills = plan.stills_per_shot(shot)
    for start in range(0, stills, VARIANTS_PER_ORDER):
        yield plan.render_order(shot, start, min(start + VARIANTS_PER_ORDER, stills))


def call_key(order: ShotOrder) -> tuple[object, ...]:
    """Return a key that shots share if one call can draw them: card, adapters, tenant, size and step count.

    Tenants are never mixed: kernels are not batch-invariant, so another tenant's shot would change a picture.
    """
    adapters = tuple((use.card, use.weight) for use in order.adapters)
    return (order.model, adapters, order.tenant, order.width_px, order.height_px, order.steps)


def siblings_key(order: ShotOrder) -> tuple[object, ...]:
    """Return a key that alternatives of one subject and scene share; drawings are compared within such a group."""
    return (order.subject, order.scene, order.bucket, order.mirrored, order.plan)


def batches(orders: Iterable[ShotOrder], most: int) -> list[Batch]:
    """Return orders cut into calls of at most `most`; alternatives ascend and share a call if one can hold them.

    The calls of one card and adapter set follow one another. A shot that two plans order is drawn once.
    """
    known = {order.name: order for order in orders}
    ranked = sorted(known.values(), key=lambda o: (call_key(o), siblings_key(o), o.alternative, o.name))
    calls: list[Batch] = []
    for _, alike in groupby(ranked, key=call_key):
        calls += _pack(alike, most)
    return calls


def _pack(orders: Iterable[ShotOrder], most: int) -> list[Batch]:
    """Pack siblings into the first call with room for all of them; cut a group that is too large for one call."""
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


def lanes_per_card(cards: int, lanes: int) -> int:
    """Return the number of runs that one card's calls are cut into.

    All workers get work, and with many cards no two workers load the same card in turn.
    """
    return max(1, lanes // max(1, cards))


def cut_into_runs(calls: list[Batch], lanes: int) -> list[CallRun]:
    """Return calls in order, cut into at most `lanes` runs of neighbours, so that adapters change rarely."""
    ends = sorted({len(calls) * lane // lanes for lane in range(1, lanes + 1)} - {0})
    return [tuple(calls[start:end]) for start, end in pairwise([0, *ends])]


def runs_of_card(group: tuple[str, Iterable[ShotOrder]], batch: int | Mapping[str, int], lanes: int) -> list[CallRun]:
    """Return the runs of one card's orders; `batch` is the most pictures per call, for all cards or by card digest."""
    card, orders = group
    most = batch if isinstance(batch, int) else batch[card]
    return cut_into_runs(batches(orders, most), lanes)


@dataclass
class DrawInRuns(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Shot orders in; calls out, each card's in runs that are drawn without interruption. Small records.

    `batch` is the most pictures per call, for all cards or by card digest; `cards` the number of cards; `lanes` the
    number of workers that draw at once. Runs are dealt out by a reshuffle and not by a key: the hashes of a few keys
    may collide, and then one worker would draw everything.
    """

    batch: int | Mapping[str, int]
    cards: int = 1
    lanes: int = 2

    def expand(self, orders):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        return (
            orders
            | "ByCard" >> beam.WithKeys(_card_of).with_output_types(tuple[str, ShotOrder])
            | "OneCard" >> beam.GroupByKey()
            | "Runs" >> beam.FlatMap(runs_of_card, self.batch, lanes_per_card(self.cards, self.lanes))
            | "Apart" >> beam.Reshuffle()
            | "InOrder" >> beam.FlatMap(list).with_output_types(Batch)
        )


def _card_of(order: ShotOrder) -> str:
    return order.model


@dataclass
class ShotsToDraw(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Plan digests in; calls of shot orders of one card, adapter set, tenant, size and step count out."""

    plans: Mapping[str, Plan]
    store: ObjectStore
    batch: int | Mapping[str, int]
    lanes: int = 2

    def expand(self, digests):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        cards = len(drawing_cards(self.plans.values()))
        return (
            digests
            | "MissingShots" >> beam.FlatMap(_missing_shots, self.plans, self.store)
            | "Runs" >> DrawInRuns(self.batch, cards, self.lanes)
        )


def _missing_shots(digest: str, plans: Mapping[str, Plan], store: ObjectStore) -> Iterator[ShotOrder]:
    plan = plans[digest]
    listed = measured_each(missing_shots(plan, store), partial(_listing, plan.tenant.id))
    return each_timed(listed, "expand", digest)


@contextmanager
def _listing(tenant: str) -> Iterator[None]:
    """Measure the block as the listing of a tenant's shots, for which the device waits."""
    with drawing_device.kept_waiting("plan"), left_over(DRAW, tenant, "plan"):
        yield


@dataclass
class VariantsToRender(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Plan digests in; render orders out, spread over the workers. Small records."""

    plans: Mapping[str, Plan]

    def expand(self, digests):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        return digests | "RenderOrders" >> beam.FlatMap(_render_orders, self.plans) | "Spread" >> beam.Reshuffle()


def _render_orders(digest: str, plans: Mapping[str, Plan]) -> Iterator[RenderOrder]:
    return render_orders(plans[digest])
