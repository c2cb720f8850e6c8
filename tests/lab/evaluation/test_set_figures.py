"""The figures of set cards: a picture's colours beside those that were asked for, and what counts as passed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from foundry.sets.files import shipped_sets
from foundry.sets.set_file import Part, SetFile, Surface
from lab.evaluation.evaluate_sets import cases, tables
from lab.evaluation.palette import patch_distance
from lab.evaluation.set_figures import PALETTE_BOUND, set_figures
from lab.evaluation.set_study import SetCase, StudiedCase, roles_shown

NOTHING = np.zeros((1, 1, 3), np.float32)


def a_picture(patch_px: int) -> np.ndarray:
    """A cream picture of 200 × 200 with a red square in it."""
    picture = np.full((200, 200, 3), (0xF4, 0xEC, 0xDD), np.uint8)
    picture[:patch_px, :patch_px] = (0xC4, 0x20, 0x20)
    return picture


def studied(distance: float, product: float = 0.2, refused: str = "") -> StudiedCase:
    case = SetCase(shipped_sets()["podium"], ("#F4ECDD",) * 3, "left", 0, ("#111111",) * 3)
    found = {} if refused else {"wall": 1.0, "accent": distance}
    return StudiedCase(case, NOTHING, found, {"wall": 30.0}, product, 1.5, refused)


def test_a_small_thing_shows_its_colour_and_one_that_is_too_small_does_not() -> None:
    assert patch_distance(a_picture(40), "#C42020", 0.005) < 2
    assert patch_distance(a_picture(6), "#C42020", 0.005) > PALETTE_BOUND
    assert patch_distance(a_picture(0), "#F4ECDD", 0.05) < 1


def test_a_colour_in_falling_light_is_still_the_colour() -> None:
    dark = (a_picture(200).astype(np.float32) * 0.85).astype(np.uint8)
    assert patch_distance(dark, "#C42020", 0.05) < PALETTE_BOUND
    assert patch_distance(dark, "#20C420", 0.05) > PALETTE_BOUND


def test_the_roles_are_those_of_what_is_always_there() -> None:
    ball = Part(shape="ball", surface=Surface(material="plaster", colour="accent"), chance=Decimal("0.5"))
    fixed = ball.model_copy(update={"chance": Decimal(1)})
    bare = SetFile(id="bare", version=1, title="Bare")
    assert roles_shown(bare) == ("wall", "floor")
    assert roles_shown(bare.model_copy(update={"parts": (ball,)})) == ("wall", "floor")
    assert roles_shown(bare.model_copy(update={"parts": (ball, fixed)})) == ("wall", "floor", "accent")
    faded = Surface(material="plaster", colour="accent", haze=Decimal("0.4"))
    far = fixed.model_copy(update={"surface": faded})
    assert roles_shown(bare.model_copy(update={"parts": (far,)})) == ("wall", "floor")


def test_the_worst_of_a_set_counts_and_a_refusal_is_a_wrong_answer() -> None:
    figures = set_figures([studied(2.0), studied(9.0, product=1.4), studied(0, refused="too large")])
    assert (figures.pictures, figures.refused, figures.palette, figures.by_chance) == (3, 1, 0.6, 0.0)
    assert figures.product == pytest.approx(1.4)
    assert (figures.sets["podium"].accent, figures.sets["podium"].floor) == (9.0, None)
    (table,) = tables(figures)
    assert table.rows == (("podium", "1.00", "", "9.00", "1.40", "1"),)


def test_every_set_is_studied_in_three_palettes_under_two_lights() -> None:
    found = list(cases(shipped_sets()["podium"]))
    assert len({(case.colours, case.light) for case in found}) == 6
    assert all(case.others != case.colours for case in found)
