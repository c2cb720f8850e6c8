"""Precision, recall and cost of every judge of a screen card, on the labelled set.

python -m benchmarks.screening [--renders 180] [--card guardian]

Milliseconds are CPU time of one thread per picture of 512 x 512 px.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import labelled
from benchmarks.labelled import Case, Picture
from foundry.shot import ShotOrder
from models import measured_screen
from models.drawing import Drawn, DrawRequest
from models.registry import card
from models.screening import alternatives, unsafe
from models.screening.context import ScreenContext
from models.screening.fingerprint import fingerprint
from models.screening.likeness import Reference, distance
from models.screening.look import BT709, Look
from models.screening.screen import CHEAP, DEAR, Screen

LOGOS = [
    Path(f"examples/tenants/{tenant}/logo{kind}.png") for tenant in ("aurelle", "northpeak") for kind in ("", "-light")
]
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

    def line(self, name: str, limit: object) -> str:
        """A row of the table."""
        faulty, good = self.caught + self.missed, self.false_alarms + self.passed
        precision = f"{self.caught / (self.caught + self.false_alarms):.3f}" if self.caught else "none refused"
        recall = f"{self.caught / faulty:.3f}" if faulty else "not measured"
        own = f"{self.own_refused} of {self.own}"
        cost = f"{1000 * self.seconds:.1f}"
        return f"| {name} | {faulty} | {good} | {precision} | {recall} | {own} | {limit} | {cost} |"


def drawn(pixels: Picture) -> Drawn:
    """A picture as a model would have drawn it, for a brief that forbids people."""
    height, width = pixels.shape[:2]
    order = ShotOrder("n", "p", "t", 0, 0, "square", False, 1, "", "people", (), None, width, height, 1)
    return Drawn(DrawRequest(order, 0), pixels.astype(np.float32) / 255, "", ())


def cases(name: str, count: int) -> Iterator[Case]:
    """The labelled cases of one judge."""
    own, photos = labelled.renders(count), labelled.photographs()
    plain = [Case(pixels, False, key) for key, pixels in photos.items()]
    yield from own
    yield from FAULTS[name](own, plain)


def _writing(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from (Case(case.pixels, case.source in labelled.WITH_WRITING, case.source) for case in photos)
    grounds = [*list(own)[:60], *(case for case in photos if case.source not in labelled.WITH_WRITING)]
    settings = [(phrase, setting) for phrase in labelled.PHRASES for setting in labelled.SETTINGS]
    for at, (phrase, setting) in enumerate(settings * 2):
        ground = grounds[at * 7 % len(grounds)]
        yield Case(labelled.written(ground.pixels, phrase, setting, at), True, f"{phrase[1]} {setting}")
    for at, logo in enumerate(LOGOS * 3):
        yield Case(labelled.with_logo(grounds[at * 5].pixels, logo, 110), True, f"logo {logo}")


def _faces(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from (Case(case.pixels, case.source in labelled.WITH_FACES, case.source) for case in photos)
    faces, others = labelled.small_faces()
    yield from (Case(pixels, True, "LFW face") for pixels in faces)
    yield from (Case(pixels, False, "LFW background") for pixels in others)


def _blur(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for sigma in (10, 20, 30):
        yield from (Case(labelled.blurred(case.pixels, sigma), True, f"blur {sigma}") for case in photos)


def _bands(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for levels in (12, 24, 40):
        yield from (Case(labelled.banded(case.pixels, levels), True, f"{levels} levels") for case in list(own)[:40])


def _seams(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for step in (3, 6, 12):
        yield from (
            Case(labelled.tiled(case.pixels, step), True, f"step {step}") for case in [*list(own)[:30], *photos]
        )


def _burnt(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for eighths in (-7, 7):
        grounds = [*list(own)[:30], *photos]
        yield from (Case(labelled.exposed(case.pixels, eighths), True, f"{eighths}/8 exposure") for case in grounds)


def _blank(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    yield from (Case(np.full((512, 512, 3), grey, np.uint8), True, "blank") for grey in range(0, 256, 15))


def _benign(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    faces, _ = labelled.small_faces()
    yield from (Case(pixels, False, "LFW face") for pixels in faces)
    yield from (Case(labelled.skin_toned(case.pixels), False, f"skin-toned {case.source}") for case in own)


FAULTS: dict[str, Callable[[Iterable[Case], list[Case]], Iterator[Case]]] = {
    "contrast": _blank, "clipped": _burnt, "banding": _bands, "seam": _seams, "sharpness": _blur,
    "unsafe": _benign, "text": _writing, "faces": _faces,
}  # fmt: skip


def verdict(name: str, screen: Screen) -> Verdict:
    """Whether a judge passes a picture, at the card's limit."""
    limit = screen.card.thresholds[name]
    if name in measured_screen.THRESHOLDS:
        only = screen.card.model_copy(update={"thresholds": {name: limit}})
        return lambda pixels: all(check.passed for check in measured_screen.judge(drawn(pixels), only))
    judge = {**CHEAP, **DEAR}[name]

    def passes(pixels: Picture) -> bool:
        check = judge(Look(drawn(pixels), screen.networks), limit)
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
    photos, judge, limit = labelled.photographs(), DEAR["likeness"], screen.card.thresholds["likeness"]
    known = {name: Reference(name, unsafe.read(pixels, screen.networks).features) for name, pixels in photos.items()}
    score, wrong = Score(), []

    def passes(pixels: Picture, against: Iterable[Reference]) -> bool:
        check = judge(Look(drawn(pixels), screen.networks, tuple(against)), limit)
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
    known = {name: unsafe.read(pixels, screen.networks).features for name, pixels in photos.items()}
    good = [unsafe.read(case.pixels, screen.networks).features for case in labelled.renders(count)]
    near = [min(distance(one, other) for other in known.values()) for one in good]
    near += [min(distance(known[a], known[b]) for b in known if b != a) for a in known]
    edits = [
        distance(known[name], unsafe.read(labelled.edited(pixels, change), screen.networks).features)
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
        return alternatives.judge(second.astype(np.float32) / 255 @ BT709, marks, limit).passed

    for first, second in labelled.other_seeds(count):
        _count(score, False, passes(first, second), own=True)
    for case in [*labelled.renders(count)[:40], *(Case(p, True, k) for k, p in labelled.photographs().items())]:
        for edit, change in labelled.SLIGHT.items():
            good = passes(case.pixels, labelled.edited(case.pixels, change))
            _count(score, True, good, own=False)
            wrong += [edit] if good else []
    score.seconds = _cost(lambda pixels: passes(pixels, pixels))
    return score, wrong


def main(arguments: list[str] | None = None) -> None:
    """Print the table, and below it what each judge got wrong, by source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renders", type=int, default=180)
    parser.add_argument("--card", default="guardian@1")
    asked = parser.parse_args(arguments)
    screen = Screen(card(asked.card, "screen"), ScreenContext()).load()
    print("| judge | faulty | good | precision | recall | own renders refused | limit | ms |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    mistakes = {}
    for name, limit in screen.card.thresholds.items():
        if name in FAULTS:
            score, mistakes[name] = measure(name, screen, asked.renders)
        elif name in ("likeness", "duplicate"):
            score, mistakes[name] = (likeness if name == "likeness" else duplicate)(screen, asked.renders)
        else:
            continue
        print(score.line(name, limit), flush=True)
    if "likeness" in mistakes:
        print("\n| likeness limit | edits found | good refused |\n| --- | --- | --- |")
        print("\n".join(curve(screen, asked.renders)), end="\n\n")
    for name, wrong in mistakes.items():
        print(f"{name}: wrong on {dict(sorted((source, wrong.count(source)) for source in set(wrong)))}")


if __name__ == "__main__":
    main()
