"""The lamps of an arrangement: the key on the side that the words name, a rim behind on the other, even fill."""

from __future__ import annotations

import math

import numpy as np

from foundry.colour import linear_of_hex
from foundry.names import seed_of
from models.sets.ask import SetAsk
from models.sets.building.chosen import Chooser
from models.sets.building.framing import seen
from models.sets.building.library import GOBOS, SKIES
from models.sets.building.placing import chosen_options
from models.sets.building.skies import SkyPaint
from models.sets.building.warmth import NEUTRAL_K, lamp_colour
from models.sets.graph import Camera, Floats, Lamp

SIDES = {"left": -1.0, "right": 1.0, "top": -0.35, "front": 0.0}
KEY = 2.2
RIM_TURN_DEG, RIM_DISTANCE, RIM_SIZE = 132.0, 3.2, (0.7, 1.8)
Place = tuple[float, float, float]


def light_of(strength: float, kelvin: float = NEUTRAL_K) -> Floats:
    """Return light (3,) of a strength and a colour temperature."""
    return np.asarray(strength * lamp_colour(kelvin), np.float32)


def sky_picture(ask: SetAsk, chooser: Chooser) -> Floats | None:
    """Return the picture of the set's sky, None if it has none."""
    light = ask.set.light
    if light.sky is None:
        return None
    paint = SkyPaint(
        wall=linear_of_hex(ask.wall),
        floor=linear_of_hex(ask.floor),
        accent=linear_of_hex(ask.accent),
        sun_side={"left": -1.0, "right": 1.0}.get(ask.light, 0.0),
        options=chosen_options(light.options, "light", chooser),
        seed=seed_of(f"{ask.seed}/sky", 0) % 2**31,
    )
    return SKIES[light.sky](paint)


def key_lamp(ask: SetAsk, chooser: Chooser, base: float) -> Lamp | None:
    """Return the main lamp, None if the set has none."""
    key = ask.set.light.key
    if key is None:
        return None
    turn = chooser.number(key.turn_deg, "key.turn") * SIDES[ask.light]
    rise, distance = chooser.number(key.height_deg, "key.height"), chooser.number(key.distance, "key.distance")
    if ask.light == "top":
        rise = max(rise, 64.0)
    size, aim = chooser.number(key.size, "key.size"), (0.0, 0.0, base + 0.4)
    strength = chooser.number(key.strength, "key.strength") * KEY * distance**2 / size**2
    gobo = GOBOS[key.gobo](seed_of(f"{ask.seed}/gobo", 0) % 2**31) if key.gobo else None
    warmth = chooser.number(key.warmth_k, "key.warmth")
    return Lamp(
        at=_around(turn, rise, distance, aim),
        towards=aim,
        size=(size, size),
        radiance=light_of(strength, warmth),
        gobo=gobo,
    )


def rim_lamp(ask: SetAsk, chooser: Chooser, camera: Camera, base: float) -> Lamp | None:
    """Return the lamp behind the product, above the picture; None if the set has none or has no place for it."""
    strength = chooser.number(ask.set.light.rim, "light.rim")
    aim = (0.0, 0.0, base + 0.5)
    if strength <= 0:
        return None
    side = -1.0 if ask.light == "right" else 1.0
    for rise in (46.0, 54.0, 62.0, 70.0, 78.0):
        at = _around(side * RIM_TURN_DEG, rise, RIM_DISTANCE, aim)
        low = np.array([[at[0], at[1], at[2] - RIM_SIZE[1] / 2]])
        if seen(camera, low, ask.width_px / ask.height_px)[0, 1] < -0.05:
            radiance = light_of(strength * KEY * RIM_DISTANCE**2 / (RIM_SIZE[0] * RIM_SIZE[1]))
            return Lamp(at=at, towards=aim, size=RIM_SIZE, radiance=radiance)
    return None


def _around(turn_deg: float, rise_deg: float, distance: float, aim: Place) -> Place:
    turn, rise = math.radians(turn_deg), math.radians(rise_deg)
    level = distance * math.cos(rise)
    return aim[0] + level * math.sin(turn), aim[1] - level * math.cos(turn), aim[2] + distance * math.sin(rise)
