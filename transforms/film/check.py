"""What is true of a finished film, measured on its file and on its type in every frame."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from foundry.channel import Placement
from foundry.inspection import inspect
from foundry.manifest import CheckRecord
from transforms.film.painting import Film, Words
from transforms.rendering.check import file_checks, overlap, readable
from transforms.rendering.room import PixelBox, safe_box


def check_film(file: Path, film: Film, words: Words) -> tuple[CheckRecord, ...]:
    """Every measure with its limit; a film is published only if all pass.

    The file is read again by `foundry.inspection`, which knows nothing of how it was written.
    """
    placement = film.staged[0].static.placement
    slots = tuple(slot for letters in words.letters.values() for slot in letters.placed)
    return (
        *file_checks(inspect(file, placement.name), placement),
        _inside(film, words, placement),
        _apart(film, words),
        readable(slots),
    )


def _is(name: str, passed: bool, measured: str, limit: str) -> CheckRecord:
    return CheckRecord(name, bool(passed), measured, limit)


def _inside(film: Film, words: Words, placement: Placement) -> CheckRecord:
    safe = safe_box(placement)
    out = {
        moving.slot.placed.field
        for at, letters in words.letters.items()
        for moving in letters.slots
        for frame in range(moving.start, film.timeline.takes[at].stop)
        if not within(moving.box(frame), safe)
    }
    out |= {"subtitles" for line in words.lines if not within(line.box, safe)}
    return _is("safe_area", not out, ", ".join(sorted(out)) or "all inside in every frame", "all inside")


def within(box: PixelBox, safe: PixelBox) -> bool:
    """Whether a box lies inside another."""
    across = box.left >= safe.left and box.right <= safe.right
    return across and box.top >= safe.top and box.bottom <= safe.bottom


def _apart(film: Film, words: Words) -> CheckRecord:
    over = []
    for at, letters in words.letters.items():
        boxes = [(slot.field, slot.box) for slot in letters.placed]
        logo = film.staged[at].static.logo
        boxes += [("logo", logo)] if logo else []
        over += [f"{a} on {b}" for (a, x), (b, y) in combinations(boxes, 2) if overlap(x, y)]
    return _is("no_overlap", not over, ", ".join(over) or "none", "none")
