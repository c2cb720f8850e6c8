"""Sharpness falls with blur and with enlargement."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from lab.evaluation.matched_render import matched_render
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scaling import with_short_edge
from lab.evaluation.sharpness import sharpness


def test_blurs_are_ordered_and_an_enlarged_drawing_is_softer() -> None:
    picture = matched_render(next(prompt for prompt in prompt_set().prompts if prompt.scene == "terrazzo"))
    kept = [
        sharpness(np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius))))
        for radius in (0, 1, 2, 4)
    ]
    assert kept == sorted(kept, reverse=True)
    assert kept[3] < 0.75 * kept[0]
    small = with_short_edge(picture, 96)
    assert sharpness(small) < kept[0]
