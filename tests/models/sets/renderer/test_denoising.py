"""Single bright pixels are held to what lies around them; edges and small lights stay."""

from __future__ import annotations

import numpy as np

from models.sets.renderer.denoising import without_fireflies


def test_a_single_bright_pixel_is_dimmed_and_a_bright_area_is_not() -> None:
    light = np.full((16, 16, 3), 0.4, np.float32)
    light[4, 4] = 90.0
    light[9:12, 9:12] = 6.0
    calm = without_fireflies(light)
    assert float(calm[4, 4].max()) < 1
    assert np.array_equal(calm[9:12, 9:12], light[9:12, 9:12])
    assert np.array_equal(calm[0], light[0])
