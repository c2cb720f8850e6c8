"""Staging of a film: its scenes are prepared from stored masters and clips, once for all its locales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from PIL import Image

from foundry.layout.files import layout_for
from foundry.layout.layout import Layout
from foundry.plan.plan import Plan
from foundry.plan.shot import MasterFacts
from foundry.plan.timeline import Take, Timeline
from foundry.plan.variant import Variant
from imaging.film.camera import CameraPath, CameraWindow, camera_path
from imaging.film.film_scene import FilmScene, make_veil
from imaging.film.footage import Footage, frames_at, text_moments
from imaging.film.picture_sources import ClipSource, PictureSource, StillSource
from imaging.film.scene_layers import CardBrand, Master, card_layer, eight_bits, scene_layer
from imaging.film.signal import Levels, Signal
from imaging.film.staged_film import StagedFilm
from imaging.still.compose import StaticLayer, prepare, turn_to_locale
from imaging.still.product_sight import GivenProduct

Masters = Callable[[int], Master]
"""Returns the n-th of the pictures that a film shows, in order of appearance."""


Clips = Callable[[int], Footage | None]
"""Returns the clip shown in place of the n-th picture; None for a still."""


def no_clips(at: int) -> None:
    """Return None: every scene is a still."""


@dataclass(frozen=True)
class FilmInputs:
    """Pictures and clips of a film by position, the product's picture (RGBA) if it has one, and its form to compare."""

    masters: Masters
    product: Image.Image | None = None
    clips: Clips = no_clips
    given: GivenProduct | None = None


def stage_film(variant: Variant, plan: Plan, inputs: FilmInputs, signal: Signal) -> StagedFilm:
    """Return all scenes of a variant's film, without text."""
    timeline = variant.timeline
    if timeline is None:
        raise ValueError(f"{variant.key} is a still; only films are staged")
    order = timeline.pictures(len(plan.film_scenes))
    stager = _SceneStager(variant, plan, timeline, signal)
    staged = []
    for take in timeline.takes:
        if take.card:
            staged.append(stager.card(take, inputs.product))
        else:
            at = order.index(take.picture % len(plan.film_scenes))
            clip = inputs.clips(at)
            layout = stager.layout(at)
            moving = stager.moving(take, clip, layout) if clip else stager.scene(take, inputs.masters(at), layout)
            staged.append(moving)
    return StagedFilm(timeline, tuple(staged), variant.shot.mirrored)


class _SceneStager:
    """Prepares the scenes of one film."""

    def __init__(self, variant: Variant, plan: Plan, timeline: Timeline, signal: Signal) -> None:
        self.variant, self.plan, self.timeline, self.signal = variant, plan, timeline, signal

    @property
    def rate(self) -> Fraction:
        return self.timeline.frame_rate

    def layout(self, at: int) -> Layout:
        """Return the layout for the composition of the n-th picture."""
        variant = self.variant
        composition = variant.scenes[at].composition
        if composition == variant.shot.composition:
            return variant.layout
        return layout_for(variant.placement, self.plan.tenant, composition)

    def card(self, take: Take, product: Image.Image | None) -> FilmScene:
        """Return a card in a brand colour; a product picture without transparency is left out."""
        cut = product if product is not None and product.getchannel("A").getextrema()[0] == 0 else None
        shot = self.variant.shot
        brand = CardBrand(self.plan.tenant, cut, shot.mirrored, self.variant.locale, shot.composition)
        static = card_layer(take, self.variant.layout, self.variant.placement, brand)
        return FilmScene(take=take, static=static, signal=self.signal, rate=self.rate)

    def scene(self, take: Take, master: Master, layout: Layout) -> FilmScene:
        """Return a picture under its camera; its text is set on what shows once the camera rests."""
        picture, facts = master
        static = self._static(picture, facts, layout)
        path = camera_path(take, _window(static.crop), _focus(facts), facts.mirrored)
        layer = scene_layer(take, master, static, path.last)
        source: PictureSource = StillSource(picture, self.signal, path, static.visual.width)
        return self._under_camera(take, layer, path, source)

    def moving(self, take: Take, clip: Footage, layout: Layout) -> FilmScene:
        """Return a clip under its camera; its text is set on what shows while the clip plays."""
        first, *moments = frames_at(clip.file, (Fraction(0), *text_moments(take, self.rate)))
        facts = clip.facts
        static = self._static(first, facts, layout)
        path = camera_path(take, _window(static.crop), _focus(facts), facts.mirrored)
        layer = scene_layer(take, (moments[-1], facts), static, path.last, moments[:-1])
        source = ClipSource(clip.file, self.signal, path, static.visual.width)
        return replace(self._under_camera(take, layer, path, source), footage=clip)

    def _under_camera(self, take: Take, layer: StaticLayer, path: CameraPath, source: PictureSource) -> FilmScene:
        veil = make_veil(layer, self.signal)
        return FilmScene(
            take=take, static=layer, signal=self.signal, rate=self.rate, source=source, path=path, veil=veil
        )

    def _static(self, picture: Levels, facts: MasterFacts, layout: Layout) -> StaticLayer:
        """Return the layout's still, which says where the key visual shows and which part of the master it shows."""
        variant = self.variant
        still = prepare(eight_bits(picture), facts, layout, variant.placement, self.plan.tenant)
        return turn_to_locale(still, variant.locale)


def _window(crop: tuple[float, float, float, float]) -> CameraWindow:
    left, top, right, bottom = crop
    return CameraWindow(left, top, right - left, bottom - top)


def _focus(facts: MasterFacts) -> tuple[float, float]:
    """Return the product's middle in the master's pixels; the picture's middle if the product's place is unknown."""
    box = facts.product_box
    if box is None:
        return facts.width_px / 2, facts.height_px / 2
    return (box.left + box.right) / 2000 * facts.width_px, (box.top + box.bottom) / 2000 * facts.height_px
