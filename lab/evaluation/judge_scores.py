"""How good the judges of a screen card are: precision, recall and cost of each, on the labelled set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from foundry.colour import BT709
from foundry.plan.shot import ShotOrder
from lab.evaluation import labelled_pictures as labelled
from lab.evaluation.labelled_pictures import Case, Picture
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

Verdict = Callable[[Picture], bool]


@dataclass
class Score:
    """How a judge did: counts of right and wrong refusals, and which of our own renders it refused."""

    caught: int = 0
    missed: int = 0
    false_alarms: int = 0
    passed: int = 0
    own: int = 0
    own_refused: int = 0
    seconds: float = 0.0

    @property
    def precision(self) -> float | None:
        """Share of the refused that were faulty; None where nothing was refused."""
        refused = self.caught + self.false_alarms
        return self.caught / refused if refused else None

    @property
    def recall(self) -> float | None:
        """Share of the faulty that were refused; None where the set has none."""
        faulty = self.caught + self.missed
        return self.caught / faulty if faulty else None


@dataclass(frozen=True)
class Judged:
    """One judge's score, and the sources of what it got wrong."""

    name: str
    limit: Decimal
    score: Score
    wrong: tuple[str, ...]


def scores(screen: Screen, count: int) -> Iterator[Judged]:
    """Every judge of the card that the set has cases for, on `count` renders and the rest of the set."""
    for name, limit in screen.card.thresholds.items():
        if name in FAULTS:
            score, wrong = measure(name, screen, count)
        elif name in PAIRED:
            score, wrong = PAIRED[name](screen, count)
        else:
            continue
        yield Judged(name, limit, score, tuple(wrong))


def drawn(pixels: Picture) -> Drawn:
    """A picture as a model would have drawn it, for a brief that forbids people."""
    height, width = pixels.shape[:2]
    order = ShotOrder(
        name="n",
        plan="p",
        tenant="t",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=1,
        prompt="",
        negative_prompt="people",
        palette=(),
        picture=None,
        width_px=width,
        height_px=height,
        steps=1,
    )
    return Drawn(DrawRequest(order, 0), pixels.astype(np.float32) / 255, "", ())


def verdict(name: str, screen: Screen) -> Verdict:
    """Whether a judge passes a picture, at the card's limit."""
    limit = screen.card.thresholds[name]
    if name in pixel_checks.THRESHOLDS:
        only = screen.card.model_copy(update={"thresholds": {name: limit}})
        return lambda pixels: all(check.passed for check in pixel_checks.check_pixels(drawn(pixels), only))
    judge = {**PIXEL_JUDGES, **NETWORK_JUDGES}[name]

    def passes(pixels: Picture) -> bool:
        check = judge(JudgedDrawing(drawn(pixels), screen.networks), limit)
        return check is None or check.passed

    return passes


def measure(name: str, screen: Screen, count: int) -> tuple[Score, list[str]]:
    """A judge on its cases; its score and the sources that it got wrong."""
    score, wrong, passes = Score(), [], verdict(name, screen)
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


def _cost(passes: Verdict) -> float:
    pictures = [case.pixels for case in labelled.renders(40) if case.pixels.shape == (512, 512, 3)]
    passes(pictures[0])
    began = time.process_time()
    for pixels in pictures:
        passes(pixels)
    return (time.process_time() - began) / len(pictures)


def likeness(screen: Screen, count: int) -> tuple[Score, list[str]]:
    """Photographs as the protected pictures: their edits must be refused, everything else pass."""
    photos, judge, limit = labelled.photographs(), NETWORK_JUDGES["likeness"], screen.card.thresholds["likeness"]
    known = {
        name: ProtectedFeatures(name, read_content(pixels, screen.networks).features) for name, pixels in photos.items()
    }
    score, wrong = Score(), []

    def passes(pixels: Picture, against: Iterable[ProtectedFeatures]) -> bool:
        check = judge(JudgedDrawing(drawn(pixels), screen.networks, tuple(against)), limit)
        return check is None or check.passed

    for case in labelled.renders(count):
        _count(score, False, passes(case.pixels, known.values()), own=True)
    for name, pixels in photos.items():
        others = [reference for key, reference in known.items() if key != name]
        _count(score, False, passes(pixels, others), own=False)
        for edit, change in labelled.EDITS.items():
            good = passes(labelled.edited(pixels, change), [known[name]])
            _count(score, True, good, own=False)
            wrong += [edit] if good else []
    score.seconds = _cost(lambda pixels: passes(pixels, known.values()))
    return score, wrong


def curve(screen: Screen, count: int) -> Iterator[str]:
    """Rows of the likeness judge's operating curve: limit, share of edits found, share of good pictures refused."""
    photos = labelled.photographs()
    known = {name: read_content(pixels, screen.networks).features for name, pixels in photos.items()}
    good = [read_content(case.pixels, screen.networks).features for case in labelled.renders(count)]
    near = [min(cosine_distance(one, other) for other in known.values()) for one in good]
    near += [min(cosine_distance(known[a], known[b]) for b in known if b != a) for a in known]
    edits = [
        cosine_distance(known[name], read_content(labelled.edited(pixels, change), screen.networks).features)
        for name, pixels in photos.items()
        for change in labelled.EDITS.values()
    ]
    for limit in (0.05, 0.10, 0.15, 0.20, 0.25, 0.30):
        yield f"| {limit:.2f} | {np.mean(np.less(edits, limit)):.3f} | {np.mean(np.less(near, limit)):.3f} |"


def duplicate(screen: Screen, count: int) -> tuple[Score, list[str]]:
    """Slight changes must be refused; another seed of the same scene must pass."""
    limit, score, wrong = screen.card.thresholds["duplicate"], Score(), []

    def passes(first: Picture, second: Picture) -> bool:
        marks = {0: fingerprint(first.astype(np.float32) / 255 @ BT709)}
        return judge_duplicate(second.astype(np.float32) / 255 @ BT709, marks, limit).passed

    for first, second in labelled.other_seeds(count):
        _count(score, False, passes(first, second), own=True)
    for case in [*labelled.renders(count)[:40], *(Case(p, True, k) for k, p in labelled.photographs().items())]:
        for edit, change in labelled.SLIGHT.items():
            good = passes(case.pixels, labelled.edited(case.pixels, change))
            _count(score, True, good, own=False)
            wrong += [edit] if good else []
    score.seconds = _cost(lambda pixels: passes(pixels, pixels))
    return score, wrong


PAIRED: dict[str, Callable[[Screen, int], tuple[Score, list[str]]]] = {"likeness": likeness, "duplicate": duplicate}
"""Judges that compare a picture with another."""
