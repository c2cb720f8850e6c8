"""Shows that the distance in features orders distortions by their strength: python -m benchmarks.feature_distance."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lab.evaluation.feature_distance import feature_distance
from lab.evaluation.photographs import LICENCES, photograph


def distortions(pixels: NDArray[np.float32]) -> dict[str, list[NDArray[np.float32]]]:
    """Kind → the picture distorted by it, mildly first."""
    image = Image.fromarray(np.asarray(np.rint(pixels * 255), np.uint8))
    chance = np.random.default_rng(1).standard_normal(pixels.shape)
    return {
        "blur": [_floats(image.filter(ImageFilter.GaussianBlur(s))) for s in (0.5, 1, 1.5, 2, 3)],
        "noise": [np.asarray(np.clip(pixels + s / 255 * chance, 0, 1), np.float32) for s in (2, 5, 10, 20, 40)],
        "jpeg": [_jpeg(image, quality) for quality in (95, 80, 60, 40, 20)],
        "shrunk": [_floats(_shrunk(image, by)) for by in (1.5, 2, 3, 4)],
    }


def _floats(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32)


def _jpeg(image: Image.Image, quality: int) -> NDArray[np.float32]:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return _floats(Image.open(stream))


def _shrunk(image: Image.Image, by: float) -> Image.Image:
    small = image.resize((round(image.width / by), round(image.height / by)), Image.Resampling.BICUBIC)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def main() -> None:
    """Print the distances of growing distortions, and whether each grows."""
    wrong = 0
    for name in LICENCES:
        pixels = photograph(name)
        for kind, steps in distortions(pixels).items():
            distances = [feature_distance(pixels, step) for step in steps]
            grows = all(a < b for a, b in pairwise(distances))
            wrong += not grows
            print(f"{name:22} {kind:7}", " ".join(f"{d:.3f}" for d in distances), "" if grows else "NOT IN ORDER")
    print(f"{wrong} of {4 * len(LICENCES)} series out of order")


if __name__ == "__main__":
    main()
