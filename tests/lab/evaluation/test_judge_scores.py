"""Scores of judges: what is caught, missed or wrongly refused, on the labelled cases of each judge."""

from __future__ import annotations

import numpy as np
import pytest

from lab.evaluation import screen_cases
from lab.evaluation.judge_scores import PAIRED, Score, as_drawn, judge_at_limit
from lab.evaluation.screen_cases import FAULTS
from models.registry import card
from models.screening.context import ScreenContext
from models.screening.screen import Screen

MEASURED = Screen(card("measured", "screen"), ScreenContext())


def test_a_score_without_cases_says_so_instead_of_dividing_by_zero() -> None:
    assert Score(passed=3).precision is None
    assert Score(passed=3).recall is None
    assert Score(caught=1, missed=1, false_alarms=3).precision == 0.25
    assert Score(caught=1, missed=1, false_alarms=3).recall == 0.5


def test_a_verdict_is_of_one_judge_alone() -> None:
    white = np.full((64, 64, 3), 255, np.uint8)
    half = white.copy()
    half[:, 32:] = 0
    assert not judge_at_limit("contrast", MEASURED)(white)
    assert judge_at_limit("contrast", MEASURED)(half)
    assert not judge_at_limit("clipped", MEASURED)(half)


def test_a_picture_is_judged_as_a_drawing_of_a_brief_without_people() -> None:
    drawn = as_drawn(np.full((6, 8, 3), 51, np.uint8))
    order = drawn.request.order
    assert (order.width_px, order.height_px, order.negative_prompt) == (8, 6, "people")
    assert drawn.pixels.max() == pytest.approx(0.2)


def test_every_judge_of_the_shipped_screens_has_cases_or_is_named_as_not_measured() -> None:
    known = {*FAULTS, *PAIRED}
    without = {name for screen in ("measured", "guardian") for name in card(screen, "screen").thresholds} - known
    assert without == {"detail", "palette"}


def test_blank_pictures_are_the_faults_of_the_contrast_judge() -> None:
    cases = list(screen_cases.cases("contrast", 2))
    faulty = [case for case in cases if case.faulty]
    assert {case.source for case in faulty} == {"blank"}
    assert all(len(np.unique(case.pixels)) == 1 for case in faulty)
    assert [case.faulty for case in cases[:2]] == [False, False]
