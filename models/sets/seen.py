"""Where a moved camera sees the products that stand in a set, and how blurred."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.sets.ask import Area, SetAsk, StandIn
from models.sets.graph import Camera
from models.sets.product.sight_lines import SightLines

Place = NDArray[np.floating[Any]]
HALF = 0.5
"""The focus lies this far above what the product stands on."""


@dataclass(frozen=True)
class View:
    """A camera and the shape of its picture, which is `aspect` times as wide as it is high."""

    camera: Camera
    aspect: float

    def place_of(self, point: Place) -> tuple[float, float]:
        """Return where a point (3,) is seen, in shares of the picture from its top left."""
        camera = self.camera
        eye, forward = np.array(camera.eye), np.array(camera.focus) - np.array(camera.eye)
        distance = float(np.linalg.norm(forward))
        ahead = forward / distance
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        up = np.cross(right, ahead)
        line = point - eye
        scale = distance / float(line @ ahead) / camera.frame
        across = 0.5 + camera.shift[0] + float(line @ right) * scale / self.aspect
        return across, 0.5 + camera.shift[1] - float(line @ up) * scale


def seen_at(ask: SetAsk, still: Camera, moved: Camera) -> SetAsk:
    """Return the ask with the cutouts' areas as the moved camera sees them; they turn with it, and stay upright."""
    aspect = ask.width_px / ask.height_px
    products = tuple(
        product.model_copy(update={"area": _area(product, View(still, aspect), View(moved, aspect))})
        if product.kind == "cutout"
        else product
        for product in ask.products
    )
    return ask.model_copy(update={"products": products})


def blur_of(camera: Camera) -> float:
    """Return the diameter of the spot that the lens makes of a point at the product, in heights of the picture."""
    distance = math.dist(camera.eye, camera.focus)
    return abs(2 * camera.lens_radius * camera.sharp / (distance + camera.sharp)) / camera.frame


def _area(product: StandIn, still: View, moved: View) -> Area:
    area, base = product.area, still.camera.focus[2] - HALF
    lines = SightLines(still.camera, still.aspect)
    middle, centre = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    y = lines.at_height(middle, area.bottom, base)[1]
    edges = np.array([[area.left, centre], [middle, area.top], [area.right, centre], [middle, area.bottom]])
    points = lines.at_distance(edges[:, 0], edges[:, 1], np.full(4, y))
    turn = _azimuth(moved.camera) - _azimuth(still.camera)
    about = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    left, top, right, bottom = (moved.place_of(about @ point) for point in points)
    return Area(left=left[0], top=top[1], right=right[0], bottom=bottom[1])


def _azimuth(camera: Camera) -> float:
    return math.atan2(camera.eye[1] - camera.focus[1], camera.eye[0] - camera.focus[0])
