"""A network draws multiples of its step, and the wanted size is cut out of the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.diffusion.fitting import DrawingCanvas, canvas_for, size_step


@pytest.mark.parametrize(
    ("family", "step"), [("stable-diffusion", 8), ("flux", 16), ("qwen-image", 16), ("kandinsky", 64)]
)
def test_the_step_follows_from_the_latents_scale_and_the_denoisers_patch(
    pipeline_of: Callable[[str], Any], family: str, step: int
) -> None:
    assert size_step(pipeline_of(family)) == step


@settings(max_examples=50, deadline=None)
@given(width=st.integers(1, 200), height=st.integers(1, 200))
def test_the_canvas_is_the_smallest_that_holds_the_picture_in_its_middle(width: int, height: int) -> None:
    canvas = canvas_for(object(), width, height)  # without any of the parts that say so, the step is 8
    assert canvas.width % 8 == canvas.height % 8 == 0
    assert 0 <= canvas.width - width < 8
    assert 0 <= canvas.height - height < 8
    assert canvas.width - width - canvas.left - canvas.left in (0, 1)
    assert canvas.height - height - canvas.top - canvas.top in (0, 1)


@settings(max_examples=20, deadline=None)
@given(width=st.integers(1, 40), height=st.integers(1, 40), channels=st.sampled_from([None, 3]))
def test_a_padded_picture_is_cropped_to_itself(width: int, height: int, channels: int | None) -> None:
    canvas = canvas_for(object(), width, height)
    shape = (height, width) if channels is None else (height, width, channels)
    picture = np.random.default_rng(width * height).random(shape, np.float32)
    padded = canvas.pad(picture)
    assert padded.shape[:2] == (canvas.height, canvas.width)
    assert np.array_equal(canvas.crop(padded), picture)


def test_margins_repeat_the_edge_of_the_picture() -> None:
    padded = DrawingCanvas(width=4, height=3, left=1, top=1, wanted=(2, 1)).pad(np.array([[1, 2]], np.float32))
    assert padded.tolist() == [[1, 1, 2, 2]] * 3
