"""Land, plants and props: whole, level where a product stands, and the same again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.sets.building import evenings, land, plants, props
from models.sets.building.form import Form, Shape

GROUNDS = ("sea", "pool", "dunes", "drifts", "billows")
SHAPES: dict[str, Shape] = {**land.SHAPES, **plants.SHAPES, **props.SHAPES, **evenings.SHAPES}
SIZE = (1.0, 0.9, 0.8)
FEW: dict[str, Any] = {"count": 12}


def _top_at_origin(form: Form) -> float:
    near = np.hypot(form.vertices[:, 0], form.vertices[:, 1]) < 0.25
    return float(np.abs(form.vertices[near, 2]).max())


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_shape_is_finite_and_its_faces_name_its_vertices(name: str) -> None:
    form = SHAPES[name](SIZE, FEW)
    assert np.isfinite(form.vertices).all()
    assert len(form.faces) > 0
    assert form.faces.max() < len(form.vertices)
    assert form.uv is not None
    assert form.uv.shape == (len(form.vertices), 2)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_the_normals_of_a_smooth_shape_have_length_one(name: str) -> None:
    form = SHAPES[name](SIZE, FEW)
    if form.normals is not None:
        lengths = np.linalg.norm(form.normals, axis=1)
        assert np.quantile(np.abs(lengths - 1), 0.99) < 1e-3


@pytest.mark.parametrize("name", GROUNDS)
def test_a_ground_is_level_where_the_product_stands(name: str) -> None:
    assert _top_at_origin(SHAPES[name](SIZE, {})) < 0.08


@pytest.mark.parametrize("name", ["sea", "dunes", "frond", "rock", "petals", "skyline"])
def test_a_shape_is_the_same_again_and_another_by_another_seed(name: str) -> None:
    first, again = SHAPES[name](SIZE, {**FEW, "seed": 3}), SHAPES[name](SIZE, {**FEW, "seed": 3})
    assert first.vertices.tobytes() == again.vertices.tobytes()
    assert first.vertices.tobytes() != SHAPES[name](SIZE, {**FEW, "seed": 4}).vertices.tobytes()


@pytest.mark.parametrize("name", ["sea", "pool"])
def test_water_moves_with_time(name: str) -> None:
    still, later = SHAPES[name](SIZE, {}), SHAPES[name](SIZE, {"time": 0.5})
    assert still.vertices.shape == later.vertices.shape
    assert float(np.abs(still.vertices - later.vertices).max()) > 1e-3


@pytest.mark.parametrize("name", ["pebble", "cairn", "fruit", "cup", "crate", "books", "candle"])
def test_a_prop_stands_on_the_ground_and_keeps_to_its_size(name: str) -> None:
    form = SHAPES[name](SIZE, {})
    low, high = form.vertices.min(0), form.vertices.max(0)
    assert abs(float(low[2])) < 0.3 * SIZE[2]
    assert (np.abs(high - low)[:2] < 1.45 * np.array(SIZE[:2])).all()
    assert float(high[2]) < 1.3 * SIZE[2]


def test_the_level_top_of_a_rock_carries_a_product() -> None:
    form = SHAPES["rock"]((1.6, 1.3, 0.3), {"seed": 7})
    near = np.hypot(form.vertices[:, 0], form.vertices[:, 1]) < 0.2
    tops = form.vertices[near & (form.vertices[:, 2] > 0.15), 2]
    assert float(tops.max()) == pytest.approx(0.3, abs=0.01)
    assert float(np.ptp(tops)) < 0.05


@pytest.mark.parametrize("name", ["petals", "pebbles", "fallen", "grass"])
def test_nothing_is_scattered_where_the_product_stands(name: str) -> None:
    form = SHAPES[name]((4, 4, 0), {"count": 40, "hole": 1.0})
    assert float(np.hypot(form.vertices[:, 0], form.vertices[:, 1]).min()) > 0.3
