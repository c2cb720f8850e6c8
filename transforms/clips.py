"""The film stage: the clips that films show are filmed and written once, their records last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import ModelHandler, RunInference

from foundry.card.card import ModelCard
from foundry.finished import is_finished, make_way
from foundry.manifest import DeadLetter
from foundry.metering.device_time import drawing_device
from foundry.metering.leftovers import left_over, take_leftovers
from foundry.metering.making import FILM, making
from foundry.metering.steps import measured_each, step
from foundry.plan.clip import ClipOrder, ClipRecord, FrameRange, clip_cost
from foundry.plan.clips import plan_clips
from foundry.plan.estimate import film_missing
from foundry.plan.plan import Plan
from foundry.store.object_store import NoSuchObject, ObjectStore
from foundry.store.scratch import give_back_scratch
from imaging.film.clip_master import BITS, CODEC, CONTAINER, PIXEL_FORMAT
from models.video.set_filming import FilmedRange, UnfilmedRange
from models.video.video_handler import Filmed, Unfilmed
from transforms.counting import count, count_spent, refused, timed
from transforms.finished_records import write_finished
from transforms.item_faults import is_shared, letter_of
from transforms.itemwise import ItemwiseHandler
from transforms.set_clips import FilmParts, remove_parts
from transforms.stopping import running_order

NO_PLANS: Mapping[str, Plan] = MappingProxyType({})


def clips_to_film(plan: Plan, store: ObjectStore) -> Iterator[ClipOrder]:
    """Yield the orders of clips that do not exist and are shown by a film that does not exist.

    A clip whose shot was refused is left out: the shot has its dead letter, and so has each film that would show it.
    """
    own = store.for_tenant(plan.tenant.id)
    for shot, clip in plan_clips(plan):
        if not is_finished(own, clip.record) and is_finished(own, shot.record) and film_missing(plan, shot, clip, own):
            yield clip


def choose_order(named: tuple[str, Iterable[ClipOrder]]) -> ClipOrder:
    """Return one of the orders for a clip by several plans or products: the same one in every run."""
    return min(named[1], key=lambda order: order.plan)


def missing_clip(order: ClipOrder, plans: Mapping[str, Plan], store: ObjectStore) -> Iterator[Any]:
    """Yield the order as a batch of one if its clip is not finished; else the clip's name, tagged `there`.

    An order of a missing clip in a set is tagged `in_sets`, and comes alone. Nothing is yielded for the missing clip of
    a plan that was stopped.
    """
    if is_finished(store.for_tenant(order.tenant), order.record):
        if order.shot:
            remove_parts(order, store)  # a run may have ended right after it wrote the record
        yield beam.pvalue.TaggedOutput("there", order.name)
    elif wanted := running_order(order, plans, store, _clips_of):
        yield beam.pvalue.TaggedOutput("in_sets", wanted) if wanted.shot else [wanted]


def _clips_of(plan: Plan) -> Iterator[ClipOrder]:
    return (clip for _, clip in plan_clips(plan))


def write_or_refuse(
    result: Filmed | Unfilmed, cards: Mapping[str, ModelCard], store: ObjectStore, plans: Mapping[str, Plan] = NO_PLANS
) -> Iterator[Any]:
    """Write a filmed clip and yield its name; yield a dead letter tagged `refused` for a refusal.

    `cards` and `plans` by digest; the clip's record names the campaign of the plan that had it filmed.
    """
    order = result.order
    count("clips", plan=order.plan)
    if isinstance(result, Filmed):
        try:
            with timed("master", order.plan):
                name = write_clip(result, cards[order.model], store, _campaign_of(order, plans))
                if order.shot:
                    remove_parts(order, store)
        except Exception as error:
            if is_shared(error):
                raise
            letter = letter_of(error, "film", order.key, order.plan)
            yield refused(replace(letter, spent=take_leftovers(FILM, order.tenant)))
            return
        yield name
    else:
        cost = result.filmed * clip_cost(cards[order.model], order).money if result.filmed else 0
        spent = result.spent + take_leftovers(FILM, order.tenant)
        letter = DeadLetter("film", result.code, order.key, result.reason, order.plan, f"{cost:f}", spent)
        yield refused(letter)


def _key_of(order: ClipOrder) -> str:
    return order.key


def _campaign_of(order: ClipOrder, plans: Mapping[str, Plan]) -> str:
    plan = plans.get(order.plan)
    return plan.brief.campaign.id if plan else ""


def write_clip(filmed: Filmed, card: ModelCard, store: ObjectStore, campaign: str = "") -> str:
    """Write the clip once, then its record, whose presence means that the clip is finished; return its name.

    A clip that is there already is kept. `campaign` is the id of the campaign that had it filmed.
    """
    order, own = filmed.order, store.for_tenant(filmed.order.tenant)
    with making(FILM, {order.name: order.tenant}) as accounts, drawing_device.kept_waiting("store"), step("write"):
        accounts[order.name].take_over(filmed.spent + take_leftovers(FILM, order.tenant))
        make_way(own, order.record)
        own.put_file_once(order.clip, filmed.file)
        give_back_scratch(filmed.file)
        record = replace(_record(filmed, card, own), made_for=campaign)
    spent = accounts[order.name].spent()
    count_spent(spent, order.plan, FILM)
    write_finished(replace(record, spent=spent), order.record, own, FILM, order.tenant)
    return order.name


def _record(filmed: Filmed, card: ModelCard, own: ObjectStore) -> ClipRecord:
    order, stored = filmed.order, own.stat(filmed.order.clip)
    if stored is None:
        raise NoSuchObject(order.clip)
    return ClipRecord(
        name=order.name,
        address=order.clip,
        tenant=order.tenant,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        first_frame=order.first_frame,
        seed=filmed.seed,
        attempts=filmed.attempts,
        width_px=order.width_px,
        height_px=order.height_px,
        frames=filmed.frames,
        frames_per_second=order.frames_per_second,
        container=CONTAINER,
        codec=CODEC,
        pixel_format=PIXEL_FORMAT,
        bits=BITS,
        model=card.id,
        model_version=card.version,
        weights_sha256=card.weights_sha256,
        cost_usd=f"{clip_cost(card, order).money:f}",
        size_bytes=stored.size,
        crc32c=stored.crc32c,
        moves=tuple(move.shown for move in order.moves),
    )


@dataclass
class MakeClips(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Clip orders in; names of the clips that are there, and dead letters, out. Small records.

    `cards` and `plans` by digest; a stopped plan's clip is made if another of the plans shows it. `framing` films the
    parts of clips in sets, which `filming` puts together.
    """

    filming: ModelHandler[ClipOrder, Filmed | Unfilmed, Any]
    cards: Mapping[str, ModelCard]
    store: ObjectStore
    plans: Mapping[str, Plan] = field(default_factory=dict)
    framing: ModelHandler[FrameRange, FilmedRange | UnfilmedRange, Any] | None = None

    def expand(self, orders):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        asked = orders | "MissingClips" >> beam.FlatMap(missing_clip, self.plans, self.store).with_outputs(
            "there", "in_sets", main="missing"
        )
        missing: Any = asked.missing
        unframed: tuple[Any, ...] = ()
        if self.framing:
            framed, refused_parts = asked.in_sets | "InSets" >> FilmParts(self.framing, self.store, self.cards)
            missing, unframed = (missing, framed) | "Ready" >> beam.Flatten(), (refused_parts,)
        settled = (
            missing
            | "Film" >> RunInference(ItemwiseHandler(self.filming, Unfilmed, _key_of, "film").with_no_batching())
            | "Clip"
            >> beam.FlatMap(write_or_refuse, self.cards, self.store, self.plans).with_outputs("refused", main="written")
        )
        names = (asked.there, settled.written) | "Clips" >> beam.Flatten()
        return names, (settled.refused, *unframed) | "Unfilmed" >> beam.Flatten()


