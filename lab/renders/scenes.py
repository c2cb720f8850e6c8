"""Renders the training pictures: empty advertising stages, in linear light, at 512 px and more.

Every picture is a function of a `Recipe`; nothing comes from outside, so every training pixel is this
repository's own. A scene has a wall or sky, a level ground in the lower part that products can stand on, one key
light, and calm room for copy above or beside the place of the product.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lab.renders.optics import Plane, film
from lab.renders.scenes_cloth import fabric, water
from lab.renders.scenes_nature import bokeh, dunes, hills, snow, sunset
from lab.renders.scenes_plinth import arch, marble, podium, terrazzo, wood
from lab.renders.scenes_studio import leaves, papercut, room, spotlight, sweep, window
from lab.renders.stage import LIGHTS, ROOMS, Recipe, Stage, stage

__all__ = ["LIGHTS", "ROOMS", "SCENES", "Recipe", "render"]

SCENES: dict[str, Callable[[Stage], Plane]] = {
    "sweep": sweep, "room": room, "podium": podium, "arch": arch, "spotlight": spotlight, "window": window,
    "leaves": leaves, "papercut": papercut, "marble": marble, "wood": wood, "terrazzo": terrazzo, "fabric": fabric,
    "water": water, "sunset": sunset, "dunes": dunes, "hills": hills, "snow": snow, "bokeh": bokeh,
}  # fmt: skip


def render(recipe: Recipe) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 sRGB, with a gentle vignette, a film-like shoulder and half a level of dither."""
    s = stage(recipe)
    light = SCENES[recipe.kind](s)
    middle = np.float32(s.horizon - 0.5) * s.tall
    far = (s.x / s.reach) ** 2 + ((s.under + middle) / (s.tall / 2)) ** 2
    encoded = film(light * (1 - np.float32(0.05) * far)[..., None])
    noise = s.chance.random(encoded.shape, dtype=np.float32)
    return np.asarray(np.clip(np.floor(encoded * 255 + noise), 0, 255), np.uint8)
