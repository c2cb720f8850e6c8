"""Damage changes a picture, by its random numbers alone, and leaves its size to the judge."""

from __future__ import annotations

import numpy as np

from lab.evaluation.scene_judge import EDGE_PX
from lab.renders.scenes import render
from lab.training.scene_judge.damage import damage_picture
from tests.lab.renders.test_scenes import recipe


def test_damage_has_the_judges_size_repeats_and_varies() -> None:
    picture = render(recipe("podium"))
    made = [damage_picture(picture, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert made[0].shape == (EDGE_PX, EDGE_PX, 3)
    assert made[0].dtype == np.uint8
    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_a_flat_picture_stays_nearly_flat_but_for_noise_and_blocks() -> None:
    grey = np.full((150, 180, 3), 128, np.uint8)
    for seed in range(12):
        assert damage_picture(grey, np.random.default_rng(seed)).std() < 25
