"""The stage's coordinates, its floor in perspective and its lamp follow the recipe."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from foundry.plan.composition import compositions
from lab.renders.scene_stage import (
    COARSE,
    SceneStage,
    build_stage,
    corner,
    grid,
    ground_coordinates,
    lamp,
    lit_room,
    nearest_composition,
    on_floor,
    plaster,
    soft_shadow,
)
from tests.lab.renders.test_scenes import SMALL


def stage(**changes: object) -> SceneStage:
    return build_stage(dataclasses.replace(SMALL, **changes))  # type: ignore[arg-type]


def test_lengths_are_half_short_sides_from_the_middle() -> None:
    x, y = grid(96, 64, 64)
    assert x.shape == y.shape == (64, 96)
    assert x[0, [0, -1]].tolist() == pytest.approx([-1.484375, 1.484375])
    assert y[[0, -1], 0].tolist() == pytest.approx([1 / 128, 1 - 1 / 128])
    wide = stage()
    assert (wide.shape, wide.reach, wide.tall, wide.pixel) == ((64, 96), 1.5, 2.0, 2 / 64)


@pytest.mark.parametrize(("room", "side"), [("left", 1), ("right", -1), ("top", 0)])
def test_the_subject_stands_opposite_the_calm_side(room: str, side: int) -> None:
    assert np.sign(stage(room=room).focus) == side


@pytest.mark.parametrize("bucket", compositions())
def test_a_size_is_nearest_to_its_own_composition(bucket: str) -> None:
    own = compositions()[bucket]
    assert nearest_composition(own.width_px // 8, own.height_px // 8).width_px / own.height_px == pytest.approx(
        own.width_px / own.height_px
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_subject_stands_on_the_floor(seed: int) -> None:
    made = stage(seed=seed)
    assert made.horizon <= made.base - 0.10 + 1e-9
    assert 0.4 < made.horizon < made.base < 1


def test_the_floor_runs_from_the_wall_to_the_viewer() -> None:
    made = stage()
    assert made.scale.max() == 1
    assert (np.diff(made.scale[:, 0]) <= 0).all()
    across, away = ground_coordinates(made)
    bottom, wall = away[-1, 0], away[made.under[:, 0] < 0][0, 0]
    assert bottom < wall
    assert abs(across[-1, -1]) < abs(across[0, -1])


def test_the_mask_of_the_floor_has_a_soft_edge_at_the_walls_foot() -> None:
    made = stage()
    mask = on_floor(made)
    assert mask[0].max() == 0
    assert mask[-1].min() == 1
    middle = np.abs(made.under).argmin(axis=0)[0]
    assert 0 < mask[middle, 0] < 1


@pytest.mark.parametrize(("light", "sign"), [("left", 1), ("right", -1)])
def test_the_lamp_lights_its_own_side_and_is_about_one_on_average(light: str, sign: int) -> None:
    wall, floor = lamp(stage(light=light))
    for plane in (wall, floor):
        assert plane.shape == (64, 96)
        assert np.sign(plane[:, :30].mean() - plane[:, -30:].mean()) == sign
    made = stage(light=light)
    assert float(wall[made.under < 0].mean()) == pytest.approx(1, abs=0.1)
    assert float(floor[made.under > 0].mean()) == pytest.approx(1, abs=0.1)


def test_a_lamp_above_is_symmetric() -> None:
    wall, _ = lamp(stage(light="top"))
    assert np.abs(wall - wall[:, ::-1]).max() < 1e-4


def test_the_corner_is_darkest_where_wall_and_floor_meet() -> None:
    made = stage()
    wall, floor = corner(made)
    row = int(np.abs(made.under[:, 0]).argmin())
    assert wall[0, 0] > 0.95
    assert floor[-1, 0] > 0.95
    assert wall[row, 0] < 0.7
    assert floor[row, 0] < 0.85


def test_a_lit_room_shows_the_walls_albedo_above_and_the_floors_below() -> None:
    room = lit_room(stage(), np.array([1.0, 0, 0], np.float32), np.array([0, 0, 1.0], np.float32))
    assert room.shape == (64, 96, 3)
    assert room[0, :, 2].max() == 0
    assert room[-1, :, 0].max() == 0
    assert room[0, :, 0].min() > 0.2


def test_plaster_is_faint_and_about_one() -> None:
    unevenness = plaster(stage())
    assert float(unevenness.mean()) == pytest.approx(1, abs=0.1)
    assert float(unevenness.std()) < 0.05


def test_the_small_stage_has_a_quarter_of_the_size_and_the_same_random_numbers() -> None:
    made = stage()
    assert made.small.shape == (64 // COARSE, 96 // COARSE)
    assert made.small.chance is made.chance
    shadow = soft_shadow(made, np.ones(made.small.shape, np.float32), 0.05)
    assert shadow.shape == made.shape
    assert np.abs(shadow - 1).max() < 1e-5
