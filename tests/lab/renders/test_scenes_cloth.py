"""Cloth and water are shaded by the slope of their surface."""

from __future__ import annotations

import numpy as np
import pytest

from lab.renders.scene_stage import build_stage
from lab.renders.scenes_cloth import fabric, slopes, water
from tests.lab.renders.test_scenes import recipe


def test_a_tilted_plane_has_its_slope_everywhere_edges_included() -> None:
    y, x = np.mgrid[:8, :10].astype(np.float32)
    across, down = slopes(0.3 * x - 0.2 * y, 1.0)
    assert np.allclose(across, 0.3, atol=1e-5)
    assert np.allclose(down, -0.2, atol=1e-5)


def test_slopes_are_steeper_where_pixels_are_smaller() -> None:
    height = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert np.allclose(slopes(height, 0.5)[0], 2 * slopes(height, 1.0)[0])


@pytest.mark.parametrize("scene", [fabric, water], ids=lambda scene: scene.__name__)
def test_light_is_finite_never_negative_and_takes_the_walls_colour(scene: object) -> None:
    bright, dark = (
        scene(build_stage(recipe("fabric", wall=wall)))[:12]  # type: ignore[operator]
        for wall in ("#F0E0D0", "#201810")
    )
    assert np.isfinite(bright).all()
    assert bright.min() >= 0
    assert bright.mean() > 3 * dark.mean()


def test_folds_lie_flatter_where_the_subject_stands() -> None:
    light = fabric(build_stage(recipe("fabric", floor="#8FA088", width_px=128, height_px=128)))[..., 1]
    relative = np.abs(np.diff(light, axis=1)) / light[:, 1:]
    assert relative[:40].mean() > 1.5 * relative[-40:].mean()
