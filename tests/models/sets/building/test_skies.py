"""Painted skies: in the palette, bright where the sun is, the same again."""

from __future__ import annotations

import numpy as np
import pytest

from models.sets.building.skies import COLUMNS, ROWS, SKIES, SkyPaint

BLUE = np.array([0.25, 0.42, 0.62], np.float32)


def _paint(side: float = -1.0, seed: int = 3, **options: float) -> SkyPaint:
    sand, peach = np.array([0.5, 0.4, 0.28], np.float32), np.array([0.85, 0.5, 0.3], np.float32)
    return SkyPaint(wall=BLUE, floor=sand, accent=peach, sun_side=side, options=options, seed=seed)


@pytest.mark.parametrize("name", sorted(SKIES))
def test_a_sky_is_light_from_all_directions_and_the_same_again(name: str) -> None:
    sky = SKIES[name](_paint())
    assert sky.shape == (ROWS, COLUMNS, 3)
    assert np.isfinite(sky).all()
    assert float(sky.min()) >= 0
    assert sky.tobytes() == SKIES[name](_paint()).tobytes()


@pytest.mark.parametrize("name", ["day", "overcast", "clouds"])
def test_the_sky_before_the_camera_has_the_colour_of_the_wall(name: str) -> None:
    sky = SKIES[name](_paint(clouds=0.0))
    ahead = sky[ROWS // 2 - ROWS // 14, COLUMNS // 2]
    assert ahead == pytest.approx(BLUE, rel=0.35)


def test_the_sun_sets_on_the_side_that_is_named() -> None:
    left, right = SKIES["golden"](_paint(-1.0)), SKIES["golden"](_paint(1.0))
    row = ROWS // 2 - ROWS // 50
    assert int(left[row].sum(-1).argmax()) < COLUMNS // 2 < int(right[row].sum(-1).argmax())


def test_the_seed_moves_the_clouds() -> None:
    assert SKIES["day"](_paint(seed=1)).tobytes() != SKIES["day"](_paint(seed=2)).tobytes()
