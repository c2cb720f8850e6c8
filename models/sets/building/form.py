"""Triangles, and the ways to make them: grids of points and turned profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.sets.graph import Floats


@dataclass(frozen=True)
class Form:
    """The triangles of a shape that stands on z = 0 around the origin: see `models.sets.graph.Mesh`."""

    vertices: Floats
    faces: NDArray[np.uint32]
    normals: Floats | None = None
    uv: Floats | None = None


Size = tuple[float, float, float]
Options = Mapping[str, float | str]
Shape = Callable[[Size, Options], Form]


def grid(points: Floats, uv: Floats | None = None) -> Form:
    """Return the triangles of a (rows, columns, 3) grid of points."""
    rows, columns = points.shape[:2]
    at = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    if uv is None:
        across, down = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
        uv = np.stack([across, down], -1)
    return Form(points.reshape(-1, 3).astype(np.float32), faces, None, uv.reshape(-1, 2).astype(np.float32))


def revolve(profile: list[tuple[float, float]], size: Size, sides: int = 96) -> Form:
    """Return a profile of (radius, height) turned round the z axis; radius 1 is half of the width or depth."""
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    radius = np.array([r for r, _ in profile])[:, None]
    height = np.array([h for _, h in profile])[:, None] * np.ones_like(turn)
    points = np.stack([radius * np.cos(turn) * size[0] / 2, radius * np.sin(turn) * size[1] / 2, height * size[2]], -1)
    return grid(points.astype(np.float32))
