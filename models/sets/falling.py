"""Petals and snow that fall around the product, and never through it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from foundry.colour import linear_of_srgb, srgb_of_hex
from models.sets.ask import SetAsk
from models.sets.building.form import Form, grid
from models.sets.graph import Graph, Material, Mesh

Doubles = NDArray[np.float64]

CLEAR = 0.25
"""The distance from the product, in its heights, that nothing falls within."""


@dataclass(frozen=True)
class Fall:
    """The way of one kind of thing: how many, how fast, and how they sway. Lengths in heights of the product."""

    name: str
    count: int
    pace: float
    sway: float
    size: tuple[float, float]
    turns_a_second: float


PETALS = Fall("petals", 36, 0.22, 0.10, (0.035, 0.06), 0.35)
FLAKES = Fall("snow", 260, 0.30, 0.06, (0.006, 0.013), 0.0)


def petals(graph: Graph, ask: SetAsk, seconds: float, density: float) -> Graph:
    """Return the graph with petals in the colour of the accent."""
    colour = np.asarray(linear_of_srgb(srgb_of_hex(ask.accent)), np.float32)
    material = Material(colour=colour, roughness=0.6, specular=0.2, sheen=0.3)
    return _with_fall(graph, ask, seconds, density, PETALS, _petal(), material)


def snow(graph: Graph, ask: SetAsk, seconds: float, density: float) -> Graph:
    """Return the graph with flakes of snow."""
    material = Material(colour=np.array([0.9, 0.92, 0.95], np.float32), roughness=0.9, specular=0.1)
    return _with_fall(graph, ask, seconds, density, FLAKES, _flake(), material)


def _with_fall(
    graph: Graph, ask: SetAsk, seconds: float, density: float, fall: Fall, form: Form, material: Material
) -> Graph:
    count = round(fall.count * density)
    if not count:
        return graph
    name = f"moves/{fall.name}"
    places, sizes, turns = _places(graph, ask, seconds, fall, count)
    shaped = np.einsum("nij,vj->nvi", turns, form.vertices) * sizes[:, None, None] + places[:, None, :]
    faces = form.faces[None] + (np.arange(count, dtype=np.uint32) * len(form.vertices))[:, None, None]
    mesh = Mesh(
        name=name, vertices=shaped.reshape(-1, 3).astype(np.float32),
        faces=faces.reshape(-1, 3).astype(np.uint32), material=name,
    )  # fmt: skip
    return replace(graph, meshes=[*graph.meshes, mesh], materials={**graph.materials, name: material})


def _places(graph: Graph, ask: SetAsk, seconds: float, fall: Fall, count: int) -> tuple[Doubles, Doubles, Doubles]:
    """Return middles (n, 3), sizes (n,) and turns (n, 3, 3) of all things at a moment."""
    rng = np.random.default_rng([ask.seed % 2**63, count])
    camera = graph.camera
    high = camera.frame * 1.5
    wide = camera.frame * max(1.0, ask.width_px / ask.height_px) * 0.8
    stand = ask.stand
    radius = CLEAR + 0.5 * (stand.right - stand.left) * ask.width_px / ((stand.bottom - stand.top) * ask.height_px)
    near = -0.45 * math.dist(camera.eye, camera.focus)
    x, y = rng.uniform(-wide, wide, count), rng.uniform(near, 2.2, count)
    apart = np.hypot(x, y)
    outside = np.maximum(radius + fall.sway, apart) / np.maximum(apart, 1e-6)
    x, y = x * outside, y * outside
    phase, late = rng.uniform(0, 2 * math.pi, (2, count))
    pace = fall.pace * rng.uniform(0.75, 1.25, count)
    ground = _ground_below(graph, x, y, fall.sway) - fall.size[1]
    z = ground + (rng.uniform(0, high, count) - pace * seconds) % high
    swing = 2 * math.pi * rng.uniform(0.18, 0.4, count) * seconds
    places = np.stack([x + fall.sway * np.sin(swing + phase), y + 0.5 * fall.sway * np.sin(swing + late), z], -1)
    angles = phase[:, None] + 2 * math.pi * fall.turns_a_second * seconds * rng.uniform(-1, 1, (count, 3))
    return places, rng.uniform(*fall.size, count), _turns(angles)


def _ground_below(graph: Graph, x: Doubles, y: Doubles, margin: float) -> Doubles:
    """Return the height that things in these places fall to: the ground's, or the top of a part that stands there."""
    ground = np.full(len(x), graph.camera.focus[2] - 0.5)
    parts = [mesh.vertices for mesh in graph.meshes if mesh.name.startswith("parts.")]
    least = min((float(part[:, 2].min()) for part in parts), default=0.0)
    ground[:] = min(ground[0], least)
    for part in parts:
        (left, near, _), (right, far, top) = part.min(axis=0) - margin, part.max(axis=0)
        above = (x > left) & (x < right + margin) & (y > near) & (y < far + margin)
        ground[above] = np.maximum(ground[above], top)
    return ground


def _turns(angles: Doubles) -> Doubles:
    """Return the matrices (n, 3, 3) of turns round x, y and z, in this order."""
    c, s = np.cos(angles), np.sin(angles)
    zero, one = np.zeros(len(angles)), np.ones(len(angles))

    def rows(*values: Doubles) -> Doubles:
        return np.stack(values, -1).reshape(-1, 3, 3)

    x = rows(one, zero, zero, zero, c[:, 0], -s[:, 0], zero, s[:, 0], c[:, 0])
    y = rows(c[:, 1], zero, s[:, 1], zero, one, zero, -s[:, 1], zero, c[:, 1])
    z = rows(c[:, 2], -s[:, 2], zero, s[:, 2], c[:, 2], zero, zero, zero, one)
    return z @ y @ x


def _petal() -> Form:
    """Return a petal of length 2, pointed at its foot, bent like a spoon."""
    along, across = np.linspace(-1, 1, 9), np.linspace(-1, 1, 5)
    half = 0.62 * np.sqrt(np.clip(1 - along**2, 0, 1)) * (0.72 + 0.28 * along)
    y, turn = np.meshgrid(along, across, indexing="ij")
    x = half[:, None] * turn
    z = 0.35 * x**2 + 0.22 * y**2
    return grid(np.stack([x, y, z], -1).astype(np.float32))


def _flake() -> Form:
    """Return an octahedron of radius 1, round enough for its size."""
    vertices = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float32)
    faces = [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    return Form(vertices, np.array(faces, np.uint32))
