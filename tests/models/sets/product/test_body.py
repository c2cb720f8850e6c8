"""Bodies of cutouts: seen from the camera they fill the cutout's outline, and they stand on the ground."""

from __future__ import annotations

import numpy as np
import pytest

from models.sets.ask import Area
from models.sets.graph import Camera, Floats
from models.sets.product.body import body_of
from models.sets.product.sight_lines import SightLines

AREA = Area(left=0.35, top=0.4, right=0.65, bottom=0.85)
CAMERA = Camera(eye=(0, -6.0, 1.5), focus=(0, 0, 0.7), frame=2.2, shift=(0, 0.125), lens_radius=0.01)
LINES = SightLines(CAMERA, 1.0)
BASE = 0.2


def round_foot(rows: int = 300, columns: int = 200) -> Floats:
    """Return the outline of a jar that was seen a little from above: its foot is a bow."""
    x = np.linspace(-1, 1, columns)[None, :]
    y = np.linspace(0, 1, rows)[:, None]
    return ((y < 0.9 + 0.1 * np.sqrt(1 - x**2)) & (y > 0.1 - 0.1 * np.sqrt(1 - x**2))).astype(np.float32)


def in_picture(points: Floats) -> Floats:
    """Return points of the scene in shares of the picture, (n, 2)."""
    eye, focus = np.array(CAMERA.eye), np.array(CAMERA.focus)
    distance = np.linalg.norm(focus - eye)
    ahead = (focus - eye) / distance
    right = np.array([1.0, 0, 0])
    up = np.cross(right, ahead)
    seen = points - eye
    scale = distance / (seen @ ahead) / CAMERA.frame
    return np.stack([0.5 + CAMERA.shift[0] + seen @ right * scale, 0.5 + CAMERA.shift[1] - seen @ up * scale], -1)


def test_a_body_fills_its_area_of_the_picture_and_no_more() -> None:
    seen = in_picture(body_of(round_foot(), AREA, LINES, BASE, "product/0").vertices)

    assert seen.min(axis=0) == pytest.approx((AREA.left, AREA.top), abs=0.006)
    assert seen.max(axis=0) == pytest.approx((AREA.right, AREA.bottom), abs=0.006)


def test_a_round_foot_stands_on_the_ground_all_along_its_front() -> None:
    vertices = body_of(round_foot(), AREA, LINES, BASE, "product/0").vertices
    height = vertices[:, 2].max() - BASE
    front = vertices[: len(vertices) // 2]
    columns = np.round(in_picture(front)[:, 0] / 0.01).astype(int)
    lowest = [front[columns == column, 2].min() for column in np.unique(columns)[3:-3]]

    assert max(lowest) - BASE < 0.05 * height
    assert min(lowest) - BASE > -0.05 * height


def test_a_round_thing_is_as_deep_as_it_is_wide() -> None:
    vertices = body_of(round_foot(), AREA, LINES, BASE, "product/0").vertices
    wide, deep = np.ptp(vertices[:, 0]), np.ptp(vertices[:, 1])

    assert 0.6 < deep / wide < 1.35


def test_a_thing_with_a_straight_foot_is_flat() -> None:
    vertices = body_of(np.ones((300, 200), np.float32), AREA, LINES, BASE, "product/0").vertices

    assert np.ptp(vertices[:, 1]) < 0.5 * np.ptp(vertices[:, 0])


def test_a_body_is_closed() -> None:
    alpha = round_foot()
    alpha[120:180, 80:120] = 0

    faces = body_of(alpha, AREA, LINES, BASE, "product/0").faces
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)

    assert set(np.unique(uses % 2)) == {0}
