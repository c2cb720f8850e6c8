"""Materials of land, plants and props: the colour that was asked for, in patterns that repeat."""

from __future__ import annotations

import numpy as np
import pytest

from models.sets.building import earth, glimmer, growth
from models.sets.building.gobos import GOBOS
from models.sets.building.noise import fractal, normal_map, sampled
from models.sets.building.warmth import lamp_colour

MATERIALS = {**earth.MATERIALS, **growth.MATERIALS, **glimmer.MATERIALS}
CLAY = np.array([0.42, 0.25, 0.16], np.float32)
OTHER_COLOURS = {"glow", "mist", "bokeh", "windows", "foil", "ice", "pulp", "petal", "autumn", "wet-stone"}
"""Materials that are brighter, darker or more than one colour by their nature."""


@pytest.mark.parametrize("name", sorted(MATERIALS))
def test_a_material_is_finite_and_reflects_no_more_than_it_gets(name: str) -> None:
    made = MATERIALS[name](CLAY, 1.0, 5)
    assert np.isfinite(made.colour).all()
    assert float(made.colour.min()) >= 0
    if made.kind != "emissive":
        assert float(np.quantile(made.colour, 0.99)) <= 1


@pytest.mark.parametrize("name", sorted(set(MATERIALS) - OTHER_COLOURS))
def test_a_pattern_averages_to_the_colour_that_was_asked_for(name: str) -> None:
    made = MATERIALS[name](CLAY, 1.0, 5)
    mean = made.colour.reshape(-1, 3).mean(0)
    assert mean == pytest.approx(CLAY, rel=0.25)


@pytest.mark.parametrize("name", sorted(GOBOS))
def test_a_gobo_lets_some_light_through_and_holds_some_back(name: str) -> None:
    mask = GOBOS[name](3)
    assert float(mask.min()) >= 0
    assert float(mask.max()) <= 1
    assert 0.2 < float(mask.mean()) < 0.97
    assert mask.tobytes() == GOBOS[name](3).tobytes()
    assert mask.tobytes() != GOBOS[name](4).tobytes()


def test_noise_repeats_without_a_seam() -> None:
    tile = fractal(9, 128, 2.0)
    seam = np.abs(tile[:, 0] - tile[:, -1]).mean()
    inside = np.abs(np.diff(tile, axis=1)).mean()
    assert seam < 2 * inside


def test_noise_is_sampled_at_its_own_points_and_beyond_them() -> None:
    tile = fractal(9, 64, 1.0)
    at = np.array([0.25, 1.25, -0.75])
    found = sampled(tile, at, np.zeros(3))
    assert found == pytest.approx(np.full(3, tile[0, 16]), abs=1e-6)


def test_the_normals_of_a_flat_tile_point_up() -> None:
    assert normal_map(np.zeros((4, 4)), 1.0)[2, 2] == pytest.approx([0.5, 0.5, 1.0])


def test_a_lamp_is_white_in_daylight_and_warm_below_it() -> None:
    assert lamp_colour(5_600) == pytest.approx([1, 1, 1], abs=1e-3)
    warm = lamp_colour(3_000)
    assert warm[0] > 1.2 > warm[2] * 2
    assert float(warm @ np.array([0.2126, 0.7152, 0.0722])) == pytest.approx(1, abs=1e-3)
