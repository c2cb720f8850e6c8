"""Triangles, and the ways to make them: grids of points, turned profiles, outlines with a depth.

Coordinates of textures are in units of length, so that a pattern has the same size on every shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.sets.graph import Floats, Numbers

BEVEL_STEPS = 4
Faces = NDArray[np.uint32]


@dataclass(frozen=True)
class Form:
    """The triangles of a shape that stands on z = 0 around the origin: see `models.sets.graph.Mesh`."""

    vertices: Floats
    faces: Faces
    normals: Floats | None = None
    uv: Floats | None = None

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0, turn_deg: float = 0.0) -> Form:
        """Return it turned around z, then moved. Its texture does not move over it."""
        turn = math.radians(turn_deg)
        about = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
        normals = None if self.normals is None else (self.normals @ about.T).astype(np.float32)
        return Form((self.vertices @ about.T + (x, y, z)).astype(np.float32), self.faces, normals, self.uv)

    def tilted(self, degrees: float, axis: str = "x") -> Form:
        """Return it turned around the x or y axis through the origin."""
        turn = math.radians(degrees)
        one, other = math.cos(turn), math.sin(turn)
        about = np.array([[1, 0, 0], [0, one, -other], [0, other, one]])
        if axis == "y":
            about = np.array([[one, 0, other], [0, 1, 0], [-other, 0, one]])
        normals = None if self.normals is None else (self.normals @ about.T).astype(np.float32)
        return Form((self.vertices @ about.T).astype(np.float32), self.faces, normals, self.uv)

    def mirrored(self) -> Form:
        """Return it with left and right exchanged."""
        flip = np.array([-1, 1, 1], np.float32)
        normals = None if self.normals is None else self.normals * flip
        return Form(self.vertices * flip, self.faces[:, ::-1].copy(), normals, self.uv)


Size = tuple[float, float, float]
Options = Mapping[str, float | str]
Shape = Callable[[Size, Options], Form]


def option(options: Options, name: str, usual: float) -> float:
    """Return a measure among the options."""
    return float(options.get(name, usual))


def joined(forms: Sequence[Form]) -> Form:
    """Return several shapes as one; all have normals and textures' coordinates."""
    starts = np.cumsum([0, *[len(form.vertices) for form in forms[:-1]]])
    return Form(
        np.concatenate([form.vertices for form in forms]).astype(np.float32),
        np.concatenate([form.faces + start for form, start in zip(forms, starts, strict=True)]).astype(np.uint32),
        np.concatenate([form.normals for form in forms if form.normals is not None]).astype(np.float32),
        np.concatenate([form.uv for form in forms if form.uv is not None]).astype(np.float32),
    )


def grid_faces(rows: int, columns: int) -> Faces:
    """Return the triangles between rows × columns points."""
    at = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
    return np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])


def grid(points: Numbers, uv: Numbers | None = None, closed: bool = False) -> Form:
    """Return a (rows, columns, 3) grid of points as a smooth surface that faces rows × columns by the right hand.

    `closed`: its last column is its first one. Without `uv`, textures' coordinates are lengths along its middle
    column and row.
    """
    rows, columns = points.shape[:2]
    if uv is None:
        across = _lengths(points[rows // 2])
        down = _lengths(points[:, columns // 2])
        uv = np.stack(np.meshgrid(across, down), -1)
    faces = grid_faces(rows, columns)
    flat = points.reshape(-1, 3).astype(np.float64)
    normals = smooth_normals(flat, faces).reshape(rows, columns, 3)
    if closed:
        seam = normals[:, 0] + normals[:, -1]
        normals[:, 0] = normals[:, -1] = seam / np.maximum(np.linalg.norm(seam, axis=-1, keepdims=True), 1e-12)
    return Form(flat.astype(np.float32), faces, normals.reshape(-1, 3).astype(np.float32), _pairs(uv))


def _lengths(line: Numbers) -> Numbers:
    return np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=-1))])


def _pairs(uv: Numbers) -> Numbers:
    return np.asarray(uv, np.float32).reshape(-1, 2)


def smooth_normals(vertices: NDArray[np.float64], faces: Faces) -> NDArray[np.float64]:
    """Return the normals of vertices; each triangle counts by its area, so that flat faces stay flat."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    facing = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], facing)
    return normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)


def box_mapped(vertices: Numbers, faces: Faces, normals: Numbers) -> Form:
    """Return a surface whose texture is laid on from the side that each triangle faces most."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    axis = np.abs(np.cross(b - a, c - a)).argmax(-1)
    parts = []
    for number, (u, v) in enumerate(((1, 2), (0, 2), (0, 1))):
        used, kept = np.unique(faces[axis == number], return_inverse=True)
        if len(used):
            points = vertices[used]
            parts.append(Form(points, kept.reshape(-1, 3).astype(np.uint32), normals[used], points[:, [u, v]]))
    return joined(parts)


def revolve(profile: Sequence[tuple[float, float]], size: Size, sides: int = 96) -> Form:
    """Return a profile of (radius, height) turned round the z axis; radius 1 is half of the width or depth.

    It runs upwards on the outside. Its level parts have their texture laid on from above.
    """
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    radius, height = np.array(profile, np.float64).T
    x = radius[:, None] * np.cos(turn) * size[0] / 2
    y = radius[:, None] * np.sin(turn) * size[1] / 2
    z = (height * size[2])[:, None] * np.ones_like(turn)
    form = grid(np.stack([x, y, z], -1), closed=True)
    assert form.normals is not None
    assert form.uv is not None
    around = np.broadcast_to(turn * max(size[0], size[1]) / 2, x.shape).ravel()
    up = np.broadcast_to(_lengths(np.stack([radius * size[0] / 2, height * size[2]], -1))[:, None], x.shape).ravel()
    return _capped(Form(form.vertices, form.faces, form.normals, np.stack([around, up], -1).astype(np.float32)))


