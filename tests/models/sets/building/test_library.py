"""The library of shapes and materials: finite, small, and the same at every call."""

from __future__ import annotations

import numpy as np
import pytest

from foundry.sets.files import shipped_sets
from models.sets.ask import Area, SetAsk
from models.sets.building import minerals, smooth, soft, solids, textiles, walls, woods
from models.sets.building.build import build

SHAPES = {**solids.SHAPES, **walls.SHAPES, **soft.SHAPES}
MATERIALS = {**minerals.MATERIALS, **woods.MATERIALS, **textiles.MATERIALS, **smooth.MATERIALS}
GREY = np.full(3, 0.4, np.float32)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_shape_is_finite_has_texture_coordinates_and_names_only_its_own_vertices(name: str) -> None:
    form = SHAPES[name]((1.2, 0.9, 0.7), {})
    assert np.isfinite(form.vertices).all()
    assert 0 < len(form.faces) < 1_500_000
    assert form.faces.max() < len(form.vertices)
    assert form.uv is not None
    assert form.uv.shape == (len(form.vertices), 2)
    if form.normals is not None:
        length = np.linalg.norm(form.normals, axis=-1)
        assert np.all((np.abs(length - 1) < 1e-3) | (length < 1e-6))


@pytest.mark.parametrize("name", ["ball", "block", "cylinder", "dome", "steps", "tiers", "column", "slab", "disc"])
def test_a_solid_stands_on_the_ground_and_is_as_large_as_was_asked(name: str) -> None:
    vertices = SHAPES[name]((1.2, 0.9, 0.7), {}).vertices
    assert vertices[:, 2].min() == pytest.approx(0, abs=0.02)
    assert vertices[:, 2].max() == pytest.approx(0.7, abs=0.02)


@pytest.mark.parametrize("name", sorted(MATERIALS))
def test_a_material_keeps_to_its_colour_and_to_numbers_that_a_surface_can_have(name: str) -> None:
    material = MATERIALS[name](GREY, 1.0, 3)
    assert np.isfinite(material.colour).all()
    assert 0 <= np.min(material.roughness) <= np.max(material.roughness) <= 1
    if material.kind == "principled":
        assert material.colour.max() <= 1


def test_a_material_is_the_same_at_every_call() -> None:
    one, again = MATERIALS["plaster"](GREY, 1.0, 3), MATERIALS["plaster"](GREY, 1.0, 3)
    assert np.array_equal(one.colour, again.colour)
    assert not np.array_equal(one.colour, MATERIALS["plaster"](GREY, 1.0, 4).colour)


@pytest.mark.parametrize("name", ["podium"])
def test_a_shipped_set_is_built_from_the_library_the_same_at_every_call(name: str) -> None:
    ask = SetAsk(
        set=shipped_sets()[name], wall="#F0CFC6", floor="#F4ECDD", accent="#C4633F", seed=1,
        stand=Area(left=0.3, top=0.4, right=0.7, bottom=0.85), width_px=64, height_px=64,
    )  # fmt: skip
    graph, again = build(ask), build(ask)
    assert graph.meshes
    assert {mesh.material for mesh in graph.meshes} <= set(graph.materials)
    for mesh, other in zip(graph.meshes, again.meshes, strict=True):
        assert np.isfinite(mesh.vertices).all()
        assert np.array_equal(mesh.vertices, other.vertices)
