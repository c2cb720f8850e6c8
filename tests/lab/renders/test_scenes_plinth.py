"""Plinths, niches and tables stand where the subject will be."""

from __future__ import annotations

import numpy as np
import pytest

from lab.renders.optics import TILE
from lab.renders.scene_stage import build_stage
from lab.renders.scenes_plinth import BOARDS, _arch, arch, chips, marble, podium, table_before_wall, wood
from tests.lab.renders.test_scenes import recipe

RED = {"accent": "#FF0000", "wall": "#808080", "floor": "#808080"}


@pytest.mark.parametrize("room", ["left", "right", "top"])
def test_the_plinth_is_in_the_accents_colour_below_the_subject(room: str) -> None:
    stage = build_stage(recipe("podium", room=room, **RED))
    light = podium(stage)
    red = (light[..., 0] > 3 * light[..., 1]) & (stage.under > (stage.base - stage.horizon) * stage.tall)
    columns = np.nonzero(red)[1]
    assert columns.size
    assert stage.x[0, round(columns.mean())] == pytest.approx(stage.focus, abs=0.25)


def test_the_niche_is_centred_on_the_subject_and_ends_at_the_floor() -> None:
    stage = build_stage(recipe("arch", room="left", light="top", **RED))
    light = arch(stage)
    red = light[..., 0] > 3 * light[..., 1]
    assert stage.x[0, round(np.nonzero(red)[1].mean())] == pytest.approx(stage.focus, abs=0.2)
    assert not red[stage.under > 0.05].any()


def test_the_arch_has_straight_sides_below_and_a_round_top() -> None:
    stage = build_stage(recipe("arch", width_px=128, height_px=128))
    inside = _arch(stage, 0.0, 0.5, -0.4) > 0
    widths = inside.sum(axis=1) * stage.pixel
    below = widths[stage.under[:, 0] > -0.4]
    assert below == pytest.approx(np.full(len(below), 1.0), abs=0.04)
    top = stage.under[:, 0][widths > 0].min()
    assert top == pytest.approx(-0.9, abs=0.04)


def test_a_glossier_table_shows_more_of_the_wall() -> None:
    made = [
        table_before_wall(build_stage(recipe("marble", wall="#FFFFFF")), np.zeros((64, 96, 3), np.float32), gloss)
        for gloss in (0.0, 0.3)
    ]
    stage = build_stage(recipe("marble"))
    table = stage.under > 0.1
    assert made[0][table].max() < 0.02
    assert made[1][table].mean() > 0.05


@pytest.mark.parametrize("layer", range(3))
def test_chips_cover_part_of_a_tile_and_repeat_at_its_edges(layer: int) -> None:
    mask = chips(layer)
    assert mask.shape == (TILE, TILE)
    assert (mask.min(), mask.max()) == (0, 1)
    assert 0.05 < mask.mean() < 0.6
    assert np.abs(mask[:, 0] - mask[:, -1]).mean() < 3 * np.abs(np.diff(mask, axis=1)).mean() + 0.01
    assert chips(layer) is mask


def test_neighbouring_boards_differ_and_average_to_the_asked_colour() -> None:
    assert np.abs(np.diff(np.append(BOARDS, BOARDS[0]))).min() > 0.05
    assert abs(float(BOARDS.mean())) < 0.03


@pytest.mark.parametrize("scene", [marble, wood], ids=lambda scene: scene.__name__)
def test_a_table_top_has_about_the_floors_colour(scene: object) -> None:
    stage = build_stage(recipe("wood", floor="#3060C0", wall="#808080", accent="#808080"))
    table = scene(stage)[stage.under > 0.6]  # type: ignore[operator]
    red, green, blue = np.median(table, axis=0)
    assert blue > 2 * red
    assert blue > green > red
