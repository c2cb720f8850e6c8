"""Evaluation of a screen: precision, recall and cost of each of its judges on the labelled set."""

from __future__ import annotations

from pathlib import Path

from foundry.card.card import ModelCard
from lab.evaluation.evaluation_file import Evaluation, conclude
from lab.evaluation.gallery import Say
from lab.evaluation.judge_scores import score_judges
from lab.evaluation.plain_page import Table, write_plain_page
from lab.evaluation.screen_figures import RENDERS, JudgeFigures, ScreenFigures, screen_figures, screen_marks
from models.registry.evidence import evidence_folder
from models.screening.context import ScreenContext
from models.screening.screen import Screen

QUICK_RENDERS = 18


def evaluate_screen(
    card: ModelCard, made_on: str, registry: Path | None = None, *, quick: bool = False, say: Say = lambda _: None
) -> Evaluation:
    """Score every judge of the screen, and write evaluation.json and report.html.

    `quick` takes few renders, which is too few to pass.
    """
    screen, count, scores = Screen(card, ScreenContext()).load(), QUICK_RENDERS if quick else RENDERS, []
    for judge in score_judges(screen, count):
        say(f"{judge.name}: precision {_text(judge.score.precision)}, recall {_text(judge.score.recall)}")
        scores.append(judge)
    figures = screen_figures(card, count, scores)
    evaluation = conclude(card, made_on, figures, screen_marks(figures), {"renders": str(count)})
    folder = evidence_folder(card, registry)
    write_plain_page(folder, card, evaluation, screen_tables(figures), ())
    evaluation.write(folder)
    return evaluation


def screen_tables(figures: ScreenFigures) -> tuple[Table, Table]:
    """Return the tables of the page: the figures of each judge, and what is not demanded with the reason."""
    heads = ("Judge", "Limit", "Faulty", "Good", "Precision", "Recall", "Own refused", "ms", "Wrong on")
    rows = tuple(_row(name, judge) for name, judge in figures.judges.items())
    not_measured = tuple((name, "the set has no cases for it") for name in figures.not_measured)
    reasons = (*figures.recall_not_demanded.items(), *not_measured)
    return Table("Judges", heads, rows), Table("What is not demanded", ("Judge", "Why"), reasons)


def _row(name: str, judge: JudgeFigures) -> tuple[str, ...]:
    return (
        name,
        judge.limit,
        str(judge.faulty),
        str(judge.good),
        _text(judge.precision),
        _text(judge.recall),
        f"{judge.own_refused:.3f}",
        f"{judge.milliseconds:.1f}",
        ", ".join(f"{source} {times}" for source, times in judge.wrong.items()),
    )


def _text(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"
