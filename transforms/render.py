"""The CPU stage: masters, layouts, copy and brand kits become checked, encoded files, each written once. Fused."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import apache_beam as beam

from foundry import spans
from foundry.errors import FoundryError
from foundry.finished import each_finished, each_finished_record
from foundry.manifest import DeadLetter, RenditionRecord, rendition_from_json
from foundry.metering.leftovers import left_over, take_leftovers
from foundry.metering.making import RENDER, making
from foundry.metering.steps import measured_each, step
from foundry.plan.plan import Plan
from foundry.plan.shot import MasterFacts, RenderOrder, ShotOrder
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore
from imaging.film.finished_film import FilmCache
from imaging.pixels.reduction import Pyramid
from imaging.still.compose import StaticLayer, finish, prepare
from transforms.counting import count, count_spent, refused, timed
from transforms.finished_records import write_finished
from transforms.item_faults import is_shared, letter_of
from transforms.order_rows import OrderRows
from transforms.publish import publish_film, publish_still
from transforms.stopping import is_stopped
from transforms.stored_masters import load_master

Key = tuple[object, ...]


def missing_variants(order: RenderOrder, plan: Plan, store: ObjectStore) -> Iterator[Variant]:
    """Yield the variants of an order whose record does not exist."""
    own = store.for_tenant(order.shot.tenant)
    records = (variant.record for variant in plan.some_variants(order))
    for variant, there in zip(plan.some_variants(order), each_finished(own, records), strict=True):
        if not there:
            yield variant


@dataclass
class RenderCache:
    """The last master, static layer and film of one rendering thread; one of each is enough, since orders are sorted.

    A master holds as much as was decoded of it.
    """

    masters: OrderedDict[Key, tuple[Pyramid, MasterFacts]] = field(default_factory=OrderedDict)
    static: tuple[Key, StaticLayer] | None = None
    film: FilmCache = field(default_factory=FilmCache)

    def master(self, shot: ShotOrder, store: ObjectStore) -> tuple[Pyramid, MasterFacts]:
        """Return a shot's master; raise NoMaster if it was not made."""
        key = (store, shot.tenant, shot.name)
        if key not in self.masters:
            self.masters.clear()
            self.masters[key] = load_master(shot, store)
        return self.masters[key]

    def layer(self, variant: Variant, plan: Plan, store: ObjectStore) -> StaticLayer:
        """Return the layer that all locales of a variant's shot and placement share."""
        shot, slot = variant.shot, variant.placement.name
        key = (store, shot.tenant, shot.name, slot, plan.digest)
        if self.static is None or self.static[0] != key:
            with step("layer"):
                image, facts = self.master(variant.shot, store)
                made = prepare(image, facts, variant.layout, variant.placement, plan.tenant)
            self.static = (key, made)
        return self.static[1]

    def forget_films(self) -> None:
        """Drop the frames of a film that failed, since nobody knows how far they were made."""
        self.film = FilmCache()


class RenderCaches:
    """Caches that the rendering threads of a process lend each other.

    There are as many as threads render at once; the engine has more threads than that.
    """

    def __init__(self) -> None:
        self._free: list[RenderCache] = []

    @contextmanager
    def borrow(self) -> Iterator[RenderCache]:
        """Yield a cache that no other thread uses until the block ends."""
        try:
            cache = self._free.pop()
        except IndexError:
            cache = RenderCache()
        try:
            yield cache
        finally:
            self._free.append(cache)

    def clear(self) -> None:
        """Drop all caches that are not borrowed, with the masters they hold."""
        self._free.clear()


caches = RenderCaches()
"""The caches of this process; they hold pixels and never change a result."""


def render_variant(variant: Variant, plan: Plan, store: ObjectStore, cache: RenderCache) -> RenditionRecord:
    """Render and publish one variant, still or film, and return its stored record, which is written last."""
    tenant = plan.tenant.id
    rest = "write" if variant.timeline is None else "film"
    with making(RENDER, {variant.name: tenant}) as accounts, step(rest):
        record = _publish(variant, plan, store, cache)
    spent = accounts[variant.name].spent() + take_leftovers(RENDER, tenant)
    count_spent(spent, plan.digest, RENDER)
    record = replace(record, spent=spent, made_for=plan.brief.campaign.id)
    own = store.for_tenant(tenant)
    if write_finished(record, variant.record, own, RENDER, tenant):
        return record
    return rendition_from_json(own.get(variant.record))


def _publish(variant: Variant, plan: Plan, store: ObjectStore, cache: RenderCache) -> RenditionRecord:
    if variant.timeline is not None:
        return publish_film(variant, plan, store, cache.film)
    static = cache.layer(variant, plan, store)
    with step("finish"):
        finished = finish(static, variant.copy, variant.locale)
    with timed("publish", plan.digest):
        return publish_still(variant, finished, store)


