"""Scenes ready to paint: a picture under its camera and the veil over it. Frames at rest are kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from foundry.plan.timeline import Take
from imaging.film.camera import CameraPath
from imaging.film.canvas import FrameCanvas, blend, even_box, new_canvas, planes_of_srgb
from imaging.film.footage import Footage
from imaging.film.picture_sources import PictureSource
from imaging.film.signal import Levels, Signal
from imaging.pixels.geometry import PixelBox
from imaging.still.compose import StaticLayer, overlay


@dataclass(eq=False)
class Veil:
    """Everything that a layout puts over its picture, in a signal.

    `kept` is the share of the picture that shows through, scaled to the sample type's range; `own` is colour times
    coverage.
    """

    box: PixelBox
    kept: tuple[Levels, Levels, Levels]
    own: tuple[Levels, Levels, Levels]

    def apply(self, bare: FrameCanvas, onto: FrameCanvas) -> None:
        """Write `bare` under the veil to `onto`; outside the veil's box `onto` becomes `bare`."""
        import cv2

        onto.fill(bare.planes)
        top = np.iinfo(bare.signal.dtype).max
        parts = (bare.region(self.box), self.kept, self.own, onto.region(self.box))
        for under, kept, own, target in zip(*parts, strict=True):
            target[:] = cv2.add(cv2.multiply(under, kept, scale=1 / top), own)


def make_veil(static: StaticLayer, signal: Signal) -> Veil | None:
    """Return the veil of a static layer; None if nothing lies over its key visual."""
    layer = overlay(static)
    bounds = layer.getchannel("A").getbbox()
    if bounds is None:
        return None
    box = even_box(PixelBox(*bounds), static.placement.size)
    pixels = np.asarray(layer.crop((box.left, box.top, box.right, box.bottom)))
    cover = pixels[..., 3].astype(np.float32) / np.float32(255)
    samples = signal.from_srgb(np.ascontiguousarray(pixels[..., :3])) * cover[..., None]
    small = signal.reduce_chroma(cover)
    top = np.iinfo(signal.dtype).max
    kept = tuple(np.rint((1 - part) * top).astype(signal.dtype) for part in (cover, small, small))
    own = tuple(signal.round_samples(plane) for plane in signal.planes(samples))
    return Veil(box, (kept[0], kept[1], kept[2]), (own[0], own[1], own[2]))


@dataclass(eq=False, kw_only=True)
class FilmScene:
    """One scene of a film without its text. Frames are numbered from the film's start."""

    take: Take
    static: StaticLayer
    signal: Signal
    rate: Fraction
    source: PictureSource | None = None
    path: CameraPath | None = None
    veil: Veil | None = None
    footage: Footage | None = None
    """Kept because its scratch file is deleted with it."""
    _rest: dict[bool, FrameCanvas] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.static.placement.size

    @property
    def visual(self) -> PixelBox:
        """The box in which the picture shows, with even edges."""
        return even_box(self.static.visual, self.size)

    @property
    def fills_the_frame(self) -> bool:
        """True if the picture covers the whole frame."""
        return self.visual == PixelBox(0, 0, *self.size)

    @cached_property
    def wordless_key(self) -> str:
        """SHA-256 of what frames without text depend on besides the picture: a card, or the frame around a picture.

        Empty if the picture fills the frame.
        """
        if self.source is not None and self.fills_the_frame:
            return ""
        return hashlib.sha256(self.static.image.tobytes()).hexdigest()

    def is_at_rest(self, frame: int) -> bool:
        """Return whether the picture stands still from this frame on."""
        if self.source is None or self.path is None:
            return True
        return self.source.still and frame - self.take.start >= self.path.frames

    def veil_share(self, frame: int) -> float:
        """Return the opacity (0 to 1) of the veil at a frame.

        It fades in with the first text, and is always opaque if the picture does not fill the frame.
        """
        if self.veil is None:
            return 0.0
        if not self.fills_the_frame:
            return 1.0
        if not self.take.cues:
            return 0.0
        cue = min(self.take.cues, key=lambda c: c.start)
        return min(max((frame - cue.start + 1) / (cue.frames + 1), 0.0), 1.0)

    def canvas(self, frame: int) -> FrameCanvas:
        """Return the scene's frame without text. Do not paint on it: frames at rest are shared."""
        share = self.veil_share(frame)
        if share in (0.0, 1.0) and self.is_at_rest(frame):
            return self._standing(share == 1.0)
        bare = self._standing(False) if self.is_at_rest(frame) else self._without_veil(frame)
        if share == 0.0:
            return bare
        full = self._standing(True) if self.is_at_rest(frame) else self._with_veil(bare)
        if share == 1.0:
            return full
        canvas = new_canvas(self.signal, self.size)
        blend(bare, full, share, canvas)
        return canvas

    def _standing(self, covered: bool) -> FrameCanvas:
        if covered not in self._rest:
            last = self.take.stop
            self._rest[covered] = self._with_veil(self._standing(False)) if covered else self._without_veil(last)
        return self._rest[covered]

    def _with_veil(self, bare: FrameCanvas) -> FrameCanvas:
        if self.veil is None:
            return bare
        canvas = new_canvas(self.signal, self.size)
        self.veil.apply(bare, canvas)
        return canvas

    def _without_veil(self, frame: int) -> FrameCanvas:
        canvas = new_canvas(self.signal, self.size)
        if self.source is None or self.path is None:
            canvas.fill(self._ground())
            return canvas
        if not self.fills_the_frame:
            canvas.fill(self._ground())
        since = Fraction(frame - self.take.start) / self.rate
        self.source.paint(self.path.at(frame - self.take.start), since, canvas.region(self.visual))
        return canvas

    def _ground(self) -> tuple[Levels, Levels, Levels]:
        return planes_of_srgb(self.signal, np.asarray(self.static.image))