def _capped(form: Form) -> Form:
    a, b, c = (form.vertices[form.faces[:, corner]] for corner in range(3))
    facing = np.cross(b - a, c - a)
    length = np.linalg.norm(facing, axis=-1)
    level = np.abs(facing[:, 2]) > 0.8 * np.maximum(length, 1e-20)
    parts = []
    for chosen, flat in ((~level & (length > 1e-12), False), (level & (length > 1e-12), True)):
        used, kept = np.unique(form.faces[chosen], return_inverse=True)
        if len(used):
            points, normals, uv = form.vertices[used], form.normals[used], form.uv[used]  # type: ignore[index]
            parts.append(Form(points, kept.reshape(-1, 3).astype(np.uint32), normals, points[:, :2] if flat else uv))
    return joined(parts)


def rounded_corner(radius: float, steps: int = BEVEL_STEPS) -> list[tuple[float, float]]:
    """Return a quarter of a circle as (inwards, upwards) offsets from (0, -radius) to (-radius, 0)."""
    turns = np.linspace(0, math.pi / 2, steps + 1)
    return [(-radius * (1 - math.cos(a)), -radius * (1 - math.sin(a))) for a in turns]


def block(size: Size, bevel: float = 0.012, rounding: int = BEVEL_STEPS) -> Form:
    """Return a box with rounded edges; `rounding` is how many lines make half of one."""
    half = np.array(size) / 2
    bevel = float(min(bevel, *(half * 0.95)))
    inner = half - bevel
    turns = np.linspace(0, math.pi / 4, rounding)
    parts = []
    for axis in range(3):
        u, v = [other for other in range(3) if other != axis]
        for sign in (-1.0, 1.0):
            edges = [
                np.concatenate([-i - bevel * np.tan(turns[::-1]), i + bevel * np.tan(turns)]) for i in inner[[u, v]]
            ]
            a, b = np.meshgrid(*edges)
            cube = np.zeros((*a.shape, 3))
            cube[..., u], cube[..., v], cube[..., axis] = a, b, sign * half[axis]
            core = np.clip(cube, -inner, inner)
            normals = cube - core
            normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
            points = core + bevel * normals + (0, 0, half[2])
            faces = grid_faces(*a.shape)
            if sign * (1 if axis != 1 else -1) < 0:
                faces = faces[:, ::-1]
            parts.append(Form(points.reshape(-1, 3), faces, normals.reshape(-1, 3), points[..., [u, v]].reshape(-1, 2)))
    return joined(parts)


def solid(outline: Numbers, depth: float, bevel: float = 0.012) -> Form:
    """Return an outline (n, 2) of x and z, counter-clockwise and seen whole from its middle, with a depth along y.

    Its middle is at y = 0; its front and back edges are rounded.
    """
    bevel = min(bevel, depth * 0.45)
    inwards, middle = inwards_of(outline), outline.mean(0)
    rings = [(-depth / 2 - up, out) for out, up in reversed(rounded_corner(bevel))]
    rings += [(-y, out) for y, out in reversed(rings)]
    lines = [np.broadcast_to(middle, outline.shape), *(outline - inwards * out for _, out in rings)]
    return _lofted([*lines, lines[0]], [-depth / 2, *(y for y, _ in rings), depth / 2])


def pierced(outer: Numbers, inner: Numbers, depth: float, bevel: float = 0.012, closed: bool = True) -> Form:
    """Return what lies between two outlines (n, 2) of x and z, counter-clockwise, with a depth along y.

    Both have the same number of points. The front is at y = 0; the edge of the opening is rounded. Not `closed`, they
    begin and end on the ground.
    """
    inwards = inwards_of(inner, closed)
    rings = [(-up, inner + inwards * out) for out, up in reversed(rounded_corner(bevel))]
    lines = [inner, *(line for _, line in reversed(rings)), outer]
    return _lofted(lines, [depth, *(y for y, _ in reversed(rings)), 0.0], closed)


def _lofted(lines: Sequence[Numbers], depths: Sequence[float], closed: bool = True) -> Form:
    """Return the surface through lines (n, 2) of x and z at these depths y, the first of them inside."""
    rows = []
    for line, y in zip(lines, depths, strict=True):
        whole = np.concatenate([line, line[:1]]) if closed else line
        rows.append(np.stack([whole[:, 0], np.full(len(whole), y), whole[:, 1]], -1))
    form = grid(np.stack(rows[::-1]), closed=closed)
    assert form.normals is not None
    return box_mapped(form.vertices, form.faces, form.normals)


def inwards_of(outline: Numbers, closed: bool = True) -> Numbers:
    """Return the directions (n, 2) into a counter-clockwise outline at its points."""
    along = np.roll(outline, -1, 0) - np.roll(outline, 1, 0)
    if not closed:
        along[0], along[-1] = outline[1] - outline[0], outline[-1] - outline[-2]
    across = np.stack([-along[:, 1], along[:, 0]], -1)
    return across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-9)
