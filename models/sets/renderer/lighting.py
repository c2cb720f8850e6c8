"""Lamps and skies as Mitsuba's emitters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from foundry.colour import BT709
from models.sets.graph import Environment, Floats, Lamp
from models.sets.renderer.surfaces import rgb

COVERED = 6.0
"""Edge of the square, in heights of the product, that a gobo's picture covers where the lamp points."""
RINGS = ((0.35, 5), (0.8, 7))
"""The points on a lamp's face that project its gobo: radius in shares of half its edge, and number. Shadows of things
get soft edges from them; the gobo's own image is sharp where it lies over itself, at the product."""


def environment(mi: Any, given: Environment) -> dict[str, Any] | None:
    """Return the light from everywhere; None where there is none."""
    if given.sky is not None:
        return _sky(mi, given.sky)
    if given.picture is not None:
        return _panorama(mi, given.picture)
    if not float(np.max(given.colour)) > 0:
        return None
    share = math.pi * float(given.colour @ BT709)
    return {"type": "constant", "radiance": rgb(given.colour), "sampling_weight": share}


def _panorama(mi: Any, picture: Floats) -> dict[str, Any]:
    """Return light from a picture of all directions; Mitsuba's has y up, and its middle column along z."""
    turned = mi.ScalarTransform4f([[-1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    bitmap = mi.Bitmap(np.ascontiguousarray(picture, np.float32))
    share = math.pi * float((picture.mean((0, 1))) @ BT709)
    return {"type": "envmap", "bitmap": bitmap, "to_world": turned, "sampling_weight": max(share, 1e-4)}


def _sky(mi: Any, sky: dict[str, float]) -> dict[str, Any]:
    """Return a physical sky: turbidity 1 to 10, the sun's height and its turn from the camera's axis in degrees."""
    rise, turn = math.radians(sky.get("sun_height_deg", 35)), math.radians(sky.get("sun_turn_deg", -50))
    towards = [math.cos(rise) * math.sin(turn), -math.cos(rise) * math.cos(turn), math.sin(rise)]
    return {
        "type": "sunsky", "sun_direction": towards, "turbidity": sky.get("turbidity", 3.0),
        "sun_scale": sky.get("sun_scale", 1.0), "sky_scale": sky.get("sky_scale", 1.0),
        "albedo": sky.get("albedo", 0.3), "to_world": mi.ScalarTransform4f(),
    }  # fmt: skip


def lamp_emitters(mi: Any, lamp: Lamp, share: float) -> list[dict[str, Any]]:
    """Return the emitters of a lamp: a rectangle, or the projectors of its gobo. `share` is how often it is sampled."""
    if lamp.gobo is not None:
        return list(_projectors(mi, lamp, share))
    facing = mi.ScalarTransform4f().look_at(lamp.at, lamp.towards, _up(lamp))
    radiance = {"type": "area", "radiance": rgb(lamp.radiance), "sampling_weight": share}
    placed = facing.scale((lamp.size[0] / 2, lamp.size[1] / 2, 1))
    return [{"type": "rectangle", "to_world": placed, "emitter": radiance}]


def _projectors(mi: Any, lamp: Lamp, share: float) -> list[dict[str, Any]]:
    """Return projectors on the lamp's face, whose pictures lie over each other where the lamp points."""
    assert lamp.gobo is not None
    distance = math.dist(lamp.at, lamp.towards)
    picture = _wide(lamp.gobo)[..., None] * lamp.radiance
    bitmap = mi.Bitmap(np.ascontiguousarray(picture, np.float32))
    fov = math.degrees(2 * math.atan(1.5 * COVERED / distance))
    points = _points(lamp)
    power = lamp.size[0] * lamp.size[1] / len(points) / math.pi  # as much light as the bare lamp gives
    return [
        {
            "type": "projector", "irradiance": {"type": "bitmap", "bitmap": bitmap, "raw": True}, "scale": power,
            "fov": fov, "to_world": mi.ScalarTransform4f().look_at(at, lamp.towards, _up(lamp)),
            "sampling_weight": share / len(points),
        }
        for at in points
    ]  # fmt: skip


def _wide(gobo: Floats) -> Floats:
    """Return the gobo with its mirror images around it, so that its light ends outside of the picture."""
    height, width = gobo.shape
    return np.pad(gobo, ((height, height), (width, width)), mode="symmetric")


def _points(lamp: Lamp) -> list[tuple[float, float, float]]:
    axis = np.subtract(lamp.towards, lamp.at)
    axis = axis / np.linalg.norm(axis)
    right = np.cross(axis, _up(lamp))
    right = right / np.linalg.norm(right)
    up = np.cross(right, axis)
    found = []
    for radius, count in RINGS:
        for at in range(count):
            turn = 2 * math.pi * (at + radius) / count
            across = (
                math.cos(turn) * radius * lamp.size[0] / 2 * right + math.sin(turn) * radius * lamp.size[1] / 2 * up
            )
            found.append(tuple(float(part) for part in np.asarray(lamp.at) + across))
    return found  # type: ignore[return-value]


def _up(lamp: Lamp) -> tuple[float, float, float]:
    """Return the direction that is up for a lamp; one that shines straight down has another."""
    axis = np.subtract(lamp.towards, lamp.at)
    steep = abs(axis[2]) > 0.999 * np.linalg.norm(axis)
    return (0.0, 1.0, 0.0) if steep else (0.0, 0.0, 1.0)
