"""The perceptual floor: a film that a rate limit has blurred is refused, not published.

While frames are encoded, tiles of a few frames' luma are kept. The encoded film is decoded and the same tiles compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.errors import FoundryError
from imaging.film.encoding.film_format import FilmFormat
from imaging.pixels.ssim import LEVELS, TAPS, ssim_of_luma

KEPT = 6
TILE_PX, TILES = 160, 3
NEAR = 0.5
"""A film that takes less than this share of its limit was not reduced by it."""

Tiles = list[NDArray[np.uint8]]


class BelowFloor(FoundryError):
    """Within its limit the film would look bad."""

    code = "film_below_floor"

    def __init__(self, frame: int, likeness: float, floor: float) -> None:
        super().__init__(frame, likeness, floor)
        self.frame, self.likeness, self.floor = frame, likeness, floor

    def __str__(self) -> str:
        return (
            f"within its limit frame {self.frame} keeps SSIM {self.likeness:.3f} of the original; the floor is "
            f"{self.floor}. Shorten the film, calm its motion, or choose a placement with a higher limit."
        )


class FloorJudge:
    """Keeps tiles of at most 11 frames, evenly spread over any length, and judges the encoded film by them."""

    def __init__(self, spec: FilmFormat) -> None:
        self.spec, self.stride, self.number = spec, 1, 0
        self.kept: dict[int, Tiles] = {}

    def observe(self, frame: Any) -> None:
        """Note the next source frame and keep its tiles if it is its turn."""
        if self.spec.ceiling is not None and self.number % self.stride == 0:
            self.kept[self.number] = tiles(frame)
            if len(self.kept) >= KEPT * 2:
                self.stride *= 2
                self.kept = {number: seen for number, seen in self.kept.items() if number % self.stride == 0}
        self.number += 1

    def is_needed(self, size: int, frames: int) -> bool:
        """Return whether the film came near enough to its limit to have been reduced by it."""
        if self.spec.ceiling is None or frames == 0:
            return False
        return size * 8 > NEAR * self.spec.ceiling * frames / self.spec.rate

    def judge(self, frames: Iterable[Any]) -> float:
        """Return the lowest likeness of kept frames to decoded ones; raise BelowFloor under the format's floor."""
        worst, at = 1.0, 0
        for number, frame in enumerate(frames):
            if number in self.kept:
                likeness = likeness_of(self.kept[number], tiles(frame))
                if likeness < worst:
                    worst, at = likeness, number
        if worst < self.spec.floor:
            raise BelowFloor(at, worst, self.spec.floor)
        return worst


def tiles(frame: Any) -> Tiles:
    """Return nine evenly placed tiles of a frame's luma, 8-bit; the whole luma of a small frame."""
    return tiles_of(brightness(frame))


def tiles_of(luma: NDArray[np.uint8]) -> Tiles:
    """Return nine evenly placed tiles of a (height, width) uint8 array."""
    height, width = luma.shape
    tall, wide = min(TILE_PX, height), min(TILE_PX, width)
    tops = sorted({(height - tall) * part // (TILES - 1) for part in range(TILES)})
    lefts = sorted({(width - wide) * part // (TILES - 1) for part in range(TILES)})
    return [luma[top : top + tall, left : left + wide].copy() for top in tops for left in lefts]


def brightness(frame: Any) -> NDArray[np.uint8]:
    """Return (height, width) uint8 luma of a frame in a planar YUV format of 8 or 10 bits."""
    plane = frame.planes[0]
    deep = frame.format.name.endswith("10le")
    raw = np.frombuffer(plane, dtype="<u2" if deep else np.uint8).reshape(plane.height, -1)[:, : plane.width]
    return (raw >> 2).astype(np.uint8) if deep else raw


def likeness_of(one: Tiles, other: Tiles) -> float:
    """Return the mean SSIM of tiles; tiles narrower than SSIM's window are compared by their greatest difference."""
    if min(one[0].shape) < TAPS:
        return float(np.mean([1 - np.abs(a.astype(int) - b).max() / LEVELS for a, b in zip(one, other, strict=True)]))
    return float(np.mean([ssim_of_luma(a, b) for a, b in zip(one, other, strict=True)]))
