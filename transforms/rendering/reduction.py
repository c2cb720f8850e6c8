"""A part of a master at the size at which it shows."""

from __future__ import annotations

import threading
import weakref

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from transforms.rendering.crop import Crop

_local = threading.local()
FINE = 1.99
"""Pixels of a master to one of the result, from which on half a pixel of the master is not seen."""


def in_whole_pixels(crop: Crop, size: tuple[int, int]) -> Crop:
    """The crop with its edges on whole pixels where the master is so fine that nobody sees it; else as it is."""
    if min((crop[2] - crop[0]) / size[0], (crop[3] - crop[1]) / size[1]) < FINE:
        return crop
    left, top, right, bottom = (float(round(edge)) for edge in crop)
    return (left, top, right, bottom)


def reduced(master: Image.Image, size: tuple[int, int], crop: Crop) -> Image.Image:
    """RGB of `size` (width, height) from the part `crop` of an RGB master, with Lanczos' filter of three lobes.

    PyTorch's kernel for bytes makes Pillow's pixels, but for a level in one of some hundred, in a seventh of its time;
    it takes whole pixels only. Others, and enlargements, are Pillow's.
    """
    left, top, right, bottom = (int(edge) for edge in crop)
    if (left, top, right, bottom) != crop or right - left < size[0] or bottom - top < size[1]:
        return master.resize(size, Image.Resampling.LANCZOS, box=crop, reducing_gap=3.0)
    return Image.fromarray(_lanczos(_levels(master)[top:bottom, left:right], size))


def _levels(master: Image.Image) -> NDArray[np.uint8]:
    """(height, width, 3); of the last master of this thread kept, since Pillow copies all pixels every time."""
    kept = _local.__dict__.get("levels")
    if kept is None or kept[0]() is not master:
        kept = _local.__dict__["levels"] = (weakref.ref(master), np.array(master))
    levels: NDArray[np.uint8] = kept[1]
    return levels


def _lanczos(part: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    import torch

    planes = torch.from_numpy(part).permute(2, 0, 1)[None]
    made = torch.nn.functional.interpolate(planes, size=(size[1], size[0]), mode="lanczos", antialias=True)
    return np.ascontiguousarray(made[0].permute(1, 2, 0).numpy())
