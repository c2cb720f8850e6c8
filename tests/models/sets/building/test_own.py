"""A tenant's props and materials in a graph: scaled, placed, and before the library's."""

from __future__ import annotations

import numpy as np
import pytest

from foundry.sets.set_file import SetFile
from models.sets.building.build import build
from models.sets.building.own import OwnThings, Prop, fitted
from models.sets.graph import Floats, Material, Mesh
from tests.support.sets import an_ask

RED, GREEN = np.array([0.8, 0, 0], np.float32), np.array([0, 0.8, 0], np.float32)


def a_prop(width: float = 40.0, height: float = 80.0) -> Prop:
    """A tall box of two triangles a side, far from the origin, in another unit."""
    low, high = np.array([100, 100, 100.0]), np.array([100 + width, 100 + width, 100 + height])
    corners = np.array([[(low, high)[x][0], (low, high)[y][1], (low, high)[z][2]]
                        for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)  # fmt: skip
    faces = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [1, 3, 7], [1, 7, 5]], np.uint32)
    return ((Mesh(name="", vertices=corners, faces=faces, material=""), Material(colour=RED)),)


def a_set(**part: object) -> SetFile:
    said = {"shape": "vase", "at": [1, 0.5, 0], "size": [0.5, 0.5, 0.6], **part}
    return SetFile.model_validate({"id": "own", "version": 1, "title": "Own", "parts": [said], "wall": None})


def green(colour: Floats, scale: float, seed: int) -> Material:
    return Material(colour=GREEN, roughness=0.1)


def test_a_prop_keeps_its_shape_fits_into_its_size_and_stands() -> None:
    ((mesh, _),) = fitted(a_prop(), (0.5, 0.5, 0.6))
    assert mesh.vertices.min(axis=0) == pytest.approx([-0.15, -0.15, 0], abs=1e-5)
    assert mesh.vertices.max(axis=0) == pytest.approx([0.15, 0.15, 0.6], abs=1e-5)


def test_a_prop_has_its_own_materials_and_with_a_surface_that_one() -> None:
    own = OwnThings({"vase": a_prop()}, {"green": green})
    graph = build(an_ask(a_set(), room="left"), own)
    (mesh,) = [mesh for mesh in graph.meshes if mesh.name.startswith("parts.0")]
    assert (graph.materials[mesh.material].colour == RED).all()
    assert mesh.vertices[:, 0].mean() == pytest.approx(1.0, abs=1e-4)
    painted = build(an_ask(a_set(surface={"material": "green"}), room="left"), own)
    (mesh,) = [mesh for mesh in painted.meshes if mesh.name.startswith("parts.0")]
    assert (painted.materials[mesh.material].colour == GREEN).all()


def test_a_product_stands_on_a_prop_that_carries_it() -> None:
    own = OwnThings({"vase": a_prop(width=80, height=40)})
    there = {"at": [0, 0, 0], "size": [2, 2, 0.3], "carries": True}
    high, low = (build(an_ask(a_set(**{**there, "carries": carries})), own) for carries in (True, False))
    assert high.camera.focus[2] > low.camera.focus[2]


def test_an_own_material_goes_before_the_librarys() -> None:
    own = OwnThings({}, {"plaster": green})
    graph = build(an_ask(), own)
    assert (graph.materials["ground"].colour == GREEN).all()
    assert not (build(an_ask()).materials["ground"].colour == GREEN).all()
