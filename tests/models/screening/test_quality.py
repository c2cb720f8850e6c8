"""Bands, seams and blur are measured, and regular content is not taken for them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from foundry.colour import BT709
from models.screening import quality
from tests.support.drawings import scene


def test_contours_of_a_gradient_with_few_levels_count_and_a_smooth_one_has_none() -> None:
    ramp = np.tile(np.linspace(0.2, 0.8, 256, dtype=np.float32), (256, 1))
    coarse = np.rint(ramp * 20) / 20
    assert quality.banding(coarse) == 1.0
    assert quality.banding(coarse.T) == 1.0
    assert quality.banding(ramp) == 0.0
    assert quality.banding(np.rint(ramp * 3) / 3) == 0.0  # steps of 85 levels are edges


def test_a_picture_too_narrow_for_a_contour_has_none() -> None:
    assert quality.banding(np.zeros((6, 6), np.float32)) == 0.0


def test_a_torn_picture_has_a_seam_of_the_steps_height() -> None:
    luma = scene().astype(np.float32) / 255 @ BT709
    torn = luma.copy()
    torn[:, 100:] += 8 / 255
    assert quality.seam(torn) == pytest.approx(8, abs=2)
    assert quality.seam(luma) < 2


def test_regular_stripes_and_a_level_edge_are_no_seam() -> None:
    stripes = np.tile(np.where(np.arange(256) % 8 < 4, 0.3, 0.7), (64, 1))
    assert quality.seam(stripes) == 0
    horizon = np.repeat(np.where(np.arange(64) < 30, 0.2, 0.8)[:, None], 64, axis=1)
    assert quality.seam(horizon) == 0


def test_a_hard_edge_is_sharp_a_blurred_one_is_not_and_a_flat_picture_cannot_be_blurred() -> None:
    hard = np.zeros((256, 256), np.float32)
    hard[:, 100:] = 0.8
    soft = np.asarray(Image.fromarray(np.uint8(hard * 255)).filter(ImageFilter.GaussianBlur(6)), np.float32) / 255
    assert quality.sharpness(hard) == 1.0
    assert quality.sharpness(soft) < 0.25
    assert quality.sharpness(np.full((256, 256), 0.5, np.float32)) == 1.0
