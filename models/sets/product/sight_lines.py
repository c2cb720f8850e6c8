"""Lines of sight: from a point of the picture to points of the scene, by the camera of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.sets.graph import Camera

Places = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class SightLines:
    """The lines of a camera through its picture, which is `aspect` times as wide as it is high."""

    camera: Camera
    aspect: float

    def directions(self, across: Places, down: Places) -> Places:
        """Return (..., 3) directions from the eye through points in shares of the picture, from its top left."""
        eye, focus = np.array(self.camera.eye), np.array(self.camera.focus)
        forward = focus - eye
        ahead = forward / np.linalg.norm(forward)
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        up = np.cross(right, ahead)
        x = (np.asarray(across) - 0.5 - self.camera.shift[0]) * self.camera.frame * self.aspect
        y = (np.asarray(down) - 0.5 - self.camera.shift[1]) * self.camera.frame
        return np.asarray(forward + x[..., None] * right - y[..., None] * up)

    def at_height(self, across: float, down: float, z: float) -> Places:
        """Return the point (3,) of height z on the line through a point of the picture; it must lie below the eye."""
        line = self.directions(np.array(across), np.array(down))
        eye = np.array(self.camera.eye)
        return np.asarray(eye + line * (z - eye[2]) / min(line[2], -1e-4))

    def at_distance(self, across: Places, down: Places, y: Places) -> Places:
        """Return the points (..., 3) on the lines through points of the picture in upright planes at y."""
        line, eye = self.directions(across, down), np.array(self.camera.eye)
        return np.asarray(eye + line * ((y - eye[1]) / line[..., 1])[..., None])

    def seen(self, points: Places) -> tuple[float, float, float, float]:
        """Return the edges (left, top, right, bottom) of points (n, 3) in shares of the picture."""
        eye, focus = np.array(self.camera.eye), np.array(self.camera.focus)
        away = float(np.linalg.norm(focus - eye))
        ahead = (focus - eye) / away
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        up, from_eye = np.cross(right, ahead), points - eye
        scale = away / np.maximum(from_eye @ ahead, 1e-3 * away) / self.camera.frame
        across = 0.5 + self.camera.shift[0] + from_eye @ right * scale / self.aspect
        down = 0.5 + self.camera.shift[1] - from_eye @ up * scale
        return float(across.min()), float(down.min()), float(across.max()), float(down.max())