def _clips_to_film(digest: str, plans: Mapping[str, Plan], store: ObjectStore) -> Iterator[ClipOrder]:
    plan = plans[digest]
    return measured_each(clips_to_film(plan, store), partial(left_over, FILM, plan.tenant.id, "plan"))


def _name_of(order: ClipOrder) -> str:
    return order.name


@dataclass
class FilmPlans(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Digests of plans whose masters are written in; names of clips, and dead letters, out. No clip is filmed twice."""

    filming: ModelHandler[ClipOrder, Filmed | Unfilmed, Any]
    cards: Mapping[str, ModelCard]
    plans: Mapping[str, Plan]
    store: ObjectStore
    hints: Mapping[str, str] = field(default_factory=dict)
    framing: ModelHandler[FrameRange, FilmedRange | UnfilmedRange, Any] | None = None

    def expand(self, digests):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        making = MakeClips(self.filming, self.cards, self.store, self.plans, self.framing)
        return (
            digests
            | "ClipsToFilm" >> beam.FlatMap(_clips_to_film, self.plans, self.store)
            | "ByName" >> beam.WithKeys(_name_of).with_output_types(tuple[str, ClipOrder])
            | "SameClip" >> beam.GroupByKey()
            | "Once" >> beam.Map(choose_order)
            | "Make" >> making.with_resource_hints(**self.hints)
        )
