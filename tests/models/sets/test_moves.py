"""A graph at a moment: what a move moves, and what it leaves alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from foundry.sets.files import shipped_sets
from foundry.sets.move import MOVES, SetMove
from models.sets.ask import Area, Moment, SetAsk, StandIn
from models.sets.building.build import build
from models.sets.building.form import grid
from models.sets.building.library import SHAPES
from models.sets.graph import Graph, Mesh
from models.sets.moves import FLOWING, MOVERS, PLANTS, move

AREA = Area(left=0.25, top=0.43, right=0.75, bottom=0.85)


def an_ask(kind: str = "", at: float = 0.0, product: str = "", **said: object) -> SetAsk:
    moves = (SetMove.model_validate({"kind": kind, **said}),) if kind else ()
    return SetAsk(
        set=shipped_sets()["podium"], wall="#F0CFC6", floor="#F4ECDD", accent="#E59AA8", seed=3,
        width_px=64, height_px=80, stand=AREA,
        products=(StandIn(kind=product, file="product", area=AREA),) if product else (),
        moment=Moment(moves=moves, at=at, seconds=4 * at) if moves else None,
    )  # fmt: skip


def a_graph(ask: SetAsk) -> Graph:
    graph = build(ask)
    graph.lamps[0].__dict__["gobo"] = np.random.default_rng(1).uniform(size=(64, 48)).astype(np.float32)
    points = np.stack(np.meshgrid([-0.2, 0.2], [0.0, 0.1]), -1)
    form = grid(np.concatenate([points, np.full((2, 2, 1), graph.camera.focus[2])], -1).astype(np.float32))
    if ask.products:
        graph.meshes.append(Mesh(name="product/0/0", vertices=form.vertices, faces=form.faces, material="parts.0"))
    return graph


def moved(kind: str, at: float, product: str = "", **said: object) -> tuple[Graph, Graph]:
    ask = an_ask(kind, at, product, **said)
    still = a_graph(ask)
    return still, move(still, ask)


def test_every_kind_has_a_mover() -> None:
    assert set(MOVERS) == set(MOVES)


def test_wind_and_waves_move_shapes_of_the_library() -> None:
    assert set(SHAPES) >= PLANTS | FLOWING


def test_the_waves_of_a_sea_move_on_and_nothing_else_does() -> None:
    shown = next(each for each in shipped_sets().values() if each.ground.shape in FLOWING)
    ask = an_ask("water", 0.5).model_copy(update={"set": shown})
    still = build(ask)
    later = move(still, ask)
    moved = [one.name for one, other in zip(still.meshes, later.meshes, strict=True) if one is not other]
    assert moved == ["ground"]
    waves = {mesh.name: mesh.vertices for mesh in later.meshes}["ground"]
    before = {mesh.name: mesh.vertices for mesh in still.meshes}["ground"]
    assert np.abs(waves - before).max() > 1e-4


def test_without_a_moment_nothing_moves() -> None:
    ask = an_ask()
    graph = build(ask)
    assert move(graph, ask) is graph


@pytest.mark.parametrize("kind", ["orbit", "dolly", "crane", "turntable", "leaves"])
def test_a_film_begins_at_its_still(kind: str) -> None:
    still, first = moved(kind, 0.0, "geometry")
    assert first.camera.eye == pytest.approx(still.camera.eye, abs=1e-5)
    assert first.camera.frame == pytest.approx(still.camera.frame)
    for before, after in zip(still.meshes, first.meshes, strict=True):
        np.testing.assert_allclose(before.vertices, after.vertices, atol=1e-6)
    np.testing.assert_allclose(still.lamps[0].gobo, first.lamps[0].gobo, atol=1e-6)


def test_an_orbit_keeps_the_distance_and_a_cutout_facing_the_camera() -> None:
    still, turned = moved("orbit", 1.0, "cutout", end="90")
    x, y, z = turned.camera.eye
    assert (x, y, z) == pytest.approx((-still.camera.eye[1], 0, still.camera.eye[2]), abs=1e-4)
    before, after = still.meshes[-1].vertices, turned.meshes[-1].vertices
    np.testing.assert_allclose(after[:, 1], before[:, 0], atol=1e-6)
    assert turned.meshes[0] is still.meshes[0]


def test_a_dolly_comes_closer_and_the_product_grows_by_as_much() -> None:
    still, near = moved("dolly", 1.0, end="0.25")
    gone = math.dist(near.camera.eye, near.camera.focus) / math.dist(still.camera.eye, still.camera.focus)
    assert gone == pytest.approx(0.75)
    assert near.camera.frame == pytest.approx(0.75 * still.camera.frame)


def test_a_crane_rises_at_the_same_distance_and_never_sinks_below_the_ground() -> None:
    still, high = moved("crane", 1.0, end="30")
    assert high.camera.eye[2] > still.camera.eye[2]
    assert math.dist(high.camera.eye, high.camera.focus) == pytest.approx(
        math.dist(still.camera.eye, still.camera.focus)
    )
    _, low = moved("crane", 1.0, end="-6")
    assert low.camera.eye[2] >= low.camera.focus[2]


def test_a_turntable_turns_geometry_and_leaves_a_cutout() -> None:
    still, turned = moved("turntable", 0.5, "geometry")
    turned_half = np.array([0.0, 0.1]) - still.meshes[-1].vertices[:, :2]
    np.testing.assert_allclose(turned.meshes[-1].vertices[:, :2], turned_half, atol=1e-6)
    still, turned = moved("turntable", 0.5, "cutout")
    assert turned.meshes[-1] is still.meshes[-1]


def test_a_product_turns_round_what_it_stands_on_and_not_round_its_handle() -> None:
    ask = an_ask("turntable", 0.25, "geometry")
    graph = build(ask)
    foot = np.array([[0.3, 0.1, 0], [0.5, 0.1, 0], [0.5, 0.3, 0], [0.3, 0.3, 0]], np.float32)
    points = np.concatenate([foot, [[0.4, 0.2, 1], [0.9, 0.2, 0.5]]]).astype(np.float32)
    faces = np.array([[0, 1, 4], [1, 5, 4]], np.uint32)
    graph.meshes.append(Mesh(name="product/0/0", vertices=points, faces=faces, material="parts.0"))
    turned = move(graph, ask).meshes[-1].vertices
    np.testing.assert_allclose(turned[4], [0.4, 0.2, 1], atol=1e-6)
    np.testing.assert_allclose(turned[5], [0.4, 0.7, 0.5], atol=1e-6)


def test_a_focus_pull_ends_on_the_product() -> None:
    assert moved("focus-pull", 0.0)[1].camera.sharp == 2
    assert moved("focus-pull", 1.0)[1].camera.sharp == 0


def test_a_light_sweep_takes_the_lamps_round_and_nothing_else() -> None:
    still, swept = moved("light-sweep", 1.0, end="90")
    before, after = still.lamps[0].at, swept.lamps[0].at
    assert after == pytest.approx((-before[1], before[0], before[2]), abs=1e-4)
    assert swept.camera == still.camera
    assert swept.meshes == still.meshes


def test_wind_moves_the_shadows_of_leaves_a_little_and_smoothly() -> None:
    still, later = moved("leaves", 0.5)
    _, soon = moved("leaves", 0.51)
    assert np.abs(later.lamps[0].gobo - still.lamps[0].gobo).mean() > 0.01
    assert (
        np.abs(later.lamps[0].gobo - soon.lamps[0].gobo).mean()
        < 0.5 * np.abs(later.lamps[0].gobo - still.lamps[0].gobo).mean()
    )


@pytest.mark.parametrize("kind", ["petals", "snow"])
def test_what_falls_sinks_steadily_around_the_product_and_never_through_it(kind: str) -> None:
    heights = []
    for at in (0.0, 0.01):
        _, graph = moved(kind, at, "cutout")
        fallen = graph.meshes[-1]
        assert fallen.name == f"moves/{kind}"
        assert fallen.material in graph.materials
        assert np.hypot(fallen.vertices[:, 0], fallen.vertices[:, 1]).min() > 0.25
        heights.append(fallen.vertices[:, 2])
    sunk = heights[0] - heights[1]
    assert np.median(sunk) > 0
    assert (sunk > 0).mean() > 0.9


def test_what_falls_is_the_same_for_the_same_seed_and_none_for_no_density() -> None:
    one, other = moved("snow", 0.4)[1], moved("snow", 0.4)[1]
    np.testing.assert_array_equal(one.meshes[-1].vertices, other.meshes[-1].vertices)
    still, none = moved("snow", 0.4, end="0", start="0")
    assert none.meshes == still.meshes
