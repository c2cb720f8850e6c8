"""Renders that answer a prompt: the same for the same number, others for another, in the prompt's colours."""

from __future__ import annotations

import numpy as np

from lab.evaluation.calibration import calibration
from lab.evaluation.matched_render import EDGE_PX, matched_render
from lab.evaluation.palette import palette_distances
from lab.evaluation.prompts import prompt_set

PROMPT = next(prompt for prompt in prompt_set().prompts if prompt.scene == "podium")


def test_a_render_repeats_bit_for_bit() -> None:
    first = matched_render(PROMPT)
    assert first.shape == (EDGE_PX, EDGE_PX, 3)
    assert np.array_equal(first, matched_render(PROMPT))


def test_another_number_gives_another_picture_of_the_same_colours() -> None:
    assert not np.array_equal(matched_render(PROMPT, 0), matched_render(PROMPT, 1))
    for number in (0, 1):
        distances = palette_distances(matched_render(PROMPT, number), PROMPT.palette)
        assert calibration().shows_palette("podium", distances)


def test_a_palette_of_two_colours_uses_the_second_as_accent() -> None:
    two = PROMPT.model_copy(update={"palette": PROMPT.palette[:2]})
    three = PROMPT.model_copy(update={"palette": (*PROMPT.palette[:2], PROMPT.palette[1])})
    assert np.array_equal(matched_render(two), matched_render(three))
