"""Figures of a screen: counts by judge, what cannot be demanded, and marks that the worst judge decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lab.evaluation.evaluate_screen import screen_tables
from lab.evaluation.judge_scores import JudgeScore, Score
from lab.evaluation.screen_figures import RENDERS, JudgeFigures, ScreenFigures, screen_figures, screen_marks
from models.registry import card

MEASURED = card("measured", "screen")
GOOD = Score(caught=19, missed=1, false_alarms=0, passed=80, own=50, own_refused=0, seconds=0.00123)


def judge(name: str = "contrast", score: Score = GOOD, wrong: tuple[str, ...] = ()) -> JudgeScore:
    return JudgeScore(name, Decimal("0.012"), score, wrong)


def figures(*judges: JudgeScore, renders: int = RENDERS) -> ScreenFigures:
    return screen_figures(MEASURED, renders, judges or (judge(), judge("clipped")))


def marks(found: ScreenFigures) -> dict[str, tuple[float, bool]]:
    return {mark.name: (mark.value, mark.passed) for mark in screen_marks(found)}


def test_a_judge_is_told_by_its_counts_its_cost_and_its_mistakes() -> None:
    found = figures(judge(wrong=("blank", "moon", "blank"))).judges["contrast"]
    assert found == JudgeFigures(
        limit="0.012", faulty=20, good=80, precision=1.0, recall=0.95, own_refused=0.0, milliseconds=1.2,
        wrong={"blank": 2, "moon": 1},
    )  # fmt: skip


def test_thresholds_without_cases_are_named() -> None:
    assert figures().not_measured == ("detail", "palette")


def test_a_judge_whose_recall_the_set_cannot_ask_for_says_why() -> None:
    found = figures(judge(), judge("unsafe", Score(passed=100, own=50)))
    assert found.recall_not_demanded == {"unsafe": "the set has no such pictures"}
    assert marks(found)["lowest recall"] == (0.95, True)


def test_good_judges_on_all_renders_pass() -> None:
    assert {passed for _, passed in marks(figures()).values()} == {True}


def test_the_worst_judge_decides_each_mark() -> None:
    bad = Score(caught=5, missed=15, false_alarms=5, passed=75, own=50, own_refused=1)
    assert marks(figures(judge(), judge("clipped", bad))) == {
        "renders": (RENDERS, True),
        "lowest precision": (0.5, False),
        "lowest recall": (0.25, False),
        "own renders refused, by one judge": (0.02, False),
    }


def test_few_renders_miss_a_mark_and_a_screen_without_judges_passes_nothing() -> None:
    assert marks(figures(renders=18))["renders"] == (18, False)
    assert {passed for _, passed in marks(screen_figures(MEASURED, 18, ())).values()} == {False}


def test_a_judge_that_refused_nothing_has_no_precision_and_a_recall_of_zero_counts() -> None:
    blind = judge("clipped", Score(missed=10, passed=10, own=10))
    assert figures(blind).judges["clipped"].precision is None
    assert marks(figures(judge(), blind))["lowest precision"] == (1.0, True)
    assert marks(figures(judge(), blind))["lowest recall"] == (0.0, False)


@pytest.mark.parametrize(
    ("change", "cell", "text"),
    [
        ({"precision": None}, 4, "not measured"),
        ({"recall": 0.95}, 5, "0.950"),
        ({"own_refused": 0.0069}, 6, "0.007"),
        ({"wrong": {"moon": 1, "rocket": 3}}, 8, "moon 1, rocket 3"),
    ],
)
def test_the_table_of_judges_has_a_cell_for_each_figure(change: dict[str, Any], cell: int, text: str) -> None:
    found = figures(judge())
    changed = found.judges["contrast"].model_copy(update=change)
    judges, _ = screen_tables(found.model_copy(update={"judges": {"contrast": changed}}))
    assert len(judges.rows[0]) == len(judges.heads)
    assert judges.rows[0][cell] == text


def test_the_second_table_says_what_is_not_demanded_and_why() -> None:
    _, reasons = screen_tables(figures(judge(), judge("sharpness")))
    assert reasons.rows == (
        ("sharpness", "blur cannot be told from softness without knowing the scene"),
        ("clipped", "the set has no cases for it"),
        ("detail", "the set has no cases for it"),
        ("palette", "the set has no cases for it"),
    )
