"""Pictures under a camera: a still master, or a clip that is decoded while it plays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from imaging.film.camera import CameraPath, CameraWindow
from imaging.film.canvas import planes_of_srgb
from imaging.film.signal import Levels, Signal

DENSITY = 1.25
"""Samples kept per output pixel where the camera is closest: enough that a shift by half a pixel does not blur."""
Planes = tuple[Levels, Levels, Levels]


class PictureSource(Protocol):
    """A picture to point a camera at; it may move by itself."""

    still: bool

    def paint(self, window: CameraWindow, at: Fraction, onto: Planes) -> None:
        """Fill planes with the window's part of the picture, `at` seconds after the scene's start."""


@dataclass(frozen=True, eq=False)
class ReducedPicture:
    """A picture's planes at the density a camera needs.

    A picture coordinate x is at sample (x - `left`) * `scale[0]`; likewise for y.
    """

    planes: Planes
    signal: Signal
    left: float
    top: float
    scale: tuple[float, float]

    def paint(self, window: CameraWindow, onto: Planes) -> None:
        """Resample a window into planes, bilinearly between samples, edge samples repeated."""
        import cv2

        height, width = onto[0].shape
        step = (window.width * self.scale[0] / width, window.height * self.scale[1] / height)
        start = ((window.left - self.left) * self.scale[0], (window.top - self.top) * self.scale[1])
        for plane, target, chroma in zip(self.planes, onto, (False, True, True), strict=True):
            move = np.zeros((2, 3))
            for axis in (0, 1):
                move[axis, axis], move[axis, 2] = self._sample_line(axis, start[axis], step[axis], chroma)
            size = (target.shape[1], target.shape[0])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            cv2.warpAffine(plane, move, size, dst=target, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def _sample_line(self, axis: int, start: float, step: float, chroma: bool) -> tuple[float, float]:
        """Return factor and offset from a target's sample number to this plane's, by where both are sited."""
        if not (chroma and self.signal.chroma_halved[axis]):
            return step, start + 0.5 * step - 0.5
        site = 0.5 if axis == 0 else 1.0
        return step, (start + site * step - site) / 2


def reduce_picture(picture: Levels, signal: Signal, path: CameraPath, width_px: int) -> ReducedPicture:
    """Return an (h, w, 3) sRGB picture reduced to what a camera on `path` needs for a frame `width_px` wide.

    Reduction averages areas; a picture is never enlarged.
    """
    import cv2

    high, wide = picture.shape[:2]
    left, top, right, bottom = _visible_bounds(path, wide, high)
    share = min(1.0, DENSITY * width_px / path.narrowest)
    size = tuple(max(2, int(edge * share) // 2 * 2) for edge in (right - left, bottom - top))
    part = picture[top:bottom, left:right]
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if size != part.shape[1::-1] else part
    scale = (size[0] / (right - left), size[1] / (bottom - top))
    return ReducedPicture(planes_of_srgb(signal, np.ascontiguousarray(small)), signal, left, top, scale)


def _visible_bounds(path: CameraPath, wide: int, high: int) -> tuple[int, int, int, int]:
    """Return the whole-pixel bounds (left, top, right, bottom) of everything that the camera sees."""
    ends = (path.first, path.last)
    return (
        max(0, int(min(w.left for w in ends))), max(0, int(min(w.top for w in ends))),
        min(wide, int(np.ceil(max(w.left + w.width for w in ends) - 1e-6))),
        min(high, int(np.ceil(max(w.top + w.height for w in ends) - 1e-6))),
    )  # fmt: skip


class StillSource:
    """A still master."""

    still = True

    def __init__(self, picture: Levels, signal: Signal, path: CameraPath, width_px: int) -> None:
        self.base = reduce_picture(picture, signal, path, width_px)

    def paint(self, window: CameraWindow, at: Fraction, onto: Planes) -> None:  # noqa: ARG002 - as a clip's
        """Fill planes with the window's part; a still is the same at every moment."""
        self.base.paint(window, onto)


class Playback:
    """A clip master (FFV1 in Matroska), decoded forward on demand and from the start again for an earlier moment."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._frames: Iterator[tuple[Fraction, Levels]] | None = None
        self._held: list[tuple[Fraction, Levels]] = []

    def frame(self, at: Fraction) -> tuple[Fraction, Levels]:
        """Return the moment since which the frame at `at` seconds has been shown, and the frame.

        The last frame stays after the clip's end.
        """
        if self._frames is None or (self._held and at < self._held[0][0]):
            self._frames, self._held = decode_frames(self.file), []
        while len(self._held) < 2 or self._held[1][0] <= at:
            following = next(self._frames, None)
            if following is None:
                return self._held[-1]
            self._held = [*self._held[-1:], following]
        return self._held[0]


class ClipSource:
    """A clip master that plays under the camera."""

    still = False

    def __init__(self, file: Path, signal: Signal, path: CameraPath, width_px: int) -> None:
        self.playback, self.signal, self.path, self.width_px = Playback(file), signal, path, width_px
        self._base: tuple[Fraction, ReducedPicture] | None = None

    def paint(self, window: CameraWindow, at: Fraction, onto: Planes) -> None:
        """Fill planes with the window's part of the frame shown at `at` seconds."""
        shown, picture = self.playback.frame(at)
        if self._base is None or self._base[0] != shown:
            self._base = (shown, reduce_picture(picture, self.signal, self.path, self.width_px))
        self._base[1].paint(window, onto)


def decode_frames(file: Path) -> Iterator[tuple[Fraction, Levels]]:
    """Yield (seconds, (h, w, 3) uint16 sRGB) of every frame of a clip master, one at a time."""
    import av

    with av.open(str(file), format="matroska") as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            yield _seconds(frame), frame.to_ndarray(format="rgb48le")


def _seconds(frame: Any) -> Fraction:
    return Fraction(frame.pts * frame.time_base)
