"""Moves of a film in a set: a graph as it is at a moment, made from the graph of the still.

Nothing that the still's light was measured for changes: the graph comes with its exposure and its colours, and a move
places things anew. `models.sets.falling` makes what falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np

from foundry.sets.set_file import SetFile
from models.sets.ask import SetAsk
from models.sets.building.build import build
from models.sets.falling import petals, snow
from models.sets.graph import PRODUCT, Camera, Floats, Graph, Lamp, Mesh
from models.sets.swaying import sway_gobo, sway_plant

Mover = Callable[[Graph, SetAsk, float], Graph]
LEAST_RISE = math.radians(1.0)
MOST_RISE = math.radians(75.0)
"""The camera neither sinks below the ground nor stands above the product."""
FOOT = 0.04
"""The lowest share of a product's height, which it stands on."""
PLANTS = frozenset({"branch", "fern", "flower", "frond", "grass", "monstera", "palm", "plant"})
"""Shapes that the wind moves."""
FLOWING = frozenset({"sea", "pool"})
"""Shapes of water: their option `time`, in seconds, moves the waves on."""


def move(graph: Graph, ask: SetAsk) -> Graph:
    """Return the graph at the moment that is asked for; the graph itself if none is."""
    moment = ask.moment
    if moment is None:
        return graph
    for one in moment.moves:
        graph = MOVERS[one.kind](graph, ask, one.value_at(moment.at))
    return graph


def stands_still(kind: str, shown: SetFile, *, turns: bool) -> bool:
    """Return True if a set has nothing that this kind of move moves. `turns`: its product is geometry."""
    shapes = {part.shape for part in shown.parts} | {shown.ground.shape}
    key = shown.light.key
    return {
        "turntable": not turns,
        "light-sweep": key is None,
        "leaves": not (shapes & PLANTS or (key is not None and key.gobo)),
        "water": not shapes & FLOWING,
    }.get(kind, False)


def about_z(degrees: float) -> Floats:
    """Return the matrix (3, 3) of a turn round the z axis, counter-clockwise from above."""
    turn = math.radians(degrees)
    return np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]], np.float32)


def _orbit(graph: Graph, ask: SetAsk, value: float) -> Graph:
    """Turn the camera round the product; a cutout goes on facing it."""
    turn = about_z(value)
    meshes = [_turned(mesh, turn) if _stands_as(mesh, ask, "cutout") else mesh for mesh in graph.meshes]
    camera = replace(graph.camera, eye=_point(turn @ np.array(graph.camera.eye)))
    return replace(graph, camera=camera, meshes=meshes)


def _dolly(graph: Graph, ask: SetAsk, value: float) -> Graph:  # noqa: ARG001 - every mover takes the same
    camera = graph.camera
    eye, focus = np.array(camera.eye), np.array(camera.focus)
    nearer = replace(camera, eye=_point(focus + (eye - focus) * (1 - value)), frame=camera.frame * (1 - value))
    return replace(graph, camera=nearer)


def _crane(graph: Graph, ask: SetAsk, value: float) -> Graph:  # noqa: ARG001 - every mover takes the same
    camera = graph.camera
    away = np.array(camera.eye) - np.array(camera.focus)
    level, distance = math.hypot(away[0], away[1]), float(np.linalg.norm(away))
    rise = min(max(math.atan2(away[2], level) + math.radians(value), LEAST_RISE), MOST_RISE)
    placed = np.array([*(away[:2] / level * distance * math.cos(rise)), distance * math.sin(rise)])
    return replace(graph, camera=replace(camera, eye=_point(np.array(camera.focus) + placed)))


def _turntable(graph: Graph, ask: SetAsk, value: float) -> Graph:
    """Turn each product that is geometry round the middle of what it stands on."""
    turn = about_z(value)
    feet = _feet(graph, ask)

    def turned(mesh: Mesh) -> Mesh:
        number = _product_of(mesh)
        return _turned(mesh, turn, feet[number]) if number in feet else mesh

    return replace(graph, meshes=[turned(mesh) for mesh in graph.meshes])


def _feet(graph: Graph, ask: SetAsk) -> dict[int, Floats]:
    """Return the middle of what each product of geometry stands on, by its number."""
    found: dict[int, list[Floats]] = {}
    for mesh in graph.meshes:
        if _stands_as(mesh, ask, "geometry"):
            found.setdefault(_product_of(mesh), []).append(mesh.vertices)
    feet = {}
    for number, parts in found.items():
        points = np.concatenate(parts)
        low, high = points[:, 2].min(), points[:, 2].max()
        foot = points[points[:, 2] <= low + FOOT * (high - low)]
        feet[number] = ((foot.min(axis=0) + foot.max(axis=0)) / 2 * np.array([1, 1, 0])).astype(np.float32)
    return feet


