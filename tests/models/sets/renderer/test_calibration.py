"""Under a set's light, wall, floor and accent look as the palette asks."""

from __future__ import annotations

import numpy as np
import pytest

from foundry.colour import lab_of_hex, lab_of_srgb
from foundry.sets.set_file import SetFile
from models.sets.renderer.tone import BRIGHTEST, encode, light_for
from tests.support.sets import PLAIN, an_ask, renderer


@pytest.mark.parametrize("floor", ["#C9BCAA", "#26364F", "#7FA387"])
def test_the_ground_shows_the_colour_that_was_asked_for(floor: str) -> None:
    shown = renderer().render(an_ask(floor=floor), {}).pixels
    ground = lab_of_srgb(shown[2:20].reshape(-1, 3)).mean(0)
    assert np.abs(ground - lab_of_hex(floor)).max() < 7


def test_warm_light_does_not_change_the_palette() -> None:
    warm = SetFile.model_validate({**PLAIN, "light": {"key": {"warmth_k": 3_000}}})
    shown = renderer().render(an_ask(warm), {}).pixels
    ground = lab_of_srgb(shown[2:20].reshape(-1, 3)).mean(0)
    assert np.abs(ground - lab_of_hex("#C9BCAA")).max() < 7


def test_the_curve_returns_what_a_surface_is_lit_to_and_white_keeps_its_shading() -> None:
    colours = np.array([[0.2, 0.5, 0.7], [0.95, 0.9, 0.9], [1.0, 1.0, 1.0]], np.float32)
    shown = encode(light_for(colours))
    assert np.abs(shown[0] - colours[0]).max() < 0.01
    assert float(shown[2].max()) < 0.97
    assert BRIGHTEST < 1
    assert float(encode(np.full((1, 3), 50.0, np.float32)).max()) <= 1
