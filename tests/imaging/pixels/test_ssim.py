"""Structural similarity: variants agree with an independent implementation, and with each other where they should."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from imaging.pixels.ssim import WeightedPlane, multi_scale_ssim, ssim, ssim_by_scikit_image, ssim_of_luma

Levels = NDArray[np.uint8]


def a_picture(seed: int, height: int = 96, width: int = 120) -> Levels:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return np.array(Image.fromarray(levels).filter(ImageFilter.GaussianBlur(2)))


def with_noise(picture: Levels, strength: int, seed: int = 9) -> Levels:
    noise = np.random.default_rng(seed).integers(-strength, strength + 1, picture.shape)
    return np.clip(picture.astype(int) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("strength", [0, 3, 20])
def test_the_papers_window_agrees_with_scikit_image(strength: int) -> None:
    metrics = pytest.importorskip("skimage.metrics")
    picture = a_picture(1)
    other = with_noise(picture, strength)
    wanted = metrics.structural_similarity(
        picture, other, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert ssim(picture, other) == pytest.approx(wanted, abs=1e-9)


def test_single_precision_differs_from_double_by_less_than_two_ten_thousandths() -> None:
    for seed in range(4):
        one = a_picture(seed)[..., 0]
        other = with_noise(one, 12, seed)
        assert ssim_of_luma(one, other) == pytest.approx(ssim(one[..., None], other[..., None]), abs=2e-4)


def test_scikit_images_figures_agree_with_the_papers_window_to_six_digits() -> None:
    pytest.importorskip("skimage.metrics")
    one = a_picture(5)[..., 0]
    other = with_noise(one, 12)
    found = ssim_by_scikit_image(one.astype(np.float32) / 255, other.astype(np.float32) / 255)
    assert found == pytest.approx(ssim(one[..., None], other[..., None]), abs=1e-5)


def test_every_variant_gives_one_for_the_same_picture_and_less_for_another() -> None:
    picture = a_picture(7)
    other = with_noise(picture, 25)
    luma, other_luma = (each[..., 0].astype(np.float32) for each in (picture, other))
    pairs = [
        (ssim(picture, picture), ssim(picture, other)),
        (ssim_of_luma(picture[..., 0], picture[..., 0]), ssim_of_luma(picture[..., 0], other[..., 0])),
        (WeightedPlane.of(luma).ssim(luma), WeightedPlane.of(luma).ssim(other_luma)),
        (multi_scale_ssim(luma / 255, luma / 255), multi_scale_ssim(luma / 255, other_luma / 255)),
    ]
    for same, less in pairs:
        assert same == pytest.approx(1, abs=1e-6)
        assert less < 0.995


def test_an_error_in_structure_weighs_more_than_the_same_error_on_a_plain_ground() -> None:
    plane = np.full((64, 64), 128, np.float32)
    plane[:, :32:4] = 20
    in_structure, on_ground = plane.copy(), plane.copy()
    in_structure[:, :32:4] += 30
    on_ground[:, 32::4] += 30
    reference = WeightedPlane.of(plane)
    own_weight = reference.weight[:, :28].mean() / reference.weight[:, 40:].mean()
    assert own_weight > 50
    assert reference.ssim(in_structure) < 1
    assert reference.ssim(on_ground) > 0.9


def test_a_plane_of_one_pixel_is_compared_by_its_level() -> None:
    dark, light = np.full((1, 1), 10, np.float32), np.full((1, 1), 200, np.float32)
    assert WeightedPlane.of(dark).ssim(dark) == pytest.approx(1)
    assert WeightedPlane.of(dark).ssim(light) == pytest.approx(0.1, abs=0.02)


def test_several_scales_see_structure_and_hardly_a_change_of_brightness() -> None:
    luma = a_picture(3, 128, 128)[..., 0].astype(np.float32) / 255
    brighter = np.clip(luma * 0.9 + 0.05, 0, 1).astype(np.float32)
    turned = np.ascontiguousarray(luma[::-1])
    assert multi_scale_ssim(luma, brighter) > 0.95 > 0.4 > multi_scale_ssim(luma, turned)
