"""A tenant's own props and materials, as building takes them; `models.sets.renderer.own` reads them from files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from models.sets.building.form import Form, Size
from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material, Mesh

Prop = tuple[tuple[Mesh, Material], ...]
"""Meshes with their materials, in any place and of any size; z is up."""


@dataclass(frozen=True)
class OwnThings:
    """Props and makers of materials by the names that a set file calls them. They go before the library's."""

    props: Mapping[str, Prop] = field(default_factory=dict)
    materials: Mapping[str, Maker] = field(default_factory=dict)


NOTHING_OWN = OwnThings()


def fitted(prop: Prop, size: Size) -> Prop:
    """Return a prop that stands on z = 0 around the origin and is as large as fits in `size`; its shape is kept."""
    points = np.concatenate([mesh.vertices for mesh, _ in prop])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = float(np.min(np.asarray(size, np.float32) / np.maximum(high - low, 1e-6)))
    foot = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]], np.float32)
    return tuple((_moved(mesh, (mesh.vertices - foot) * scale), material) for mesh, material in prop)


def placed(prop: Prop, to: tuple[float, float, float], turn_deg: float) -> Prop:
    """Return a prop turned around the upright axis, counter-clockwise from above, and moved."""
    turn = math.radians(turn_deg)
    about = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]], np.float32)
    return tuple(
        (_moved(mesh, mesh.vertices @ about.T + np.array(to, np.float32), about), material) for mesh, material in prop
    )


def _moved(mesh: Mesh, vertices: Floats, about: Floats | None = None) -> Mesh:
    normals = mesh.normals if about is None or mesh.normals is None else (mesh.normals @ about.T).astype(np.float32)
    return Mesh(
        name=mesh.name, vertices=vertices.astype(np.float32), faces=mesh.faces, material=mesh.material, normals=normals,
        uv=mesh.uv,
    )  # fmt: skip


def forms_of(thing: Form | Prop) -> tuple[Form, ...]:
    """Return a form, or a prop's meshes as forms, without their materials."""
    if isinstance(thing, Form):
        return (thing,)
    return tuple(Form(mesh.vertices, mesh.faces, mesh.normals, mesh.uv) for mesh, _ in thing)
