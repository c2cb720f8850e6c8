"""Built sets: light falls where the lamp is, panes and sheets where they are laid."""

from __future__ import annotations

import numpy as np
import pytest

from lab.renders.scene_stage import build_stage
from lab.renders.scenes_studio import _fronds, _panes, _sheet, leaves, spotlight, sweep, window
from tests.lab.renders.test_scenes import recipe


def test_a_sweep_turns_from_the_walls_to_the_floors_colour_without_an_edge() -> None:
    light = sweep(build_stage(recipe("sweep", wall="#FF0000", floor="#0000FF", width_px=128, height_px=128)))
    share = light[:, 64, 2] / light[:, 64].sum(axis=1)
    assert share[0] < 0.05
    assert share[-1] > 0.95
    assert np.diff(share).max() < 0.06


@pytest.mark.parametrize("room", ["left", "right"])
def test_a_spotlight_falls_on_the_subjects_side(room: str) -> None:
    stage = build_stage(recipe("spotlight", room=room, light="top"))
    wall = spotlight(stage)[:20].sum(axis=(0, 2))
    assert np.sign(stage.x[0, int(wall.argmax())]) == np.sign(stage.focus)


@pytest.mark.parametrize("bars", [2, 3])
def test_a_window_has_as_many_panes_across_as_it_has_bars_for(bars: int) -> None:
    u, v = np.meshgrid(np.linspace(-1, 1, 400), np.linspace(-0.4, 1.4, 300))
    panes = _panes(u, v, bars)
    row = panes[100]
    assert set(np.unique(panes)) == {0, 1}
    assert int((np.diff(row) == 1).sum()) == bars
    assert panes[:, :50].max() == panes[:, -50:].max() == 0


def test_sunlight_is_warm_where_it_falls_and_leaves_the_rest_as_it_is() -> None:
    stage = build_stage(recipe("window", wall="#808080", floor="#808080"))
    light = window(stage)
    warmth = light[..., 0] / light[..., 2]
    sunlit = warmth > 1.05
    assert warmth.min() == pytest.approx(1, abs=1e-3)
    assert 0.02 < sunlit.mean() < 0.7


@pytest.mark.parametrize(("room", "side"), [("left", 1), ("right", -1)])
def test_fronds_hang_in_opposite_the_calm_side(room: str, side: int) -> None:
    stage = build_stage(recipe("leaves", room=room))
    mask = _fronds(stage, 3)
    columns = np.nonzero(mask > 0.5)[1]
    assert columns.size
    assert np.sign(stage.small.x[0, round(columns.mean())]) == side


def test_leaf_shadows_darken_a_part_of_the_wall() -> None:
    light = leaves(build_stage(recipe("leaves", wall="#C0C0C0", width_px=128, height_px=128)))[:60].sum(axis=2)
    low, high = np.quantile(light, (0.05, 0.95))
    assert low < 0.75 * high


@pytest.mark.parametrize(("light", "across"), [("left", 1), ("right", -1)])
def test_a_sheet_covers_where_it_lies_and_its_shadow_falls_away_from_the_lamp(light: str, across: int) -> None:
    stage = build_stage(recipe("papercut", light=light, width_px=512, height_px=512))
    inside = np.asarray(0.4 - np.abs(stage.x), np.float32)
    picture = _sheet(stage, np.ones((512, 512, 3), np.float32), inside, np.zeros(3, np.float32))
    row = picture[256, :, 0]
    assert row[200:312].max() == 0
    left, right = row[:150].min(), row[-150:].min()
    assert np.sign(left - right) == across
