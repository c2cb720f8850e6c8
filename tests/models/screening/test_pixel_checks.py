"""The checks without a network measure contrast, clipping, gradients and the palette."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from foundry.card.card import ModelCard
from models.registry import card
from models.screening.pixel_checks import check_pixels, clipped_share, mean_gradient, palette_distance
from tests.support.drawings import drawn


def only(**limits: str) -> ModelCard:
    thresholds = {name: Decimal(limit) for name, limit in limits.items()}
    return card("measured", "screen").model_copy(update={"thresholds": thresholds})


def test_black_and_white_count_as_clipped_and_one_full_channel_does_not() -> None:
    pixels = np.full((2, 2, 3), 0.5, np.float32)
    pixels[0, 0], pixels[0, 1], pixels[1, 0] = 0, 1, (1, 0, 0)
    assert clipped_share(pixels) == 0.5


def test_a_ramp_has_the_gradient_of_its_slope_and_a_flat_picture_none() -> None:
    ramp = np.tile(np.arange(8, dtype=np.float32) / 100, (8, 1))
    assert mean_gradient(ramp) == pytest.approx(0.01)
    assert mean_gradient(ramp.T) == pytest.approx(0.01)
    assert mean_gradient(np.full((8, 8), 0.3, np.float32)) == 0


def test_the_nearest_colour_of_the_palette_counts_and_lightness_does_not() -> None:
    grey = np.full((16, 16, 3), 0.2, np.float32)
    assert palette_distance(grey, ("#FF0000", "#FFFFFF")) < 0.5
    assert palette_distance(grey, ("#FF0000",)) > 90


def test_only_measures_with_a_threshold_are_recorded_and_the_palette_only_where_there_is_one() -> None:
    flat = np.full((32, 32, 3), 128, np.uint8)
    assert [check.name for check in check_pixels(drawn(flat), only(detail="0.1"))] == ["detail"]
    assert check_pixels(drawn(flat), only(palette="10")) == ()
    (check,) = check_pixels(drawn(flat, palette=("#FF0000",)), only(palette="10"))
    assert (check.name, check.passed) == ("on_palette", False)