def _focus_pull(graph: Graph, ask: SetAsk, value: float) -> Graph:  # noqa: ARG001 - every mover takes the same
    camera: Camera = graph.camera
    nearest = -0.8 * math.dist(camera.eye, camera.focus)
    return replace(graph, camera=replace(camera, sharp=max(value, nearest)))


def _light_sweep(graph: Graph, ask: SetAsk, value: float) -> Graph:  # noqa: ARG001 - every mover takes the same
    turn = about_z(value)

    def swept(lamp: Lamp) -> Lamp:
        return replace(lamp, at=_point(turn @ np.array(lamp.at)), towards=_point(turn @ np.array(lamp.towards)))

    return replace(graph, lamps=[swept(lamp) for lamp in graph.lamps])


def _leaves(graph: Graph, ask: SetAsk, value: float) -> Graph:
    """Move what the wind moves: leaves before lamps, and plants in the set."""
    seconds = _seconds(ask)
    lamps = [
        replace(lamp, gobo=sway_gobo(lamp.gobo, seconds, value)) if lamp.gobo is not None else lamp
        for lamp in graph.lamps
    ]
    meshes = [sway_plant(mesh, seconds, value, at) if _is_plant(mesh, ask) else mesh for at, mesh in _each(graph)]
    return replace(graph, lamps=lamps, meshes=meshes)


def _water(graph: Graph, ask: SetAsk, value: float) -> Graph:
    """Build the water alone, at its time, and put its waves in place of the still's."""
    flowing = {f"parts.{at}" for at, part in enumerate(ask.set.parts) if part.shape in FLOWING}
    if ask.set.ground.shape in FLOWING:
        flowing.add("ground")
    if not flowing:
        return graph
    waves = {mesh.name: mesh for mesh in build(_with_time(ask, _seconds(ask) * value)).meshes}
    meshes = [
        replace(mesh, vertices=waves[mesh.name].vertices, normals=waves[mesh.name].normals)
        if mesh.name in flowing and mesh.name in waves
        else mesh
        for mesh in graph.meshes
    ]
    return replace(graph, meshes=meshes)


def _with_time(ask: SetAsk, seconds: float) -> SetAsk:
    """Return the ask for a picture of the water alone: other parts keep their numbers, and are left out."""
    time = {"time": Decimal(f"{seconds:.4f}")}
    parts = tuple(
        part.model_copy(update={"options": {**part.options, **time}})
        if part.shape in FLOWING
        else part.model_copy(update={"chance": Decimal(0)})
        for part in ask.set.parts
    )
    ground = ask.set.ground.model_copy(update={"options": {**ask.set.ground.options, **time}})
    return ask.model_copy(update={"set": ask.set.model_copy(update={"ground": ground, "parts": parts})})


def _petals(graph: Graph, ask: SetAsk, value: float) -> Graph:
    return petals(graph, ask, _seconds(ask), value)


def _snow(graph: Graph, ask: SetAsk, value: float) -> Graph:
    return snow(graph, ask, _seconds(ask), value)


def _seconds(ask: SetAsk) -> float:
    return ask.moment.seconds if ask.moment else 0.0


def _each(graph: Graph) -> list[tuple[int, Mesh]]:
    return list(enumerate(graph.meshes))


def _point(place: Floats) -> tuple[float, float, float]:
    return float(place[0]), float(place[1]), float(place[2])


def _turned(mesh: Mesh, turn: Floats, about: Floats | float = 0.0) -> Mesh:
    normals = None if mesh.normals is None else (mesh.normals @ turn.T).astype(np.float32)
    vertices = ((mesh.vertices - about) @ turn.T + about).astype(np.float32)
    return replace(mesh, vertices=vertices, normals=normals)


def _stands_as(mesh: Mesh, ask: SetAsk, kind: str) -> bool:
    """Return True for a mesh of a product of this kind."""
    number = _product_of(mesh)
    return number >= 0 and ask.products[number].kind == kind


def _product_of(mesh: Mesh) -> int:
    """Return the number of the product that a mesh "product/<n>" or "product/<n>/…" belongs to; -1 for another mesh."""
    head, _, rest = mesh.name.partition("/")
    number = rest.split("/")[0]
    return int(number) if head == PRODUCT and number.isdigit() else -1


def _is_plant(mesh: Mesh, ask: SetAsk) -> bool:
    head, _, rest = mesh.name.partition(".")
    number = rest.split(".")[0]
    return head == "parts" and number.isdigit() and ask.set.parts[int(number)].shape in PLANTS


MOVERS: dict[str, Mover] = {
    "orbit": _orbit, "dolly": _dolly, "crane": _crane, "turntable": _turntable, "focus-pull": _focus_pull,
    "light-sweep": _light_sweep, "leaves": _leaves, "water": _water, "petals": _petals, "snow": _snow,
}  # fmt: skip
"""What each kind of move does with its value at the moment."""
