"""What is true of a finished film, measured on its file and on its type in every frame."""

from __future__ import annotations

from pathlib import Path

from foundry.channel.inspection import inspect
from foundry.channel.placement import Placement
from foundry.manifest import CheckRecord
from imaging.film.staged_film import Film, Words
from imaging.pixels.geometry import safe_box
from imaging.still.check import apart, file_checks, named, readable, record


def check_film(file: Path, film: Film, words: Words) -> tuple[CheckRecord, ...]:
    """Every measure with its limit; a film is published only if all pass.

    The file is read again by `foundry.channel.inspection`, which knows nothing of how it was written.
    """
    placement = film.staged[0].static.placement
    slots = tuple(slot for letters in words.letters.values() for slot in letters.placed)
    return (
        *file_checks(inspect(file, placement.name), placement),
        _inside(film, words, placement),
        apart(named(letters.placed, film.staged[at].static.logo) for at, letters in words.letters.items()),
        readable(slots),
    )


def _inside(film: Film, words: Words, placement: Placement) -> CheckRecord:
    safe = safe_box(placement)
    out = {
        moving.slot.placed.field
        for at, letters in words.letters.items()
        for moving in letters.slots
        for frame in range(moving.start, film.timeline.takes[at].stop)
        if not moving.box(frame).inside(safe)
    }
    out |= {"subtitles" for line in words.lines if not line.box.inside(safe)}
    return record("safe_area", not out, ", ".join(sorted(out)) or "all inside in every frame", "all inside")
