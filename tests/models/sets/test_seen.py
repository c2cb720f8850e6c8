"""Where a moved camera sees a cutout."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.sets.ask import Area
from models.sets.building.build import build
from models.sets.moves import move
from models.sets.seen import blur_of, seen_at
from tests.models.sets.test_moves import AREA, an_ask


def seen(kind: str, at: float = 1.0, **said: object) -> Area:
    ask = an_ask(kind, at, "cutout", **said)
    still = build(ask)
    return seen_at(ask, still.camera, move(still, ask).camera).products[0].area


def edges(area: Area) -> tuple[float, float, float, float]:
    return area.left, area.top, area.right, area.bottom


@pytest.mark.parametrize("kind", ["orbit", "dolly", "crane"])
def test_at_the_start_of_a_move_a_cutout_is_where_it_is_in_the_still(kind: str) -> None:
    assert edges(seen(kind, 0.0)) == pytest.approx(edges(AREA), abs=1e-4)


def test_a_cutout_that_faces_an_orbiting_camera_stays_in_its_place() -> None:
    assert edges(seen("orbit", end="30")) == pytest.approx(edges(AREA), abs=0.02)


def test_a_cutout_grows_as_the_camera_comes_closer_around_the_point_it_looks_at() -> None:
    near = seen("dolly", end="0.25")
    assert near.right - near.left == pytest.approx((AREA.right - AREA.left) / 0.75, rel=0.03)
    assert (near.left + near.right) / 2 == pytest.approx(0.5, abs=0.01)
    assert (near.top + near.bottom) / 2 == pytest.approx((AREA.top + AREA.bottom) / 2, abs=0.01)


def test_from_above_a_cutout_is_lower() -> None:
    high = seen("crane", end="30")
    assert high.bottom - high.top < 0.9 * (AREA.bottom - AREA.top)
    assert high.right - high.left == pytest.approx(AREA.right - AREA.left, rel=0.05)


def test_a_lens_that_is_focused_elsewhere_blurs_the_product() -> None:
    camera = build(an_ask()).camera
    assert blur_of(camera) == 0
    near, far = (blur_of(replace(camera, sharp=sharp)) for sharp in (0.5, 2.0))
    assert 0 < near < far < 0.2
