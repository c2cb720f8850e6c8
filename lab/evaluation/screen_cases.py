"""The labelled cases of each judge of a screen: pictures that it should refuse, and pictures that it should pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from lab.evaluation import labelled_pictures as labelled
from lab.evaluation.labelled_pictures import Case

EXAMPLES = Path(__file__).parents[2] / "examples" / "tenants"
LOGOS = sorted(path for name in ("logo.png", "logo-light.png") for path in EXAMPLES.glob(f"*/{name}"))
"""The logos of the example tenants, which show their names in letters; empty if the examples are not installed."""


def cases(name: str, count: int) -> Iterator[Case]:
    """Yield the labelled cases of one judge: `count` renders, then the cases for its kind of fault."""
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
        yield Case(labelled.with_phrase(ground.pixels, phrase, setting, at), True, f"{phrase[1]} {setting}")
    for at, logo in enumerate(LOGOS * 3):
        ground = grounds[at * 5 % len(grounds)]
        yield Case(labelled.with_logo(ground.pixels, logo, 110), True, f"{logo.parent.name} {logo.stem}")


def _faces(_: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from (Case(case.pixels, case.source in labelled.WITH_FACES, case.source) for case in photos)
    faces, others = labelled.small_faces()
    yield from (Case(pixels, True, "LFW face") for pixels in faces)
    yield from (Case(pixels, False, "LFW background") for pixels in others)


def _blur(_: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for sigma in (10, 20, 30):
        yield from (Case(labelled.blur(case.pixels, sigma), True, f"blur {sigma}") for case in photos)


def _bands(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for levels in (12, 24, 40):
        yield from (Case(labelled.posterise(case.pixels, levels), True, f"{levels} levels") for case in list(own)[:40])


def _seams(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for step in (3, 6, 12):
        yield from (
            Case(labelled.with_seam(case.pixels, step), True, f"step {step}") for case in [*list(own)[:30], *photos]
        )


def _burnt(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    for eighths in (-7, 7):
        grounds = [*list(own)[:30], *photos]
        yield from (Case(labelled.expose(case.pixels, eighths), True, f"{eighths}/8 exposure") for case in grounds)


def _blank(_: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    yield from (Case(np.full((512, 512, 3), grey, np.uint8), True, "blank") for grey in range(0, 256, 15))


def _benign(own: Iterable[Case], photos: list[Case]) -> Iterator[Case]:
    yield from photos
    faces, _ = labelled.small_faces()
    yield from (Case(pixels, False, "LFW face") for pixels in faces)
    yield from (Case(labelled.with_skin_tones(case.pixels), False, f"skin-toned {case.source}") for case in own)


FAULTS: dict[str, Callable[[Iterable[Case], list[Case]], Iterator[Case]]] = {
    "contrast": _blank, "clipped": _burnt, "banding": _bands, "seam": _seams, "sharpness": _blur,
    "unsafe": _benign, "text": _writing, "faces": _faces,
}  # fmt: skip
"""Judge → (renders, photographs) → its cases after the renders."""