def render_missing(order: RenderOrder, plan: Plan, store: ObjectStore) -> Iterator[str | DeadLetter]:
    """Render the missing variants of an order; yield each one's name, or a dead letter for a refused one.

    It ends early if the plan is stopped. What is no fault of a variant rises and ends the run: an outage of the store,
    or a bucket that refuses.
    """
    if is_stopped(plan.digest, plan.tenant.id, store):
        return
    listing = partial(left_over, RENDER, plan.tenant.id, "plan")
    with caches.borrow() as cache:
        for variant in measured_each(missing_variants(order, plan, store), listing):
            if is_stopped(plan.digest, plan.tenant.id, store):
                return
            made = render_or_refuse(variant, plan, store, cache)
            yield made if isinstance(made, DeadLetter) else made.name


def render_or_refuse(
    variant: Variant, plan: Plan, store: ObjectStore, cache: RenderCache
) -> RenditionRecord | DeadLetter:
    """Render one variant and return its record, or its dead letter; what is no fault of the variant rises."""
    try:
        asset = {"asset": variant.name, "placement": variant.placement.name}
        with spans.work_span("asset", plan.digest, **asset), timed("render", plan.digest):
            return render_variant(variant, plan, store, cache)
    except Exception as error:
        if is_shared(error):
            raise
        if not isinstance(error, FoundryError):
            cache.forget_films()
        spent = take_leftovers(RENDER, plan.tenant.id)
        return replace(letter_of(error, "render", variant.key, plan.digest), spent=spent)


@dataclass(frozen=True)
class SettledVariant:
    """A variant with its record or its dead letter; with neither if its plan was stopped before it was made.

    `found`: it was finished before the order was rendered.
    """

    variant: Variant
    result: RenditionRecord | DeadLetter | None
    found: bool = False


def settle(order: RenderOrder, plan: Plan, store: ObjectStore) -> Iterator[SettledVariant]:
    """Yield the variants of an order, in the plan's order, each found finished, made, refused or left out.

    Records are read a few dozen at once, and a variant without one is rendered, unless the plan is stopped. Errors are
    those of `render_missing`.
    """
    own = store.for_tenant(order.shot.tenant)
    records = each_finished_record(own, (variant.record for variant in plan.some_variants(order)))
    each = zip(plan.some_variants(order), records, strict=True)
    with caches.borrow() as cache:
        for variant, record in measured_each(each, partial(left_over, RENDER, plan.tenant.id, "plan")):
            if record is not None:
                yield SettledVariant(variant, rendition_from_json(record), found=True)
            elif is_stopped(plan.digest, plan.tenant.id, store):
                yield SettledVariant(variant, None)
            else:
                yield SettledVariant(variant, render_or_refuse(variant, plan, store, cache))


def render(order: RenderOrder, plans: Mapping[str, Plan], store: ObjectStore) -> Iterator[Any]:
    """Settle an order and write its rows; yield the order, and dead letters tagged `refused`. Files are counted."""
    plan = plans[order.shot.plan]
    rows = OrderRows(order, plan, store)
    for each in settle(order, plan, store):
        rows.add(each.variant, each.result)
        if isinstance(each.result, DeadLetter):
            yield refuse_file(each.result)
        elif each.found:
            count("files_found", plan=plan.digest)
        elif each.result:
            count_file(each.result.name, plan)
    rows.write()
    yield order


def write_rows_again(order: RenderOrder, plan: Plan, store: ObjectStore) -> bytes:
    """Settle an order whose rows are gone, which another run of the same plan removed; return their object's bytes."""
    rows = OrderRows(order, plan, store)
    for each in settle(order, plan, store):
        rows.add(each.variant, each.result)
    return rows.write()


def count_file(name: str, plan: Plan) -> str:
    """Count a file that was made, and return its name."""
    count("variants", plan=plan.digest)
    count("files_made", plan=plan.digest)
    return name


def refuse_file(letter: DeadLetter) -> beam.pvalue.TaggedOutput:
    """Count a file that was refused, and return its dead letter tagged `refused`."""
    count("variants", plan=letter.brief)
    count("files_refused", plan=letter.brief)
    return refused(letter)


@dataclass
class RenderVariants(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Render orders in; the same orders, whose rows are written, and dead letters, out."""

    plans: Mapping[str, Plan]
    store: ObjectStore

    def expand(self, orders):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        made = orders | "Render" >> beam.FlatMap(render, self.plans, self.store).with_outputs("refused", main="made")
        return made.made, made.refused
