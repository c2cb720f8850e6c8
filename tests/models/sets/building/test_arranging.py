"""How a seed arranges a set: sides, choices, room for the copy, and what carries a wide product."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from foundry.sets.set_file import SetFile
from models.sets.ask import Area, SetAsk
from models.sets.building.build import build
from models.sets.building.framing import copy_room, seen
from models.sets.graph import Graph

BALL = {"shape": "ball", "surface": {"material": "matt"}, "size": [0.3, 0.3, 0.3]}
PODIUM = {"shape": "cylinder", "surface": {"material": "matt"}, "size": [1, 1, 0.2], "carries": True}
STAND = Area(left=0.3, top=0.4, right=0.7, bottom=0.85)


def asked(*parts: Mapping[str, object], **more: object) -> SetAsk:
    """Return what is asked of a set of these parts."""
    file = SetFile.model_validate({"id": "test", "version": 1, "title": "Test", "wall": None, "parts": parts})
    told: dict[str, object] = {
        "set": file, "wall": "#F0CFC6", "floor": "#F4ECDD", "accent": "#C4633F", "seed": 1, "stand": STAND,
        "width_px": 64, "height_px": 64,
    }  # fmt: skip
    return SetAsk.model_validate(told | more)


def across(graph: Graph, name: str) -> float:
    """Return where the middle of a mesh is, from left to right."""
    return float(next(mesh for mesh in graph.meshes if mesh.name == name).vertices[:, 0].mean())


@pytest.mark.parametrize(("room", "side"), [("left", 1), ("right", -1)])
def test_decoration_stands_on_the_side_without_copy(room: str, side: int) -> None:
    graph = build(asked({**BALL, "at": [0.6, 0.2, 0]}, room=room))
    assert across(graph, "parts.0") * side > 0.4


def test_a_mirrored_set_is_the_other_way_round() -> None:
    part = {**BALL, "at": [0.6, 0.2, 0]}
    plain, mirrored = build(asked(part)), build(asked(part, mirrored=True))
    assert across(plain, "parts.0") == pytest.approx(-across(mirrored, "parts.0"), abs=1e-4)


def test_of_parts_that_share_a_choice_one_is_there() -> None:
    parts = [{**BALL, "choice": "by", "at": [0.6, number, 0]} for number in range(3)]
    chosen = set()
    for seed in range(12):
        names = [mesh.name for mesh in build(asked(*parts, seed=seed)).meshes if mesh.name.startswith("parts.")]
        assert len(names) == 1
        chosen.add(names[0])
    assert len(chosen) > 1


def test_a_part_that_reaches_into_the_room_of_the_copy_shrinks_or_is_left_out() -> None:
    tall = {**BALL, "shape": "block", "at": [0.5, 0.8, 0]}
    lower, higher = ({**tall, "size": [0.4, 0.4, height]} for height in (1.4, 6.0))
    ask = asked(lower)
    graph = build(ask)
    block = next(mesh for mesh in graph.meshes if mesh.name == "parts.0")
    assert seen(graph.camera, block.vertices, 1.0)[:, 1].min() > copy_room(ask).bottom - 0.03
    assert "parts.0" not in {mesh.name for mesh in build(asked(higher)).meshes}
    assert "parts.0" in {mesh.name for mesh in build(asked({**higher, "stays": True})).meshes}


def test_what_carries_a_wide_product_grows_with_it() -> None:
    wide = Area(left=0.1, top=0.6, right=0.9, bottom=0.8)
    graph = build(asked(PODIUM, stand=wide))
    podium = next(mesh for mesh in graph.meshes if mesh.name == "parts.0")
    assert np.ptp(podium.vertices[:, 0]) > 4.8
    assert podium.vertices[:, 2].max() == pytest.approx(0.2, abs=0.01)


def test_the_product_stands_on_what_carries_it_and_fills_its_area() -> None:
    graph = build(asked(PODIUM))
    assert graph.camera.focus[2] == pytest.approx(0.7, abs=1e-3)
    foot, top = seen(graph.camera, np.array([[0, 0, 0.2], [0, 0, 1.2]], np.float32), 1.0)[:, 1]
    assert foot == pytest.approx(STAND.bottom, abs=0.02)
    assert top == pytest.approx(STAND.top, abs=0.02)


def test_a_backdrop_fades_from_the_floors_colour_to_the_walls() -> None:
    file = {
        "id": "test", "version": 1, "title": "Test", "wall": None,
        "ground": {"shape": "sweep", "surface": {"material": "paper", "colour": "floor", "fades_to": "wall"}},
    }  # fmt: skip
    graph = build(asked(set=SetFile.model_validate(file)))
    roles = {mesh.name: (mesh.role, mesh.fade) for mesh in graph.meshes}
    assert roles["ground/level"] == ("floor", ("floor", "wall"))
    assert roles["ground/upright"] == ("wall", ("floor", "wall"))
    colour = graph.materials["ground"].colour
    assert np.abs(colour[0, 0] - colour[-1, 0]).max() > 0.05
