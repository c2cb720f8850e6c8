"""The camera of a picture: it stands so that the product fills its area, and shifts its lens to keep edges upright."""

from __future__ import annotations

import math

from models.sets.ask import SetAsk
from models.sets.building.chosen import Chooser
from models.sets.graph import Camera

LONG_EDGE_MM = 36.0
PRODUCT_MM = 200.0
"""The height of a usual product, which decides how much a lens blurs."""


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
