"""The body that a cutout stands as: its outline, swollen to round cross-sections, with its picture on it.

Seen from the camera it fills the cutout's outline. It stands on the ground with its foot, so that shadow, contact and
reflection are those of a thing and not of a card. Its own look does not matter: the cutout's pixels are put over it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.sets.ask import Area
from models.sets.graph import Floats, Mesh
from models.sets.product.sight_lines import Places, SightLines

ROWS = 128
DEEPEST = 0.65
"""Half of the largest depth of a body, in its height: wide things are flatter than they are wide."""
FOOT = 0.15
"""The share of the height that counts as its foot."""
BOW_AT = 0.85
"""Where the bow of a foot is measured, from its middle in shares of its half width."""
FLATTEST_AND_DEEPEST = (0.35, 1.25)


def body_of(alpha: Floats, area: Area, lines: SightLines, base: float, name: str) -> Mesh:
    """Return the body of a cutout in `area`, standing at height `base`; (h, w) alpha is that of its picture.

    Its u and v are those of the picture.
    """
    inside = _cells(alpha, area, lines.aspect)
    rows, columns = inside.shape
    across = area.left + (area.right - area.left) * np.linspace(0, 1, columns + 1)
    down = area.top + (area.bottom - area.top) * np.linspace(0, 1, rows + 1)
    u, v = np.meshgrid(across, down)
    front_of_foot = lines.at_height((area.left + area.right) / 2, area.bottom, base)
    unit = _unit(area, lines, float(front_of_foot[1]))
    line = lines.directions(np.array((area.left + area.right) / 2), np.array(area.bottom))
    depth = _half_depth(inside, float(-line[2] / np.hypot(line[0], line[1]))) * unit
    foot = float(depth[-1].max())
    axis = front_of_foot[1] + foot
    sheets = [lines.at_distance(u, v, axis + side * depth) for side in (-1, 1)]
    vertices = np.concatenate([sheet.reshape(-1, 3) for sheet in sheets]).astype(np.float32)
    faces = _faces(inside)
    across_uv, down_uv = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    uv = np.stack([across_uv, down_uv], -1).reshape(-1, 2)
    used, faces = np.unique(faces, return_inverse=True)
    return Mesh(
        name=name, vertices=vertices[used], faces=faces.reshape(-1, 3).astype(np.uint32), material=name,
        uv=np.concatenate([uv, uv]).astype(np.float32)[used],
    )  # fmt: skip


def _cells(alpha: Floats, area: Area, aspect: float) -> NDArray[np.bool_]:
    """Return which cells of a raster are the product's."""
    from PIL import Image

    wide = (area.right - area.left) * aspect / max(area.bottom - area.top, 1e-6)
    size = (max(4, min(4 * ROWS, round(ROWS * wide))), ROWS)
    small = Image.fromarray(np.asarray(alpha, np.float32)).resize(size, Image.Resampling.BOX)
    fullest = max(float(np.max(alpha)), 1e-3)
    return np.asarray(small) > 0.5 * fullest


def _unit(area: Area, lines: SightLines, y: float) -> float:
    """Return the size of a raster's cell at a distance."""
    ends = lines.at_distance(np.full(2, area.left), np.array([area.top, area.bottom]), np.full(2, y))
    return float(ends[0, 2] - ends[1, 2]) / ROWS


def _half_depth(inside: NDArray[np.bool_], tilt: float) -> Places:
    """Return half of the depth at each corner of the cells, in cells: each run of a row is a round cross-section.

    `tilt` is the slope at which the camera looks down on the foot. A foot keeps its depth down to the ground.
    """
    rows, columns = inside.shape
    found = np.zeros((rows, columns + 1))
    for row in range(rows):
        for start, end in _runs(inside[row]):
            half = (end - start) / 2
            x = np.arange(start, end + 1) - (start + half)
            found[row, start : end + 1] = np.sqrt(np.maximum(half**2 - x**2, 0)) * min(1, DEEPEST * rows / half)
    foot = rows - max(2, round(rows * FOOT))
    found *= _flatness(inside, foot, tilt)
    found[foot:] = np.maximum(found[foot:], found[foot])
    padded = np.concatenate([found[:1], found, found[-1:]])
    return np.asarray((padded[1:] + padded[:-1]) / 2)


def _runs(row: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the first cell of each run of a row, and the one behind its last."""
    edges = np.diff(np.pad(row, 1).astype(np.int8))
    yield from zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist(), strict=True)


def _flatness(inside: NDArray[np.bool_], foot: int, tilt: float) -> Places:
    """Return for each column of corners the depth of what stands there, 1 for a round thing.

    A round foot is seen as a bow, the deeper the more the camera looks down; that of a flat thing as a line.
    """
    rows, columns = inside.shape
    flatness, lowest = np.ones(columns + 1), rows - 1 - np.argmax(inside[::-1], axis=0)
    for start, end in _runs(inside[foot]):
        half, middle = (end - start) / 2, (start + end) / 2
        side = [min(columns - 1, max(0, round(middle + sign * BOW_AT * half))) for sign in (-1, 1)]
        bow = lowest[start:end].max() - lowest[side].mean()
        round_bow = half * max(tilt, 0.02) * (1 - (1 - BOW_AT**2) ** 0.5)
        flatness[start : end + 1] = np.clip(bow / max(round_bow, 0.5), *FLATTEST_AND_DEEPEST)
    return flatness


def _faces(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the triangles of both sheets, and of the bands that join them round their edges."""
    rows, columns = inside.shape
    corner = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    behind = corner.size
    a, b, c, d = (part[inside] for part in (corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]))
    quads = [(a, d, c, b), (a + behind, b + behind, c + behind, d + behind)]
    around = np.pad(inside, 1)
    for start, end, beside in (
        (corner[:-1, :-1], corner[:-1, 1:], around[:-2, 1:-1]),
        (corner[1:, 1:], corner[1:, :-1], around[2:, 1:-1]),
        (corner[1:, :-1], corner[:-1, :-1], around[1:-1, :-2]),
        (corner[:-1, 1:], corner[1:, 1:], around[1:-1, 2:]),
    ):
        edge = inside & ~beside
        s, e = start[edge], end[edge]
        quads.append((s, e, e + behind, s + behind))
    corners = np.concatenate([np.stack(quad, -1) for quad in quads])
    return np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]])
