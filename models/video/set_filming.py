"""Films in sets: the frames of a part of a clip are rendered one by one and encoded as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from apache_beam.ml.inference.base import ModelHandler

from foundry.manifest import master_from_json
from foundry.metering.making import FILM, making
from foundry.metering.payers import note
from foundry.metering.steps import step
from foundry.plan.clip import ClipOrder, FrameRange
from foundry.plan.shot import ShotOrder
from foundry.spent import NOTHING_SPENT, Spent
from foundry.store.object_store import ObjectStore
from foundry.store.scratch import lasting_scratch
from imaging.film.clip_master import encode_clip, require_av
from imaging.film.film_cutout import film_cutout, lay_on_frame
from imaging.pixels.arrays import Pixels
from models.sets.ask import Moment, SetAsk
from models.sets.charging import charge_rendering
from models.sets.rendered import Rendered, SetGuide
from models.sets.renderer.client import Renderer
from models.sets.renderer.refusals import RenderRefused

GuideOf = Callable[[ShotOrder], SetGuide | None]
"""Says what a frame of a shot's clip is rendered from, in the size and quality of films; the seed is put in here."""


class PictureRenderer(Protocol):
    """What renders a picture of a set: `models.sets.renderer.client.Renderer`."""

    def render(self, ask: SetAsk, files: Mapping[str, bytes]) -> Rendered:
        """Return the picture; RenderRefused for one that cannot be."""


@dataclass(frozen=True)
class FilmedRange:
    """A part of a clip in a scratch file, which its receiver stores and removes. It must not leave the machine."""

    range: FrameRange
    file: Path
    spent: Spent = NOTHING_SPENT


@dataclass(frozen=True)
class UnfilmedRange:
    """A part that was refused for good, with the code and the sentence of its clip's dead letter."""

    range: FrameRange
    code: str
    reason: str
    spent: Spent = NOTHING_SPENT


@dataclass
class FilmingRenderer:
    """A renderer, and the lock that parts queue at: one picture takes all processors."""

    renderer: PictureRenderer
    lock: threading.Lock = field(default_factory=threading.Lock)


class FilmFrames(ModelHandler[FrameRange, FilmedRange | UnfilmedRange, FilmingRenderer]):  # type: ignore[misc]
    """Films parts of clips in sets. Frames go to the encoder as they are rendered.

    `guides` says what is in a shot's set. A clip has the arrangement of its shot's master: the seed is read from the
    master's record, and every frame has it, so that what noise is left does not flicker.
    """

    def __init__(
        self,
        guides: GuideOf,
        store: ObjectStore,
        start: Callable[[], PictureRenderer] = Renderer,
    ) -> None:
        super().__init__()
        self.guides, self.store, self.start = guides, store, start

    def load_model(self) -> FilmingRenderer:
        """Start the renderer; RendererMissing or VideoExtraMissing if that is impossible."""
        require_av()
        return FilmingRenderer(self.start())

    def run_inference(
        self,
        batch: Sequence[FrameRange],
        model: FilmingRenderer,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - part of Beam's interface
    ) -> list[FilmedRange | UnfilmedRange]:
        """Return one result per part, in order."""
        return [self._film(part, model) for part in batch]

    def _film(self, part: FrameRange, model: FilmingRenderer) -> FilmedRange | UnfilmedRange:
        with making(FILM, {part.key: part.order.tenant}) as accounts:
            result = self._film_or_refuse(part, model)
        return replace(result, spent=accounts[part.key].spent())

    def _film_or_refuse(self, part: FrameRange, model: FilmingRenderer) -> FilmedRange | UnfilmedRange:
        try:
            guide = film_guide(part.order, self.guides, self.store)
            with lasting_scratch(self.store.scratch_folder(), ".mkv") as file, model.lock:
                frames = self._frames(part, guide, model.renderer)
                with step("encode"):
                    encode_clip(frames, file, part.order.frames_per_second)
        except RenderRefused as error:
            return UnfilmedRange(part, error.code, str(error))
        return FilmedRange(part, file)

    def _frames(self, part: FrameRange, guide: SetGuide, renderer: PictureRenderer) -> Iterator[Pixels]:
        cutouts = cutouts_of(guide)
        for number in range(part.first, part.last + 1):
            with step("film", wide=True):
                note(model_calls=1)
                rendered = renderer.render(ask_at(guide.ask, part.order, number), guide.files)
                charge_rendering("film", rendered)
                frame = with_own_pixels(rendered, cutouts)
            yield frame

    def get_num_bytes(self, batch: Sequence[FrameRange]) -> int:
        """Return a rough size; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def film_guide(order: ClipOrder, guides: GuideOf, store: ObjectStore) -> SetGuide:
    """Return what a clip's frames are rendered from: its shot's set, arranged as in the shot's master."""
    if order.shot is None:
        raise ValueError(f"{order.key} is not filmed in a set")
    record = master_from_json(store.for_tenant(order.tenant).get(order.shot.record))
    guide = guides(replace(order.shot, plan=order.plan))
    if guide is None:
        raise ValueError(f"{order.shot.key} has no set")
    said = {"seed": record.seed, "width_px": order.width_px, "height_px": order.height_px}
    return replace(guide, ask=guide.ask.model_copy(update=said))


def cutouts_of(guide: SetGuide) -> tuple[Pixels | None, ...]:
    """Return the cutouts of a set's products, for frames of this size; None for geometry, which the renderer shows."""
    return tuple(
        film_cutout(guide.files[product.file], (product.area.right - product.area.left) * guide.ask.width_px)
        if product.kind == "cutout"
        else None
        for product in guide.ask.products
    )


def with_own_pixels(rendered: Rendered, cutouts: Sequence[Pixels | None]) -> Pixels:
    """Return a rendered frame with the own pixels of its cutouts, where and as sharp as the camera sees them."""
    frame, staged = rendered.pixels, rendered.staged
    if staged is None:
        return frame
    height, width = frame.shape[:2]
    for cutout, area in zip(cutouts, staged.areas, strict=True):
        if cutout is not None:
            edges = (area.left * width, area.top * height, area.right * width, area.bottom * height)
            frame = lay_on_frame(frame, cutout, edges, staged.blur * height)
    return frame


def ask_at(ask: SetAsk, order: ClipOrder, number: int) -> SetAsk:
    """Return what is asked for a frame of a clip, by its number from 0."""
    share = number / max(order.frames - 1, 1)
    moment = Moment(moves=order.moves, at=share, seconds=number / order.frames_per_second)
    return ask.model_copy(update={"moment": moment})
