"""Landscapes have a near ledge in the floor's colour, and lights are discs in their place."""

from __future__ import annotations

import numpy as np
import pytest

from lab.renders.scene_stage import build_stage
from lab.renders.scenes_nature import add_disc, bokeh, ledge, stone, sunset
from tests.lab.renders.test_scenes import recipe


def test_the_ledge_covers_the_bottom_and_leaves_the_top() -> None:
    stage = build_stage(recipe("sunset", floor="#FF0000", accent="#FF0000", wall="#FF0000"))
    picture = ledge(stage, np.full((64, 96, 3), 0.5, np.float32), np.ones((64, 96), np.float32))
    assert np.allclose(picture[:10], 0.5, atol=0.05)
    assert picture[-1, :, 0].min() > 0.2
    assert picture[-1, :, 1:].max() < 0.05


def test_stone_has_a_faint_grain_about_one() -> None:
    grain = stone(build_stage(recipe("sunset")))
    assert grain.mean() == pytest.approx(1, abs=0.05)
    assert 0 < grain.std() < 0.1


def test_a_disc_of_light_lies_at_its_place_and_is_brightest_at_its_rim() -> None:
    stage = build_stage(recipe("bokeh", width_px=128, height_px=128))
    picture = np.zeros((128, 128, 3), np.float32)
    add_disc(stage, picture, (0.0, 0.0), 0.25, np.float32(1))
    rows, columns = np.nonzero(picture[..., 0] > 0.5)
    assert columns.mean() == pytest.approx(64, abs=1)
    assert rows.mean() == pytest.approx(stage.horizon * 128, abs=1)
    assert np.ptp(columns) == pytest.approx(2 * 0.25 * 64, abs=2)
    row = picture[round(stage.horizon * 128), :, 0]
    assert row[64] == pytest.approx(0.72, abs=0.01)
    assert row.max() > 0.85


def test_a_disc_outside_the_picture_changes_nothing() -> None:
    stage = build_stage(recipe("bokeh"))
    picture = np.zeros((64, 96, 3), np.float32)
    add_disc(stage, picture, (50.0, 0.0), 0.1, np.float32(1))
    assert picture.max() == 0


@pytest.mark.parametrize(("light", "half"), [("left", slice(None, 48)), ("right", slice(48, None))])
def test_the_sun_stands_on_the_side_of_the_light(light: str, half: slice) -> None:
    picture = sunset(build_stage(recipe("sunset", light=light, room="top")))[:40].sum(axis=2)
    assert np.unravel_index(picture.argmax(), picture.shape)[1] in range(96)[half]


def test_city_lights_lie_above_the_table_and_are_mirrored_in_it() -> None:
    lit = bokeh(build_stage(recipe("bokeh", wall="#101010", floor="#101010", accent="#FFB060")))
    stage = build_stage(recipe("bokeh"))
    line = int(stage.horizon * 64)
    assert lit[:line].max() > 2 * lit[line + 4 :].max()
    assert lit[line + 4 :].max() > 0.01
