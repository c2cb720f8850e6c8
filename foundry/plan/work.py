"""The kinds of work in a plan: units that cost the same whoever orders them, so that past work tells of work to come.

A shot is drawn, screened, enlarged and finished as a master, each by its card and aspect bucket. A clip is filmed by
its card and size, for each frame. A still takes the reading of its master once for each render order, a static layer
once for each run of one placement in an order, and its own file. A film's first locale stages and encodes what all
locales share, so it is another kind of work than the further ones; both are counted in frames. Models are loaded once
for a campaign, however many shots it draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.channel.placement import Placement
from foundry.locales import is_rtl
from foundry.plan.clip import ClipOrder
from foundry.plan.clips import clip_card
from foundry.plan.plan import Plan
from foundry.plan.shot import VARIANTS_PER_ORDER, ShotOrder
from foundry.plan.variant import Variant
from foundry.rates import MeasureSums, Rate, WorkKind, observe
from foundry.spent import NOTHING_SPENT, Spent

LOAD, DRAW, SCREEN, UPSCALE, MASTER = "load", "draw", "screen", "upscale", "master"
READ, LAYER, FILE = "read", "layer", "file"
FILM, FURTHER_FILM = "film", "further_film"
CLIP = "clip"


@dataclass
class WorkNeeded:
    """The number of objects of one kind of work, and their units together."""

    count: int = 0
    units: int = 0


def shot_kinds(cards: Cards, bucket: str) -> dict[str, WorkKind]:
    """Return the kinds of work that make a master of an aspect bucket with the cards of its scene, by their name."""
    drawing = "+".join((cards.generate.name, *(use.card.name for use in cards.adapters)))
    subjects = {
        LOAD: f"{cards.generate.name}, {cards.screen.name}, {cards.upscale.name}",
        DRAW: f"{drawing} {bucket}",
        SCREEN: f"{cards.screen.name} {bucket}",
        UPSCALE: f"{cards.upscale.name} {bucket}",
        MASTER: f"{bucket}, {cards.upscale.bits} bits",
    }
    return {work: WorkKind(work, subject) for work, subject in subjects.items()}


def clip_kind(card: ModelCard, bucket: str) -> WorkKind:
    """Return the kind of work that makes a clip of an aspect bucket with a card; its units are frames."""
    return WorkKind(CLIP, f"{card.name} {bucket}")


def file_kind(work: str, placement: Placement) -> WorkKind:
    """Return the kind of some work on a file: READ depends on the master's bucket alone, the others on the placement.

    A placement that was changed is another kind, since its digest is another one.
    """
    return WorkKind(work, placement.bucket if work == READ else f"{placement.name} {placement.digest[:8]}")


def observe_shot(plan: Plan, shot: ShotOrder, spent: Spent) -> Iterator[Rate]:
    """Yield what was spent on a master, split by the kinds of its work.

    Model calls and vendors' charges belong to the drawing, and bytes to the master's file.
    """
    kinds = shot_kinds(plan.cards_for(shot.scene), shot.bucket)
    apart = {work: _in_step(spent, work) for work in (LOAD, DRAW, SCREEN, UPSCALE)}
    others = tuple(each for each in spent.steps if each.step not in apart)
    calls = {name: getattr(spent, name) for name in ("model_calls", "refused_attempts")}
    charges = {name: getattr(spent, name) for name in ("vendor_calls", "vendor_micro_usd")}
    yield observe(kinds[DRAW], replace(apart[DRAW], **calls, **charges))
    for work in (LOAD, SCREEN, UPSCALE):
        yield observe(kinds[work], apart[work])
    yield observe(kinds[MASTER], Spent(steps=others, bytes_read=spent.bytes_read, bytes_written=spent.bytes_written))


def observe_clip(plan: Plan, shot: ShotOrder, clip: ClipOrder, spent: Spent) -> Rate:
    """Return what was spent on a clip, which belongs to a shot."""
    return observe(clip_kind(clip_card(plan, shot.scene), shot.bucket), spent, clip.frames)


def as_one(rate: Rate) -> Rate:
    """Return the rate with all observations of one campaign taken as a single one: for work that is done once for all.

    Models are loaded once, but paid for by the shots that were drawn first.
    """
    amounts = tuple(MeasureSums(each.measure, each.amount, each.amount**2, each.amount) for each in rate.amounts)
    return replace(rate, count=1, units=1, units_squared=1, amounts=amounts)


def observe_still(variant: Variant, spent: Spent) -> Iterator[Rate]:
    """Yield what was spent on a still: on its file, and on the master or layer that was made ready for it first."""
    rest = spent
    for work in (READ, LAYER):
        shared = _in_step(spent, work)
        if shared != NOTHING_SPENT:
            yield observe(file_kind(work, variant.placement), shared)
            rest = replace(rest, steps=tuple(each for each in rest.steps if each.step != work))
    yield observe(file_kind(FILE, variant.placement), rest)


def observe_film(variant: Variant, spent: Spent, *, first: bool) -> Rate:
    """Return what was spent on a film. `first`: it is the first of its locales that was made."""
    return observe(file_kind(FILM if first else FURTHER_FILM, variant.placement), spent, frames_of(variant))


def frames_of(variant: Variant) -> int:
    """Return the frames of a film; 1 for a still."""
    return variant.timeline.frames if variant.timeline else 1


def _in_step(spent: Spent, step: str) -> Spent:
    return Spent(steps=tuple(each for each in spent.steps if each.step == step))


@dataclass
class _Ready:
    """What a rendering thread has ready: the order it is at, and the layers of the last placement by direction."""

    order: tuple[str | int, ...] = ()
    placement: str = ""
    directions: set[bool] = field(default_factory=set)


@dataclass
class WorkToDo:
    """The work that a store lacks, by kind. It is filled while a plan is walked, shot by shot."""

    by_kind: dict[WorkKind, WorkNeeded] = field(default_factory=dict)
    _ready: _Ready = field(default_factory=_Ready)

    def add(self, kind: WorkKind, units: int = 1) -> None:
        """Add one object."""
        needed = self.by_kind.setdefault(kind, WorkNeeded())
        needed.count += 1
        needed.units += units

    def add_shot(self, plan: Plan, shot: ShotOrder) -> None:
        """Add a shot that must be drawn."""
        for work, kind in shot_kinds(plan.cards_for(shot.scene), shot.bucket).items():
            if work != LOAD or kind not in self.by_kind:
                self.add(kind)

    def add_clip(self, plan: Plan, shot: ShotOrder, clip: ClipOrder) -> None:
        """Add a clip that must be filmed, which belongs to a shot."""
        self.add(clip_kind(clip_card(plan, shot.scene), shot.bucket), clip.frames)

    def add_file(self, plan: Plan, place: int, variant: Variant) -> None:
        """Add a variant that must be made, by its place among those of its shot; a shot's come in order."""
        if variant.timeline is None:
            self._add_still(place, variant)
        else:
            self._add_film(plan, place, variant)

    def _add_still(self, place: int, variant: Variant) -> None:
        order = (variant.shot.name, place // VARIANTS_PER_ORDER)
        if order != self._ready.order:
            self._ready = _Ready(order)
            self.add(file_kind(READ, variant.placement))
        layer = (variant.placement.name, is_rtl(variant.locale))
        if layer[0] != self._ready.placement:
            self._ready = _Ready(order, layer[0])
        if layer[1] not in self._ready.directions:
            self._ready.directions.add(layer[1])
            self.add(file_kind(LAYER, variant.placement))
        self.add(file_kind(FILE, variant.placement))

    def _add_film(self, plan: Plan, place: int, variant: Variant) -> None:
        before = plan.stills_per_shot(variant.shot)
        order = (variant.shot.name, (place - before) // len(plan.locales_of(variant.shot)), variant.placement.name)
        work = FURTHER_FILM if order == self._ready.order else FILM
        self._ready = _Ready(order)
        self.add(file_kind(work, variant.placement), frames_of(variant))
