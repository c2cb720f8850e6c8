"""The photographs inside the package scikit-image, with the licences that it states; no model here was trained on them.

All were stored without loss except the rocket and the galaxies; `camera` and the three materials are grey.
"""

from __future__ import annotations

from importlib import resources
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.errors import FoundryError

LICENCES = {
    "astronaut.png": "public domain (NASA)",
    "camera.png": "CC0 (Lav Varshney)",
    "chelsea.png": "CC0 (Stefan van der Walt)",
    "coffee.png": "CC0 (Rachel Michetti)",
    "rocket.jpg": "public domain (SpaceX)",
    "hubble_deep_field.jpg": "public domain (NASA)",
    "brick.png": "CC0 (CC0Textures)",
    "grass.png": "CC0",
    "gravel.png": "CC0 (CC0Textures)",
}


class PhotographsMissing(FoundryError):
    """A refusal to evaluate because the package with the photographs is not installed."""

    code = "package_missing"

    def __str__(self) -> str:
        return (
            "evaluating upscalers and screens needs the pictures and measures of scikit-image, which is not installed; "
            "run: pip install 'campaign-foundry[evaluate]'."
        )


def demand_photographs() -> None:
    """Raise PhotographsMissing if scikit-image is not installed."""
    if find_spec("skimage") is None:
        raise PhotographsMissing


def photograph(name: str, multiple: int = 4) -> NDArray[np.float32]:
    """Return a photograph, (height, width, 3) float32 sRGB in [0, 1], both edges cut to multiples of `multiple`."""
    with resources.files("skimage.data").joinpath(name).open("rb") as stream, Image.open(stream) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.float32) / 255
    height, width = (edge // multiple * multiple for edge in pixels.shape[:2])
    return np.asarray(pixels[:height, :width], np.float32)


def reduce(pixels: NDArray[np.float32], scale: int, filter_: Image.Resampling) -> NDArray[np.float32]:
    """Return the picture reduced to 1 / `scale` of its edges, with values rounded to 8 bits as in a file."""
    size = (pixels.shape[1] // scale, pixels.shape[0] // scale)
    planes = [np.asarray(Image.fromarray(np.ascontiguousarray(pixels[..., c])).resize(size, filter_)) for c in range(3)]
    return np.asarray(np.rint(np.clip(np.stack(planes, axis=2), 0, 1) * 255) / 255, np.float32)
