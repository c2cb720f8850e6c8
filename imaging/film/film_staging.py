"""A film's scenes staged from stored masters: once per film, whatever the number of its locales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

from foundry.plan.plan import Plan
from foundry.plan.shot import MasterFacts
from foundry.plan.timeline import Take, Timeline
from foundry.plan.variant import Variant
from imaging.film.camera import Window, path
from imaging.film.footage import Footage, frames_at, moments
from imaging.film.picture_sources import Clip, Source, Still
from imaging.film.scene_layers import Brand, Master, dressed, dressed_card, eight_bits
from imaging.film.signal import Levels, Signal
from imaging.film.staged_film import Film
from imaging.film.staged_scene import Staged, veil_of
from imaging.still.compose import StaticLayer, prepare, turned

Masters = Callable[[int], Master]
"""The n-th of the pictures that a film shows, in order of appearance."""


Clips = Callable[[int], Footage | None]
"""The clip that is seen in place of the n-th of them; None for a still."""


def no_clips(at: int) -> None:
    """A film of stills alone."""


@dataclass(frozen=True)
class Stock:
    """What films are made from: masters and clips by position, and the product's picture (RGBA), if it has one."""

    masters: Masters
    product: Image.Image | None = None
    clips: Clips = no_clips


def staged_film(variant: Variant, plan: Plan, stock: Stock, signal: Signal) -> Film:
    """All scenes of a variant's film, without words."""
    timeline = variant.timeline
    if timeline is None:
        raise ValueError(f"{variant.key} is a still; only films are staged")
    order = timeline.pictures(len(plan.film_scenes))
    studio = _Studio(variant, plan, timeline, signal)
    staged = []
    for take in timeline.takes:
        if take.card:
            staged.append(studio.card(take, stock.product))
        else:
            at = order.index(take.picture % len(plan.film_scenes))
            clip = stock.clips(at)
            staged.append(studio.moving(take, clip) if clip else studio.scene(take, stock.masters(at)))
    return Film(timeline, tuple(staged), variant.shot.mirrored)


class _Studio:
    def __init__(self, variant: Variant, plan: Plan, timeline: Timeline, signal: Signal):
        self.variant, self.plan, self.timeline, self.signal = variant, plan, timeline, signal

    @property
    def rate(self) -> Fraction:
        return self.timeline.frame_rate

    def card(self, take: Take, product: Image.Image | None) -> Staged:
        """A brand's card; a product picture without transparency stays off it."""
        cut = product if product is not None and product.getchannel("A").getextrema()[0] == 0 else None
        brand = Brand(self.plan.tenant, cut, self.variant.shot.mirrored, self.variant.locale)
        static = dressed_card(take, self.variant.layout, self.variant.placement, brand)
        return Staged(take, static, self.signal, self.rate)

    def scene(self, take: Take, master: Master) -> Staged:
        """A picture under its camera; its type is set on what shows once the camera rests."""
        picture, facts = master
        static = self._static(picture, facts)
        way = path(take, _window(static.crop), _focus(facts), facts.mirrored)
        worn = dressed(take, master, static, way.last)
        source: Source = Still(picture, self.signal, way, static.visual.width)
        return Staged(take, worn, self.signal, self.rate, source, way, veil_of(worn, self.signal))

    def moving(self, take: Take, clip: Footage) -> Staged:
        """A clip under its camera; its type is set on what shows while it plays."""
        first, *seen = frames_at(clip.file, (Fraction(0), *moments(take, self.rate)))
        facts = clip.facts
        static = self._static(first, facts)
        way = path(take, _window(static.crop), _focus(facts), facts.mirrored)
        worn = dressed(take, (seen[-1], facts), static, way.last, seen[:-1])
        source = Clip(clip.file, self.signal, way, static.visual.width)
        return Staged(take, worn, self.signal, self.rate, source, way, veil_of(worn, self.signal), clip)

    def _static(self, picture: Levels, facts: MasterFacts) -> StaticLayer:
        """The layout's still, for where the key visual shows and what of the master shows there."""
        variant = self.variant
        still = prepare(eight_bits(picture), facts, variant.layout, variant.placement, self.plan.tenant)
        return turned(still, variant.locale)


def _window(crop: tuple[float, float, float, float]) -> Window:
    left, top, right, bottom = crop
    return Window(left, top, right - left, bottom - top)


def _focus(facts: MasterFacts) -> tuple[float, float]:
    """The middle of the product, in the master's pixels; of the picture, if its place is not known."""
    box = facts.product_box
    if box is None:
        return facts.width_px / 2, facts.height_px / 2
    return (box.left + box.right) / 2000 * facts.width_px, (box.top + box.bottom) / 2000 * facts.height_px
