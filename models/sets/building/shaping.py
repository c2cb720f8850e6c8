"""Ways to combine and bend forms: put several together, move them, make them smooth, scatter them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from foundry.colour import Floats
from models.sets.building.form import Form, grid

_DOT = np.zeros((3, 3), np.float32)
NOTHING = Form(_DOT, np.array([[0, 1, 2]], np.uint32), _DOT + np.array([0, 0, 1], np.float32), _DOT[:, :2])
"""A form that is not seen: one triangle of no size."""


def merged(forms: Iterable[Form]) -> Form:
    """Return one form of several, NOTHING of none. All have uv; the normals of those without any are made flat."""
    parts = [each if each.normals is not None else smoothed(each) for each in forms]
    if not parts:
        return NOTHING
    first = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return Form(
        np.concatenate([part.vertices for part in parts]).astype(np.float32),
        np.concatenate([part.faces + start for part, start in zip(parts, first, strict=False)]).astype(np.uint32),
        np.concatenate([_given(part.normals) for part in parts]).astype(np.float32),
        np.concatenate([_given(part.uv) for part in parts]).astype(np.float32),
    )


def _given(values: Floats | None) -> Floats:
    if values is None:
        msg = "a form that is merged lacks its texture coordinates"
        raise ValueError(msg)
    return values


def smoothed(form: Form) -> Form:
    """Return a form with the mean normals of its faces at each vertex."""
    corners = form.vertices[form.faces]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(form.vertices)
    for corner in range(3):
        np.add.at(total, form.faces[:, corner], flat)
    total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return Form(form.vertices, form.faces, total.astype(np.float32), form.uv)


def turned(turn: float, lean: float = 0.0, roll: float = 0.0) -> Floats:
    """Return the rotation by `roll` about y, then `lean` about x, then `turn` about z; radians."""
    rolled = np.array([[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]])
    leant = np.array([[1, 0, 0], [0, np.cos(lean), -np.sin(lean)], [0, np.sin(lean), np.cos(lean)]])
    about = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    return np.asarray(about @ leant @ rolled, np.float32)


def placed(form: Form, at: tuple[float, float, float], rotation: Floats | None = None, scale: float = 1.0) -> Form:
    """Return a form scaled evenly, turned, then moved."""
    about = np.eye(3, dtype=np.float32) if rotation is None else rotation
    vertices = (form.vertices * scale) @ about.T + np.array(at, np.float32)
    normals = None if form.normals is None else (form.normals @ about.T).astype(np.float32)
    return Form(vertices.astype(np.float32), form.faces, normals, form.uv)


def blade(spine: Floats, widths: Floats, *, across: int = 5, cup: float = 0.15, side: Floats | None = None) -> Form:
    """Return a leaf along a spine (n, 3) with half-widths (n,); `cup` lifts its edges, `side` points to its right."""
    along = np.gradient(spine, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    right = np.array([1.0, 0, 0]) if side is None else side
    right = right - (along @ right)[:, None] * along
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
    up = np.cross(right, along)
    shares = np.linspace(-1, 1, across)[None, :, None]
    points = spine[:, None] + right[:, None] * shares * widths[:, None, None]
    points = points + up[:, None] * np.abs(shares) ** 1.5 * cup * widths[:, None, None]
    uv = np.stack(np.meshgrid(np.linspace(0, 1, across), np.linspace(0, 1, len(spine))), -1)
    return smoothed(grid(points.astype(np.float32), uv.astype(np.float32)))


def lump(size: tuple[float, float, float], bump: Callable[[Floats], Floats], rings: int = 48) -> Form:
    """Return an ellipsoid on z = 0 whose radius `bump` changes by direction (n, m, 3); uv are in units of length."""
    polar = np.linspace(1e-3, np.pi - 1e-3, rings)[:, None]
    turn = np.linspace(0, 2 * np.pi, rings * 2 + 1)[None]
    away = np.stack(
        [np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar) * np.ones_like(turn)], -1
    )
    points = away * bump(away.astype(np.float32))[..., None] * (np.array(size) / 2)
    points[..., 2] -= points[..., 2].min()
    uv = np.stack([points[..., 0] + 0.35 * points[..., 2], points[..., 1] + 0.75 * points[..., 2]], -1)
    form = grid(points[::-1].astype(np.float32), uv[::-1].astype(np.float32))
    return _closed(smoothed(form), rings, rings * 2 + 1)


def _closed(form: Form, rows: int, columns: int) -> Form:
    """Return a form of a closed tube whose seam is smooth."""
    if form.normals is None:
        return form
    normals = form.normals.reshape(rows, columns, 3).copy()
    seam = normals[:, 0] + normals[:, -1]
    seam /= np.maximum(np.linalg.norm(seam, axis=1, keepdims=True), 1e-9)
    normals[:, 0] = normals[:, -1] = seam
    return Form(form.vertices, form.faces, normals.reshape(-1, 3), form.uv)


def tube(spine: Floats, radii: Floats, sides: int = 10) -> Form:
    """Return a round tube along a spine (n, 3) with radii (n,)."""
    along = np.gradient(spine, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    helper = np.array([0.0, 1, 0]) if abs(along[:, 1]).max() < 0.9 else np.array([1.0, 0, 0])
    right = np.cross(along, helper)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
    up = np.cross(right, along)
    turn = np.linspace(0, 2 * np.pi, sides + 1)[None, :, None]
    points = spine[:, None] + radii[:, None, None] * (np.cos(turn) * right[:, None] + np.sin(turn) * up[:, None])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(spine, axis=0), axis=1))])
    uv = np.stack(np.meshgrid(np.linspace(0, 1, sides + 1) * 6.28 * float(radii.mean()), length), -1)
    return _closed(smoothed(grid(points.astype(np.float32), uv.astype(np.float32))), len(spine), sides + 1)


def scattered(rng: np.random.Generator, count: int, size: tuple[float, float], hole: float) -> Floats:
    """Return up to `count` places (n, 2) in an ellipse of a size, none of them within `hole` of the middle."""
    angle, share = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.uniform(0, 1, count))
    places = np.stack([np.cos(angle) * share * size[0] / 2, np.sin(angle) * share * size[1] / 2], -1)
    return np.asarray(places[np.hypot(places[:, 0], places[:, 1]) >= hole], np.float32)
