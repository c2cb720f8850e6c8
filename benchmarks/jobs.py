"""The work that every engine is given: the same functions, imported by all of them."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

EDGE = 1024
FORMATS = ((1080, 1080), (1080, 566), (600, 1066), (728, 90))


@dataclass(frozen=True)
class Sheet:
    """A job's pixels, (height, width, 3) uint8."""

    number: int
    pixels: NDArray[np.uint8]


def generate(number: int) -> Sheet:
    """Three matrix products stand for a model: 3 MB of pixels that follow from the number."""
    chance = np.random.default_rng(number)
    left, right = (chance.random((EDGE, EDGE), np.float32) for _ in range(2))
    planes = [(left @ right)[..., None] for _ in range(3)]
    mixed = np.concatenate(planes, axis=2)
    mixed = (mixed - mixed.min()) / np.ptp(mixed) * 255
    return Sheet(number, mixed.astype(np.uint8))


def upscale(sheet: Sheet) -> Sheet:
    """Twice the edge, bicubic: 12 MB."""
    large = Image.fromarray(sheet.pixels).resize((2 * EDGE, 2 * EDGE), Image.Resampling.BICUBIC)
    return Sheet(sheet.number, np.asarray(large))


def check(sheet: Sheet) -> Sheet:
    """Refuse blank pictures."""
    if sheet.pixels[::4, ::4].std() < 1:
        raise ValueError(f"job {sheet.number} is blank")
    return sheet


def render(sheet: Sheet) -> str:
    """Four formats, Lanczos and JPEG 85; one hash of all bytes."""
    total = hashlib.sha256()
    picture = Image.fromarray(sheet.pixels)
    for size in FORMATS:
        stream = io.BytesIO()
        picture.resize(size, Image.Resampling.LANCZOS).save(stream, "JPEG", quality=85)
        total.update(stream.getvalue())
    return total.hexdigest()[:16]


def whole(number: int) -> str:
    """Run the chain in one call."""
    return render(check(upscale(generate(number))))
