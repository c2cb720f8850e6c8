"""A part of a master, reduced to the size at which it shows."""

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
"""Pixels of a master per pixel of the result, from which on half a pixel of the master is not seen."""


@dataclass(frozen=True)
class Pyramid:
    """A picture, RGB, 8 bits, sRGB, of `size` (width, height), whole and at half its size.

    Each size is read when it is first asked for: a result of half the size or less never needs the whole. `read_half`
    is None for a picture without a copy of half its size; then everything comes from the whole.
    """

    size: tuple[int, int]
    read_whole: Callable[[], Levels]
    read_half: Callable[[], Levels] | None = None

    @cached_property
    def levels(self) -> Levels:
        """Return the whole, (height, width, 3)."""
        return self.read_whole()

    @cached_property
    def half(self) -> Levels | None:
        """Return the copy of half the size, (height / 2, width / 2, 3), if there is one."""
        return self.read_half() if self.read_half else None

    @cached_property
    def image(self) -> Image.Image:
        """Return the whole, for Pillow."""
        return Image.fromarray(self.levels)

    @cached_property
    def small(self) -> Image.Image:
        """Return the smallest copy there is, for finding where things are."""
        return self.image if self.half is None else Image.fromarray(self.half)


Picture = Image.Image | Pyramid


def in_whole_pixels(crop: CropEdges, size: tuple[int, int]) -> CropEdges:
    """Return the crop with its edges on whole pixels where the master is so fine that nobody sees it; else unchanged.

    Where the master is twice as fine as a result of `size`, edges lie on even pixels, so that its copy of half the size
    suffices.
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
    """Return the nearest even start and end; never outside an even edge that the exact ones are inside."""
    start, length = math.ceil(low / 2 - 0.5), math.floor((high - low) / 2 + 0.5)
    return 2.0 * start, 2.0 * (start + length)


def reduce_crop(master: Picture, size: tuple[int, int], crop: CropEdges) -> Image.Image:
    """Return RGB of `size` (width, height) from the part `crop` of an RGB master, by Lanczos' filter of three lobes.

    PyTorch's kernel for bytes takes a seventh of Pillow's time and differs from it by one level in one pixel of some
    hundred; it takes whole pixels only. Crops between pixels, and enlargements, are Pillow's.
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
    """Return (height // 2, width // 2, 3) of (height, width, 3), by the filter of `reduce_crop`."""
    return _lanczos(levels, (levels.shape[1] // 2, levels.shape[0] // 2))


def _whole(crop: CropEdges, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return the crop in integers; None if an edge lies between pixels or there are fewer than `size` needs."""
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
    """Return a master's (height, width, 3); this thread's last is kept, since Pillow copies all pixels every time."""
    kept = _local.__dict__.get("levels")
    if kept is None or kept[0]() is not master:
        kept = _local.__dict__["levels"] = (weakref.ref(master), np.array(master))
    levels: Levels = kept[1]
    return levels


def _lanczos(part: Levels, size: tuple[int, int]) -> Levels:
    """Return (height, width, 3) uint8 reduced to `size` (width, height)."""
    import torch

    planes = torch.from_numpy(part).permute(2, 0, 1)[None]
    made = torch.nn.functional.interpolate(planes, size=(size[1], size[0]), mode="lanczos", antialias=True)
    return np.ascontiguousarray(made[0].permute(1, 2, 0).numpy())
