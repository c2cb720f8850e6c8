"""Damage that a training picture may take and still show its scene.

Generators leave traces that renders do not have: soft edges, fringes, noise, odd shades, blocks. A judge that has met
worse in training is not misled by them.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lab.evaluation.scaling import Picture
from lab.evaluation.scene_judge import EDGE_PX

LEAST_CROP = 0.78
"""Least share of each edge that a crop keeps."""


def damage_picture(picture: Picture, chance: np.random.Generator) -> Picture:
    """Return (112, 112, 3): cropped, mirrored, blurred, recoloured, noised and compressed, each by chance."""
    seen = _crop(picture, chance)
    if chance.random() < 0.5:
        seen = seen.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if chance.random() < 0.5:
        seen = seen.filter(ImageFilter.GaussianBlur(float(chance.random()) * 1.6))
    shades = _recolour(np.asarray(seen, np.float32) / 255, chance)
    if chance.random() < 0.5:
        shades = shades + chance.normal(0, 0.06 * chance.random(), shades.shape)
    finished = np.asarray(np.clip(shades * 255, 0, 255), np.uint8)
    return _compress(finished, chance) if chance.random() < 0.4 else finished


def _crop(picture: Picture, chance: np.random.Generator) -> Image.Image:
    height, width = picture.shape[:2]
    share_x, share_y = LEAST_CROP + (1 - LEAST_CROP) * chance.random(2)
    left, top = (1 - share_x) * width * chance.random(), (1 - share_y) * height * chance.random()
    box = (left, top, left + share_x * width, top + share_y * height)
    return Image.fromarray(picture).resize((EDGE_PX, EDGE_PX), Image.Resampling.BOX, box=box)


def _recolour(shades: NDArray[Any], chance: np.random.Generator) -> NDArray[Any]:
    """Exchange channels by chance, and change saturation, contrast and brightness."""
    if chance.random() < 0.3:
        shades = shades[..., chance.permutation(3)]
    grey = shades.mean(axis=2, keepdims=True)
    shades = grey + (shades - grey) * (0.3 + 1.1 * chance.random())
    middle = shades.mean()
    return (shades - middle) * (0.6 + 0.7 * chance.random()) + middle * (0.75 + 0.5 * chance.random())


def _compress(picture: Picture, chance: np.random.Generator) -> Picture:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=int(chance.integers(25, 90)))
    return np.asarray(Image.open(stream).convert("RGB"))
