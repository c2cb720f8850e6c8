"""Checks of a finished film, measured on its file and on its text in every frame."""

from __future__ import annotations

from pathlib import Path

from foundry.channel.inspection import inspect
from foundry.channel.placement import Placement
from foundry.manifest import CheckRecord
from imaging.film.product_check import check_product_in_film
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.pixels.geometry import safe_box
from imaging.still.check import check_apart, check_contrast, check_record, file_checks, named_boxes
from imaging.still.product_sight import GivenProduct


def check_film(
    file: Path, film: StagedFilm, text: FilmText, given: GivenProduct | None = None
) -> tuple[CheckRecord, ...]:
    """Return every measurement with its limit; a film may be published only if all pass.

    The file is read back by `foundry.channel.inspection`, which shares no code with the encoders. `given` is the
    picture of its product, if there is one.
    """
    placement = film.scenes[0].static.placement
    product = check_product_in_film(file, film, text, given) if given else None
    slots = tuple(slot for scene in text.by_scene.values() for slot in scene.placed_slots)
    return (
        *file_checks(inspect(file, placement.name), placement),
        _safe_area_check(film, text, placement),
        check_apart(
            named_boxes(scene.placed_slots, film.scenes[at].static.logo) for at, scene in text.by_scene.items()
        ),
        check_contrast(slots),
        *((product,) if product else ()),
    )


def _safe_area_check(film: StagedFilm, text: FilmText, placement: Placement) -> CheckRecord:
    """Check that all text and subtitles stay inside the safe area in every frame."""
    safe = safe_box(placement)
    out = {
        moving.slot.placed.field
        for at, scene in text.by_scene.items()
        for moving in scene.slots
        for frame in range(moving.start, film.timeline.takes[at].stop)
        if not moving.box(frame).is_inside(safe)
    }
    out |= {"subtitles" for line in text.lines if not line.box.is_inside(safe)}
    return check_record("safe_area", not out, ", ".join(sorted(out)) or "all inside in every frame", "all inside")
