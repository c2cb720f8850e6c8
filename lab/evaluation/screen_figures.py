"""The figures of a screen: scores of its judges in, the figures of the evidence file and their marks out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from foundry.card.card import ModelCard
from lab.evaluation.judge_scores import JudgeScore
from lab.evaluation.marks import EvidenceModel, Mark

RENDERS = 144
PRECISION, RECALL, OWN_REFUSED = 0.95, 0.8, 0.01
NO_RECALL_DEMANDED = {
    "sharpness": "blur cannot be told from softness without knowing the scene",
    "unsafe": "the set has no such pictures",
}
"""Judges whose recall cannot be demanded on the labelled set, and the reason."""


class JudgeFigures(EvidenceModel):
    """The figures of one judge of a screen on the labelled set.

    `limit` is the card's threshold; `precision` and `recall` are None if nothing was refused or nothing was faulty;
    `own_refused` is the share of the project's own renders that the judge refuses; `milliseconds` is CPU time of one
    thread for a picture of 512 x 512 px; `wrong` maps the source of a picture → how often it was judged wrongly.
    """

    limit: str
    faulty: int
    good: int
    precision: float | None
    recall: float | None
    own_refused: float
    milliseconds: float
    wrong: dict[str, int]


class ScreenFigures(EvidenceModel):
    """Every figure of a screen; `not_measured` names the thresholds for which the labelled set has no cases."""

    renders: int
    judges: dict[str, JudgeFigures]
    not_measured: tuple[str, ...]
    recall_not_demanded: dict[str, str]


def screen_figures(card: ModelCard, renders: int, scores: Sequence[JudgeScore]) -> ScreenFigures:
    """Return the figures of a screen whose judges were scored on so many renders and the rest of the labelled set."""
    judges = {judge.name: _judge_figures(judge) for judge in scores}
    return ScreenFigures(
        renders=renders,
        judges=judges,
        not_measured=tuple(sorted(set(card.thresholds) - set(judges))),
        recall_not_demanded={name: reason for name, reason in NO_RECALL_DEMANDED.items() if name in judges},
    )


def _judge_figures(judge: JudgeScore) -> JudgeFigures:
    score = judge.score
    return JudgeFigures(
        limit=str(judge.limit),
        faulty=score.caught + score.missed,
        good=score.false_alarms + score.passed,
        precision=score.precision,
        recall=score.recall,
        own_refused=score.own_refused / score.own,
        milliseconds=round(1000 * score.seconds, 1),
        wrong=dict(Counter(judge.wrong)),
    )


def screen_marks(figures: ScreenFigures) -> list[Mark]:
    """Return the marks that a screen must meet; the worst judge decides each of them."""
    judges = figures.judges
    precision = [judge.precision for judge in judges.values() if judge.precision is not None]
    recall = [judge.recall or 0.0 for name, judge in judges.items() if name not in NO_RECALL_DEMANDED]
    own = max((judge.own_refused for judge in judges.values()), default=1.0)
    return [
        Mark("renders", figures.renders, RENDERS, least=True),
        Mark("lowest precision", round(min(precision, default=0.0), 3), PRECISION, least=True),
        Mark("lowest recall", round(min(recall, default=0.0), 3), RECALL, least=True),
        Mark("own renders refused, by one judge", round(own, 4), OWN_REFUSED, least=False),
    ]
