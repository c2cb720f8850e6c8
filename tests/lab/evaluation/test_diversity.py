"""Diversity is nothing for one picture and grows with difference."""

from __future__ import annotations

import numpy as np
import pytest

from lab.evaluation.diversity import diversity
from lab.evaluation.matched_render import matched_render
from lab.evaluation.prompts import prompt_set


def test_the_same_picture_has_no_diversity_and_unlike_ones_have_much() -> None:
    prompts = {prompt.scene: prompt for prompt in prompt_set().prompts}
    same, other = matched_render(prompts["podium"]), matched_render(prompts["bokeh"])
    assert diversity([same, same, same]) == pytest.approx(0, abs=1e-6)
    assert diversity([same]) == 0
    near = diversity([same, np.roll(same, 4, axis=1)])
    assert 0 < near < diversity([same, other])
