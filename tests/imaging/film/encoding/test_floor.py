"""The floor's likeness is SSIM, and its samples are spread over the film."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from imaging.film.encoding.floor import KEPT, BelowFloor, FloorJudge, brightness, likeness_of, tiles
from imaging.pixels.ssim import ssim
from tests.support.moving_pictures import a_spec, pan


@pytest.mark.parametrize("noise", [0, 5, 40])
def test_likeness_is_ssim(noise: int):
    random = np.random.default_rng(1)
    one = np.asarray(random.integers(60, 190, (40, 50)), np.uint8)
    other = np.clip(one + random.normal(0, 1, one.shape) * noise, 0, 255).astype(np.uint8)
    assert likeness_of([one], [other]) == pytest.approx(ssim(one[..., None], other[..., None]), abs=2e-4)


def test_samples_are_few_and_spread_over_the_whole_film():
    witness = FloorJudge(a_spec(most_bits_per_second=1_000_000))
    for frame in pan(a_spec(), 100):
        witness.observe(frame)
    kept = sorted(witness.kept)
    assert KEPT <= len(kept) < 2 * KEPT
    assert len({after - before for before, after in pairwise(kept)}) == 1
    assert kept[-1] >= 80


def test_a_film_without_a_limit_is_not_sampled():
    witness = FloorJudge(a_spec())
    for frame in pan(a_spec(), 5):
        witness.observe(frame)
    assert witness.kept == {}
    assert not witness.is_needed(10**9, 5)


@pytest.mark.parametrize("deep", [False, True])
def test_brightness_of_8_and_10_bits_agree(deep: bool):
    spec = a_spec("hevc", bits=10) if deep else a_spec()
    frame = next(pan(spec, 1))
    assert np.abs(brightness(frame).astype(int) - brightness(next(pan(a_spec(), 1)))).max() <= 1


def test_other_pictures_are_told_apart():
    spec = a_spec(most_bits_per_second=1_000_000)
    witness, frames = FloorJudge(spec), list(pan(spec, 20))
    for frame in frames:
        witness.observe(frame)
    assert witness.judge(frames) == pytest.approx(1)
    with pytest.raises(BelowFloor, match=r"the floor is 0\.9"):
        witness.judge(frames[5:])


def test_large_frames_are_judged_by_nine_tiles():
    spec = a_spec(width_px=640, height_px=480)
    assert [tile.shape for tile in tiles(next(pan(spec, 1)))] == [(160, 160)] * 9
