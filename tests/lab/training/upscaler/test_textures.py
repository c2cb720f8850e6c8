"""Textures are even planes whose grain follows their parameters."""

from __future__ import annotations

import numpy as np
import pytest

from lab.training.upscaler.textures import cloud, stripes, texture, tiles, weave


@pytest.mark.parametrize("draw", [weave, stripes, tiles, texture], ids=lambda draw: draw.__name__)
def test_a_texture_is_even_and_follows_from_its_random_numbers(draw: object) -> None:
    planes = [draw(64, np.random.default_rng(4)) for _ in range(2)]  # type: ignore[operator]
    assert np.array_equal(*planes)
    assert planes[0].shape == (64, 64)
    assert planes[0].dtype == np.float32
    assert abs(float(planes[0].mean())) < 0.2
    assert 0.5 < float(planes[0].std()) < 1.1
    assert np.abs(planes[0]).max() <= 3


def test_clouds_are_smoother_the_steeper_their_spectrum() -> None:
    rough, smooth = (np.abs(np.diff(cloud(64, np.random.default_rng(1), slope))).mean() for slope in (0.0, 2.0))
    assert rough > 4 * smooth


def test_tiles_have_joints_that_are_darker_than_bricks() -> None:
    plane = tiles(96, np.random.default_rng(2))
    joints = plane < plane.min() + 0.1
    assert 0.01 < joints.mean() < 0.6
