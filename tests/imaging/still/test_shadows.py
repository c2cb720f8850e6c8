"""Shadows: dark at the foot, soft and pale with distance, away from the light, and within their region."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.still.shadows import blur, cast, contact

REGION = (240, 400)
AT = (160, 60)


def an_outline(width: int = 80, height: int = 120) -> NDArray[np.float32]:
    return np.ones((height, width), np.float32)


@pytest.mark.parametrize("side", [-1.0, 0.0, 1.0])
def test_light_is_lost_within_the_region_between_none_and_nearly_all(side: float) -> None:
    for lost in (contact(an_outline(), AT, REGION), cast(an_outline(), AT, REGION, side)):
        assert lost.shape == REGION
        assert lost.dtype == np.float32
        assert lost.min() >= 0
        assert 0.2 < lost.max() <= 0.93


def test_the_ground_is_darkest_under_the_foot() -> None:
    lost = contact(an_outline(), AT, REGION)
    row, column = np.unravel_index(int(lost.argmax()), lost.shape)
    assert abs(int(row) - 180) <= 12
    assert 160 <= column <= 240
    assert lost[180, 200] > 3 * lost[180, 330]
    assert lost[5].max() < 0.02


def test_contact_is_the_same_on_both_sides_of_an_even_product() -> None:
    lost = contact(an_outline(), AT, REGION)
    assert np.abs(lost[:, :200] - lost[:, 200:][:, ::-1]).max() < 0.06


@pytest.mark.parametrize(("side", "darker"), [(-1.0, "right"), (1.0, "left")])
def test_a_shadow_falls_away_from_the_light(side: float, darker: str) -> None:
    lost = cast(an_outline(), AT, REGION, side)
    left, right = float(lost[:, :150].sum()), float(lost[:, 250:].sum())
    assert (right > 2 * left) if darker == "right" else (left > 2 * right)


def test_light_from_the_side_throws_a_longer_shadow_than_light_from_the_front() -> None:
    reach = [np.count_nonzero(cast(an_outline(), AT, REGION, side).max(axis=1) > 0.05) for side in (0.0, 1.0)]
    assert reach[0] < reach[1]


def test_a_shadow_is_paler_with_distance() -> None:
    lost = cast(an_outline(), AT, REGION, -1.0)
    rows = lost[140:176].max(axis=1)
    assert rows[0] < rows[-1]


def test_a_product_at_the_regions_edge_has_a_shadow_that_is_cut_there() -> None:
    lost = contact(an_outline(), (-30, 60), REGION)
    assert lost.shape == REGION
    assert lost[175:185, :40].max() > 0.3


def test_a_product_without_cover_casts_no_shadow() -> None:
    empty = np.zeros((120, 80), np.float32)
    assert contact(empty, AT, REGION).max() == cast(empty, AT, REGION, 0.5).max() == 0


@pytest.mark.parametrize("shape", [(60, 90), (60, 90, 3)])
def test_blurring_keeps_shape_and_mean_and_softens_edges(shape: tuple[int, ...]) -> None:
    plane = np.zeros(shape, np.float32)
    plane[:, 45:] = 1
    soft = blur(plane, 6)
    assert soft.shape == shape
    assert soft.mean() == pytest.approx(plane.mean(), abs=0.02)
    assert np.abs(np.diff(soft, axis=1)).max() < 0.5
    assert np.abs(blur(plane, 0) - plane).max() < 1e-5
