"""Each family gets the card's guidance in its own terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.diffusion.guidance import Guidance, guidance_of


@pytest.mark.parametrize(
    ("family", "strength", "wanted"),
    [
        ("stable-diffusion", 5.0, Guidance({"guidance_scale": 5.0}, negatives=True)),
        ("stable-diffusion", 1.0, Guidance({"guidance_scale": 1.0}, negatives=False)),
        ("flux", 3.5, Guidance({"guidance_scale": 3.5}, negatives=False)),
        ("consistency", 8.0, Guidance({"guidance_scale": 8.0}, negatives=False, empty="")),
        ("qwen-image", 4.0, Guidance({"true_cfg_scale": 4.0}, negatives=True, empty=" ")),
        ("qwen-image", 1.0, Guidance({"true_cfg_scale": 1.0}, negatives=False, empty=" ")),
    ],
)
def test_a_second_pass_is_made_where_the_family_knows_one_and_the_guidance_asks_for_it(
    pipeline_of: Callable[[str], Any], family: str, strength: float, wanted: Guidance
) -> None:
    assert guidance_of(pipeline_of(family), strength) == wanted
