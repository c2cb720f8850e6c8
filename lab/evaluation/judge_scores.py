"""Scores of the judges of a screen on the labelled set: precision, recall and cost of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from foundry.plan.shot import ShotOrder
from lab.evaluation import labelled_pictures as labelled
from lab.evaluation.labelled_pictures import Case
from lab.evaluation.scaling import Picture, luma
from lab.evaluation.screen_cases import FAULTS, cases
from models.drawing import Drawn, DrawRequest
from models.screening import pixel_checks
from models.screening.alternatives import judge_duplicate
from models.screening.fingerprint import fingerprint
from models.screening.judged_drawing import JudgedDrawing
from models.screening.judges import NETWORK_JUDGES, PIXEL_JUDGES
from models.screening.protected_likeness import ProtectedFeatures, cosine_distance
from models.screening.screen import Screen
from models.screening.unsafe import read_content

Passes = Callable[[Picture], bool]
"""A judge at its limit: it returns True for a picture that passes."""


@dataclass(kw_only=True)
class Score:
    """Counts of the right and wrong refusals of a judge, of its refusals of the project's own renders, and its cost.

    `seconds` is CPU time for a picture of 512 x 512 px.
    """

    caught: int = 0
    missed: int = 0
    false_alarms: int = 0
    passed: int = 0
    own: int = 0
    own_refused: int = 0
    seconds: float = 0.0

    @property
    def precision(self) -> float | None:
        """The share of refused pictures that were faulty; None if nothing was refused."""
        refused = self.caught + self.false_alarms
        return self.caught / refused if refused else None

    @property
    def recall(self) -> float | None:
        """The share of faulty pictures that were refused; None if the set has none."""
        faulty = self.caught + self.missed
        return self.caught / faulty if faulty else None


@dataclass(frozen=True)
class JudgeScore:
    """The score of one judge at the limit of the card, and the sources of the pictures that it judged wrongly."""

    name: str
    limit: Decimal
    score: Score
    wrong: tuple[str, ...]


def score_judges(screen: Screen, count: int) -> Iterator[JudgeScore]:
    """Yield the score of every judge of the card that the set has cases for; the set has `count` renders."""
    for name, limit in screen.card.thresholds.items():
        if name in FAULTS:
            score, wrong = score_judge(name, screen, count)
        elif name in PAIRED:
            score, wrong = PAIRED[name](screen, count)
        else:
            continue
        yield JudgeScore(name, limit, score, tuple(wrong))


def as_drawn(pixels: Picture) -> Drawn:
    """Return a picture as the result of a model, for a brief that forbids people."""
    height, width = pixels.shape[:2]
    order = ShotOrder(
        name="n", plan="p", tenant="t", subject=0, scene=0, bucket="square", mirrored=False, alternative=1, prompt="",
        negative_prompt="people", palette=(), picture=None, width_px=width, height_px=height, steps=1,
    )  # fmt: skip
    return Drawn(DrawRequest(order, 0), pixels.astype(np.float32) / np.float32(255), "", ())


def judge_at_limit(name: str, screen: Screen) -> Passes:
    """Return the verdict of a judge at the limit of the card."""
    limit = screen.card.thresholds[name]
    if name in pixel_checks.THRESHOLDS:
        only = screen.card.model_copy(update={"thresholds": {name: limit}})
        return lambda pixels: all(check.passed for check in pixel_checks.check_pixels(as_drawn(pixels), only))
    judge = {**PIXEL_JUDGES, **NETWORK_JUDGES}[name]

    def passes(pixels: Picture) -> bool:
        check = judge(JudgedDrawing(as_drawn(pixels), screen.networks), limit)
        return check is None or check.passed

    return passes


def score_judge(name: str, screen: Screen, count: int) -> tuple[Score, list[str]]:
    """Return the score of a judge on its cases, and the sources of the pictures that it judged wrongly."""
    score, wrong, passes = Score(), [], judge_at_limit(name, screen)
    for at, case in enumerate(cases(name, count)):
        good = passes(case.pixels)
        _count(score, case.faulty, good, own=at < count)
        if good == case.faulty:
            wrong.append(case.source)
    score.seconds = _cost(passes)
    return score, wrong


def _count(score: Score, faulty: bool, good: bool, *, own: bool) -> None:
    score.caught += faulty and not good
    score.missed += faulty and good
    score.false_alarms += not faulty and not good
    score.passed += not faulty and good
    score.own += own
    score.own_refused += own and not good


def _cost(passes: Passes) -> float:
    pictures = [case.pixels for case in labelled.renders(40) if case.pixels.shape == (512, 512, 3)]
    passes(pictures[0])
    began = time.process_time()
    for pixels in pictures:
        passes(pixels)
    return (time.process_time() - began) / len(pictures)


def score_likeness(screen: Screen, count: int) -> tuple[Score, list[str]]:
    """Score the likeness judge with the photographs as protected pictures.

    It must refuse their edits, and pass renders and other photographs.
    """
    photos, judge, limit = labelled.photographs(), NETWORK_JUDGES["likeness"], screen.card.thresholds["likeness"]
    known = {
        name: ProtectedFeatures(name, read_content(pixels, screen.networks).features) for name, pixels in photos.items()
    }
    score, wrong = Score(), []

    def passes(pixels: Picture, against: Iterable[ProtectedFeatures]) -> bool:
        check = judge(JudgedDrawing(as_drawn(pixels), screen.networks, tuple(against)), limit)
        return check is None or check.passed

    for case in labelled.renders(count):
        _count(score, False, passes(case.pixels, known.values()), own=True)
    for name, pixels in photos.items():
        others = [reference for key, reference in known.items() if key != name]
        _count(score, False, passes(pixels, others), own=False)
        for edit, change in labelled.EDITS.items():
            good = passes(labelled.apply_edit(pixels, change), [known[name]])
            _count(score, True, good, own=False)
            wrong += [edit] if good else []
    score.seconds = _cost(lambda pixels: passes(pixels, known.values()))
    return score, wrong


def likeness_curve(screen: Screen, count: int) -> Iterator[str]:
    """Yield table rows of the likeness judge: limit, share of edits found, share of good pictures refused."""
    photos = labelled.photographs()
    known = {name: read_content(pixels, screen.networks).features for name, pixels in photos.items()}
    good = [read_content(case.pixels, screen.networks).features for case in labelled.renders(count)]
    near = [min(cosine_distance(one, other) for other in known.values()) for one in good]
    near += [min(cosine_distance(known[a], known[b]) for b in known if b != a) for a in known]
    edits = [
        cosine_distance(known[name], read_content(labelled.apply_edit(pixels, change), screen.networks).features)
        for name, pixels in photos.items()
        for change in labelled.EDITS.values()
    ]
    for limit in (0.05, 0.10, 0.15, 0.20, 0.25, 0.30):
        yield f"| {limit:.2f} | {np.mean(np.less(edits, limit)):.3f} | {np.mean(np.less(near, limit)):.3f} |"


def score_duplicate(screen: Screen, count: int) -> tuple[Score, list[str]]:
    """Score the duplicate judge: it must refuse slight edits of a picture, and pass another seed of the same scene."""
    limit, score, wrong = screen.card.thresholds["duplicate"], Score(), []

    def passes(first: Picture, second: Picture) -> bool:
        marks = {0: fingerprint(luma(first))}
        return judge_duplicate(luma(second), marks, limit).passed

    for first, second in labelled.other_seeds(count):
        _count(score, False, passes(first, second), own=True)
    for case in [*labelled.renders(count)[:40], *(Case(p, True, k) for k, p in labelled.photographs().items())]:
        for edit, change in labelled.SLIGHT.items():
            good = passes(case.pixels, labelled.apply_edit(case.pixels, change))
            _count(score, True, good, own=False)
            wrong += [edit] if good else []
    score.seconds = _cost(lambda pixels: passes(pixels, pixels))
    return score, wrong


PAIRED: dict[str, Callable[[Screen, int], tuple[Score, list[str]]]] = {
    "likeness": score_likeness,
    "duplicate": score_duplicate,
}
"""The judges that compare a picture with another one → the function that scores them."""
