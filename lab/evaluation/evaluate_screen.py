"""Evaluates a screen's card: precision, recall and cost of each judge on the labelled set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from lab.evaluation.drawing_figures import Mark
from lab.evaluation.evidence import Evaluation, concluded, evidence_folder
from lab.evaluation.gallery import Say
from lab.evaluation.judge_scores import Judged, scores
from lab.evaluation.plain_page import Table, write_plain_page
from models.screening.context import ScreenContext
from models.screening.screen import Screen

RENDERS, QUICK_RENDERS = 144, 18
PRECISION, RECALL, OWN_REFUSED = 0.95, 0.8, 0.01
NO_RECALL_DEMANDED = {
    "sharpness": "blur cannot be told from softness without knowing the scene",
    "unsafe": "the set has no such pictures",
}
"""Judges whose recall the set cannot ask for, and why."""


def evaluate_screen(
    card: ModelCard, made_on: str, registry: Path | None = None, *, quick: bool = False, say: Say = lambda _: None
) -> Evaluation:
    """Measure, compare with the marks, write evaluation.json and report.html; `quick` takes few renders."""
    screen, count, found = Screen(card, ScreenContext()).load(), QUICK_RENDERS if quick else RENDERS, []
    for judged in scores(screen, count):
        say(f"{judged.name}: precision {_said(judged.score.precision)}, recall {_said(judged.score.recall)}")
        found.append(judged)
    figures = figures_of(card, count, found)
    made = concluded(card, made_on, figures, _marks(figures), {"renders": str(count)})
    folder = evidence_folder(card, registry)
    write_plain_page(folder, card, made, _tables(made), ())
    made.write(folder)
    return made


def figures_of(card: ModelCard, renders: int, found: Sequence[Judged]) -> dict[str, Any]:
    """Every figure, JSON-ready; milliseconds are CPU time of one thread per picture of 512 x 512 px."""
    judges = {
        judged.name: {
            "limit": str(judged.limit), "faulty": judged.score.caught + judged.score.missed,
            "good": judged.score.false_alarms + judged.score.passed,
            "precision": judged.score.precision, "recall": judged.score.recall,
            "own_refused": judged.score.own_refused / judged.score.own,
            "milliseconds": round(1000 * judged.score.seconds, 1), "wrong": dict(Counter(judged.wrong)),
        }
        for judged in found
    }  # fmt: skip
    return {
        "renders": renders, "judges": judges,
        "not_measured": sorted(set(card.thresholds) - set(judges)),
        "recall_not_demanded": {name: why for name, why in NO_RECALL_DEMANDED.items() if name in judges},
    }  # fmt: skip


def _marks(figures: dict[str, Any]) -> list[Mark]:
    judges = figures["judges"]
    precision = [one["precision"] for one in judges.values() if one["precision"] is not None]
    recall = [one["recall"] or 0.0 for name, one in judges.items() if name not in NO_RECALL_DEMANDED]
    own = max((one["own_refused"] for one in judges.values()), default=1.0)
    return [
        Mark("renders", figures["renders"], RENDERS, least=True),
        Mark("lowest precision", round(min(precision, default=0.0), 3), PRECISION, least=True),
        Mark("lowest recall", round(min(recall, default=0.0), 3), RECALL, least=True),
        Mark("own renders refused, by one judge", round(own, 4), OWN_REFUSED, least=False),
    ]


def _said(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"


def _tables(made: Evaluation) -> tuple[Table, ...]:
    heads = ("Judge", "Limit", "Faulty", "Good", "Precision", "Recall", "Own refused", "ms", "Wrong on")
    rows = tuple(
        (
            name, one["limit"], str(one["faulty"]), str(one["good"]), _said(one["precision"]), _said(one["recall"]),
            f"{one['own_refused']:.3f}", f"{one['milliseconds']:.1f}",
            ", ".join(f"{source} {times}" for source, times in one["wrong"].items()),
        )
        for name, one in made.figures["judges"].items()
    )  # fmt: skip
    said = tuple(made.figures["recall_not_demanded"].items())
    left = tuple((name, "the set has no cases for it") for name in made.figures["not_measured"])
    return Table("Judges", heads, rows), Table("What is not demanded", ("Judge", "Why"), (*said, *left))
