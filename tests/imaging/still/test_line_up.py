"""Line-ups of products."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from PIL import Image

from imaging.still.line_up import draw_line_up


def plate(colour: tuple[int, int, int], size: tuple[int, int]) -> Image.Image:
    """Return a plain plate with a clear margin."""
    picture = Image.new("RGBA", (size[0] + 20, size[1] + 30))
    picture.paste((*colour, 255), (10, 10, 10 + size[0], 10 + size[1]))
    return picture


def test_products_stand_side_by_side_at_their_true_sizes() -> None:
    line_up = draw_line_up(
        [(plate((255, 0, 0), (100, 400)), Decimal(200)), (plate((0, 0, 255), (900, 900)), Decimal(50))]
    )

    pixels = np.asarray(line_up)
    red, blue = ((pixels[..., at] > 200) & (pixels[..., 3] > 250) for at in (0, 2))
    heights = [int(kind.any(axis=1).sum()) for kind in (red, blue)]
    assert abs(heights[0] / heights[1] - 4) < 0.02
    assert red[-1].any()
    assert blue[-1].any()
    assert np.nonzero(red.any(axis=0))[0].max() < np.nonzero(blue.any(axis=0))[0].min()
    assert (pixels[..., 3] > 0).any(axis=1).all()
