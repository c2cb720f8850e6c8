"""A part of a master at the size at which it shows."""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.pixels.crop import CropEdges

Levels = NDArray[np.uint8]
_local = threading.local()
FINE = 1.99
"""Pixels of a master to one of the result, from which on half a pixel of the master is not seen."""


@dataclass(frozen=True)
class Pyramid:
    """A picture, RGB, 8 bits, sRGB, of `size` (width, height), whole and at half its size.

    Each is read when it is first asked for: what shows at half of the size or less never needs the whole. `read_half`
    is None for a picture that has no such copy; then everything comes from the whole.
    """

    size: tuple[int, int]
    read_whole: Callable[[], Levels]
    read_half: Callable[[], Levels] | None = None

    @cached_property
    def levels(self) -> Levels:
        """(height, width, 3)."""
        return self.read_whole()

    @cached_property
    def half(self) -> Levels | None:
        """(height / 2, width / 2, 3)."""
        return self.read_half() if self.read_half else None

    @cached_property
    def image(self) -> Image.Image:
        """The whole, for Pillow."""
        return Image.fromarray(self.levels)

    @cached_property
    def small(self) -> Image.Image:
        """For who only wants to know what is where: half the size if there is such a copy."""
        return self.image if self.half is None else Image.fromarray(self.half)


Picture = Image.Image | Pyramid


def in_whole_pixels(crop: CropEdges, size: tuple[int, int]) -> CropEdges:
    """The crop with its edges on whole pixels where the master is so fine that nobody sees it; else as it is.

    Where the master is twice as fine as the result, on every other pixel, so that its copy of half the size will do.
    """
    left, top, right, bottom = crop
    ratio = min((right - left) / size[0], (bottom - top) / size[1])
    if ratio < FINE:
        return crop
    if ratio < 2:
        return (float(round(left)), float(round(top)), float(round(right)), float(round(bottom)))
    (left, right), (top, bottom) = _even(left, right), _even(top, bottom)
    return (left, top, right, bottom)


def _even(low: float, high: float) -> tuple[float, float]:
    """The nearest even start and length; never outside an even edge that the exact ones are inside."""
    start, length = math.ceil(low / 2 - 0.5), math.floor((high - low) / 2 + 0.5)
    return 2.0 * start, 2.0 * (start + length)


def reduce_crop(master: Picture, size: tuple[int, int], crop: CropEdges) -> Image.Image:
    """RGB of `size` (width, height) from the part `crop` of an RGB master, with Lanczos' filter of three lobes.

    PyTorch's kernel for bytes makes Pillow's pixels, but for a level in one of some hundred, in a seventh of its time;
    it takes whole pixels only. Others, and enlargements, are Pillow's.
    """
    half = (crop[0] / 2, crop[1] / 2, crop[2] / 2, crop[3] / 2)
    if isinstance(master, Pyramid) and (exact := _whole(half, size)) and master.half is not None:
        return Image.fromarray(_part(master.half, exact, size))
    if exact := _whole(crop, size):
        levels = master.levels if isinstance(master, Pyramid) else _levels(master)
        return Image.fromarray(_part(levels, exact, size))
    whole = master.image if isinstance(master, Pyramid) else master
    return whole.resize(size, Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0)


def halve(levels: Levels) -> Levels:
    """(height, width, 3) → (height // 2, width // 2, 3), with the filter of `reduce_crop`."""
    return _lanczos(levels, (levels.shape[1] // 2, levels.shape[0] // 2))


def _whole(crop: CropEdges, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The crop in integers, if its edges are whole pixels and there are enough of them for `size`."""
    left, top, right, bottom = crop
    if any(edge != int(edge) for edge in crop):
        return None
    if right - left < size[0] or bottom - top < size[1]:
        return None
    return (int(left), int(top), int(right), int(bottom))


def _part(levels: Levels, crop: tuple[int, int, int, int], size: tuple[int, int]) -> Levels:
    left, top, right, bottom = crop
    part = levels[top:bottom, left:right]
    return part if part.shape[1::-1] == size else _lanczos(part, size)


def _levels(master: Image.Image) -> Levels:
    """(height, width, 3); of the last master of this thread kept, since Pillow copies all pixels every time."""
    kept = _local.__dict__.get("levels")
    if kept is None or kept[0]() is not master:
        kept = _local.__dict__["levels"] = (weakref.ref(master), np.array(master))
    levels: Levels = kept[1]
    return levels


def _lanczos(part: Levels, size: tuple[int, int]) -> Levels:
    """(height, width, 3) uint8 reduced to `size` (width, height)."""
    import torch

    planes = torch.from_numpy(part).permute(2, 0, 1)[None]
    made = torch.nn.functional.interpolate(planes, size=(size[1], size[0]), mode="lanczos", antialias=True)
    return np.ascontiguousarray(made[0].permute(1, 2, 0).numpy())
