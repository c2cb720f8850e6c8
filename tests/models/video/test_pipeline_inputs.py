"""What a pipeline can film, and how it is called, is read from the pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from foundry.plan.clip import ClipOrder
from models.video.pipeline_inputs import ClipGrid, arguments_for, can_film, grid_of, pipeline_refusal
from tests.support.tiny_video import FAMILIES

ORDER = ClipOrder(
    name="n", tenant="aurelle", prompt="sea", negative_prompt="", first_frame=None, width_px=64, height_px=64,
    frames=9, frames_per_second=8, steps=2, model="m",
)  # fmt: skip
GRID = ClipGrid(16, 32, 4, 4)


@pytest.mark.parametrize(
    ("family", "grid"),
    [
        ("wan", ClipGrid(16, 16, 4, 4)),
        ("ltx", ClipGrid(32, 32, 8, 8)),
        ("cogvideox", ClipGrid(16, 16, 8, 4)),
        ("hunyuan", ClipGrid(16, 16, 4, 4)),
        ("hunyuan-image", ClipGrid(16, 16, 4, 4, 4)),
    ],
)
def test_what_a_family_can_film_is_read_from_its_pipeline(family: str, grid: ClipGrid) -> None:
    assert grid_of(FAMILIES[family]()) == grid


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, None),
        ({"frames": 1}, None),
        ({"width_px": 72}, "width 72 px; this model films multiples of 16: change the card's size to 64"),
        ({"width_px": 8}, "width 8 px; this model films multiples of 16: change the card's size to 16"),
        ({"height_px": 80}, "height 80 px; this model films multiples of 32: change the card's size to 64"),
        ({"frames": 11}, "11 frames; this model films 4 x k + 1: change the card's frames to 9"),
        ({"frames": 0}, "0 frames; this model films 4 x k + 1: change the card's frames to 1"),
        ({"frames_per_second": 0}, "0 frames per second; give the card its frames_per_second"),
    ],
)
def test_a_clip_off_the_grid_is_refused_with_the_nearest_that_fits(
    changes: dict[str, int], sentence: str | None
) -> None:
    assert GRID.refusal(replace(ORDER, **changes)) == sentence  # type: ignore[arg-type]


class Films:
    """A pipeline's face: what its call takes, and how its VAE compresses time and space."""

    vae_scale_factor_temporal, vae_scale_factor_spatial = 4, 8

    def __call__(self, prompt: str, num_frames: int, width: int, negative_prompt: str = "") -> None: ...

    def check_inputs(self, prompt: str, height: int, other: Any, extra: Any = None) -> None:
        if height > 64:
            raise ValueError("too\n  high")


class Draws:
    """A pipeline that makes pictures."""

    def __call__(self, prompt: str) -> None: ...


def test_a_pipeline_films_if_it_takes_a_number_of_frames() -> None:
    assert can_film(Films())
    assert not can_film(Draws())


def test_a_call_gets_only_what_its_signature_knows() -> None:
    asked = arguments_for(Films(), replace(ORDER, negative_prompt="clutter"), 3.0, None, 4)
    assert asked == {"prompt": "sea", "negative_prompt": "clutter", "width": 64, "num_frames": 13}
    assert "negative_prompt" not in arguments_for(Films(), ORDER, 3.0, None, 0)


def test_the_pipelines_own_objection_is_told_in_one_line() -> None:
    assert pipeline_refusal(Films(), ORDER) is None
    assert pipeline_refusal(Films(), replace(ORDER, height_px=96)) == "the pipeline refuses it: too high"
