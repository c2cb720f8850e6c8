"""The upscaler is nearer to photographs than resampling, and streams of rows change no byte."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from imaging.pixels import resample
from imaging.pixels.rows import Rows, gather
from lab.evaluation.photographs import photograph, reduce
from lab.evaluation.upscaler_comparison import psnr
from models.upscaling import tiles
from models.upscaling.enlarge import choose_passes, enlarge, enlarge_rows
from models.upscaling.learned_upscaler import LearnedUpscaler
from tests.models.upscaling.pictures import Pixels, large_photograph


def lanczos(small: Pixels, scale: int) -> Pixels:
    size = (small.shape[1] * scale, small.shape[0] * scale)
    planes = [
        Image.fromarray(np.ascontiguousarray(small[..., c])).resize(size, Image.Resampling.LANCZOS) for c in range(3)
    ]
    return np.clip(np.stack([np.asarray(plane) for plane in planes], axis=2), 0, 1)


@pytest.mark.parametrize(("scale", "gain"), [(2, 0.5), (4, 0.5)])
def test_it_is_nearer_to_a_photograph_than_lanczos(crisp: LearnedUpscaler, scale: int, gain: float) -> None:
    wanted = photograph("coffee.png")[60:252, 100:356]
    small = reduce(wanted, scale, Image.Resampling.BICUBIC)
    made = enlarge(small, crisp, 256, 192)
    assert psnr(made, wanted) > psnr(lanczos(small, scale), wanted) + gain


def test_strips_of_any_height_give_the_same_bytes(crisp: LearnedUpscaler) -> None:
    pixels = large_photograph()[:, :120]
    whole = enlarge(pixels, crisp, 305, 411)
    for height in (1, 7, 64):
        strips = iter([pixels[top : top + height] for top in range(0, len(pixels), height)])
        again = gather(enlarge_rows(Rows(120, len(pixels), 3, strips), crisp, 305, 411))
        assert again.shape == (411, 305, 3)
        assert np.array_equal(again, whole)


@pytest.mark.parametrize("count", [2, 5])
def test_the_number_of_cores_changes_no_byte(
    crisp: LearnedUpscaler, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    pixels = large_photograph()
    made = []
    for cores in (1, count):
        for module in (tiles, resample):
            monkeypatch.setattr(module, "cores", lambda cores=cores: cores)
        made.append(enlarge(pixels, crisp, 1_500, 421))
    assert np.array_equal(*made)


def test_passes_end_with_the_largest_scale_and_little_surplus() -> None:
    wanted = {1.1: (), 2: (2,), 4.2: (4,), 5: (2, 4), 10.9: (4, 4)}
    assert {ratio: choose_passes(ratio, (2, 4)) for ratio in wanted} == wanted
    assert choose_passes(10.9, (3,)) == (3, 3, 3)


def test_memory_does_not_grow_with_the_height(crisp: LearnedUpscaler) -> None:
    def peak(height: int) -> int:
        strips: Iterator[Pixels] = (np.full((32, 64, 3), 0.5, np.float32) for _ in range(height // 32))
        tracemalloc.start()
        for strip in enlarge_rows(Rows(64, height, 3, strips), crisp, 256, 4 * height).strips:
            assert strip.shape[1:] == (256, 3)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    low, high = peak(512), peak(2048)
    assert high < low * 1.1 + 100_000
    assert high < 256 * 4 * 2048 * 3 * 4 / 3


def test_a_target_of_another_aspect_shows_the_middle(crisp: LearnedUpscaler) -> None:
    pixels = np.zeros((40, 80, 3), np.float32)
    pixels[:, 20:60] = 0.6
    pixels[:, :12], pixels[:, 68:] = (1, 0, 0), (1, 0, 0)
    made = enlarge(pixels, crisp, 80, 80)
    assert made.shape == (80, 80, 3)
    assert np.abs(made[8:-8, 8:-8] - 0.6).max() < 0.05


def test_a_picture_of_the_asked_size_comes_back_as_it_is(crisp: LearnedUpscaler) -> None:
    pixels = large_photograph()[:30, :40]
    assert np.array_equal(enlarge(pixels, crisp, 40, 30), pixels)
