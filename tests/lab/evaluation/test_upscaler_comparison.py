"""Comparison of enlarged photographs with their originals."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lab.evaluation.photographs import photograph, reduce
from lab.evaluation.upscaler_comparison import EDGE, enlarger_of, fidelity, network_of, pillow, psnr, resample
from models.registry import card


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return photograph("coffee.png")[:232, :232]


def test_psnr_is_minus_ten_times_the_logarithm_of_the_squared_error() -> None:
    black = np.zeros((4, 4), np.float32)
    assert psnr(black, black + np.float32(0.1)) == pytest.approx(20, abs=1e-4)
    assert psnr(black, black + np.float32(0.01)) == pytest.approx(40, abs=1e-4)


def test_an_enlarged_picture_is_less_like_the_original_the_more_it_was_reduced(picture: np.ndarray) -> None:
    enlarge = pillow(Image.Resampling.LANCZOS)
    half = fidelity(enlarge(reduce(picture, 2, Image.Resampling.BOX), 2), picture)
    quarter = fidelity(enlarge(reduce(picture, 4, Image.Resampling.BOX), 4), picture)
    assert half.psnr > quarter.psnr > 15
    assert half.luma > quarter.luma
    assert 1 > half.ssim > quarter.ssim > 0
    assert 0 < half.distance < quarter.distance


def test_the_edges_are_not_measured(picture: np.ndarray) -> None:
    framed = picture.copy()
    framed[:EDGE] = framed[-EDGE:] = 0
    framed[:, :EDGE] = framed[:, -EDGE:] = 1
    noisy = picture + np.random.default_rng(0).normal(0, 0.02, picture.shape).astype(np.float32)
    framed_noisy = framed.copy()
    framed_noisy[EDGE:-EDGE, EDGE:-EDGE] = noisy[EDGE:-EDGE, EDGE:-EDGE]
    assert fidelity(framed_noisy, picture) == fidelity(noisy, picture)


def test_the_card_without_weights_is_lanczos_in_the_middle_of_the_picture(picture: np.ndarray) -> None:
    assert network_of(card("lanczos", "upscale")) is None
    small = reduce(picture, 4, Image.Resampling.BOX)
    enlarged = enlarger_of(None)(small, 4)
    assert enlarged.shape == picture.shape
    assert np.abs(enlarged - np.clip(pillow(Image.Resampling.LANCZOS)(small, 4), 0, 1)).max() < 1e-3
    assert resample(picture, 100, 50).shape == (50, 100, 3)
