"""The scenes, and the renderer of their pictures: empty stages for advertised products, in linear light.

Every picture is a function of a `Recipe`; nothing comes from outside, so every training pixel is this repository's
own. A scene has a wall or sky, a level ground in the lower part that products can stand on, one key light, and a calm
place for copy above or beside the product's. Scenes are made for 512 px and more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lab.renders.optics import Plane, tone_map
from lab.renders.scene_stage import LIGHTS, ROOMS, Recipe, SceneStage, build_stage
from lab.renders.scenes_cloth import fabric, water
from lab.renders.scenes_nature import bokeh, dunes, hills, snow, sunset
from lab.renders.scenes_plinth import arch, marble, podium, terrazzo, wood
from lab.renders.scenes_studio import leaves, papercut, room, spotlight, sweep, window

__all__ = ["LIGHTS", "ROOMS", "SCENES", "Recipe", "render"]

SCENES: dict[str, Callable[[SceneStage], Plane]] = {
    "sweep": sweep, "room": room, "podium": podium, "arch": arch, "spotlight": spotlight, "window": window,
    "leaves": leaves, "papercut": papercut, "marble": marble, "wood": wood, "terrazzo": terrazzo, "fabric": fabric,
    "water": water, "sunset": sunset, "dunes": dunes, "hills": hills, "snow": snow, "bokeh": bokeh,
}  # fmt: skip


def render(recipe: Recipe) -> NDArray[np.uint8]:
    """Return (height, width, 3) uint8 sRGB with a gentle vignette, a film-like shoulder and half a level of dither."""
    s = build_stage(recipe)
    light = SCENES[recipe.kind](s)
    middle = np.float32(s.horizon - 0.5) * s.tall
    far = (s.x / s.reach) ** 2 + ((s.under + middle) / (s.tall / 2)) ** 2
    encoded = tone_map(light * (1 - np.float32(0.05) * far)[..., None])
    noise = s.chance.random(encoded.shape, dtype=np.float32)
    return np.asarray(np.clip(np.floor(encoded * 255 + noise), 0, 255), np.uint8)
