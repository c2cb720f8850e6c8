"""The camera of a picture: it stands so that the product fills its area, and shifts its lens to keep edges upright."""

from __future__ import annotations

import math

import numpy as np

from models.sets.ask import Area, SetAsk
from models.sets.building.chosen import Chooser
from models.sets.graph import Camera, Floats

LONG_EDGE_MM = 36.0
PRODUCT_MM = 200.0
"""The height of a usual product, which decides how much a lens blurs."""
ROOM_EDGE = 0.9
"""The copy's room reaches this far from the picture's edge to the product."""


def frame_camera(ask: SetAsk, chooser: Chooser, base: float) -> Camera:
    """Return the camera for a product of height 1 that stands at height `base`."""
    lens, stand = ask.set.lens, ask.stand
    focal = chooser.number(lens.focal_mm, "lens.focal_mm")
    down = math.radians(chooser.number(lens.height_deg, "lens.height_deg"))
    film = LONG_EDGE_MM * ask.height_px / max(ask.width_px, ask.height_px)
    frame = math.cos(down) / (stand.bottom - stand.top)
    distance = frame * focal / film
    focus = (0.0, 0.0, base + 0.5)
    eye = (0.0, -distance * math.cos(down), focus[2] + distance * math.sin(down))
    number = chooser.number(lens.aperture, "lens.aperture")
    radius = focal / number / 2 / PRODUCT_MM
    shift = ((stand.left + stand.right) / 2 - 0.5, (stand.top + stand.bottom) / 2 - 0.5)
    return Camera(eye=eye, focus=focus, frame=frame, shift=shift, lens_radius=radius)


def seen(camera: Camera, points: Floats, aspect: float) -> Floats:
    """Return where points (n, 3) are in the picture: (n, 3) of x and y in shares from its top left, and the depth.

    `aspect` is the picture's width in heights.
    """
    axis = np.subtract(camera.focus, camera.eye)
    distance = float(np.linalg.norm(axis))
    axis /= distance
    right = np.cross(axis, (0, 0, 1))
    right /= np.linalg.norm(right)
    away = np.asarray(points, np.float64) - camera.eye
    depth = away @ axis
    scale = distance / np.maximum(depth, 1e-3) / camera.frame
    x = 0.5 + camera.shift[0] + away @ right * scale / aspect
    y = 0.5 + camera.shift[1] - away @ np.cross(right, axis) * scale
    return np.stack([x, y, depth], -1)


def copy_room(ask: SetAsk) -> Area:
    """Return the rectangle in which copy may stand, in shares of the picture."""
    if ask.room == "left":
        return Area(left=0, top=0, right=ask.stand.left * ROOM_EDGE, bottom=1)
    if ask.room == "right":
        return Area(left=1 - (1 - ask.stand.right) * ROOM_EDGE, top=0, right=1, bottom=1)
    return Area(left=0, top=0, right=1, bottom=ask.stand.top * ROOM_EDGE)
