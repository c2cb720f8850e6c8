"""Shares of what was spent on shots and clips: every file that shows one bears an equal part of it.

The parts are whole numbers and together exactly the whole (`foundry.spent.Spent.share`), since the files that show a
shot, or the showings of a clip, are numbered without gaps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from foundry.plan.clips import clip_card, is_of_one_shot, products_told_alike, scenes_filmed_alike
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.plan.variant import Variant
from foundry.spent import NOTHING_SPENT, Spent, add_spent

SpentOn = Callable[[str], Spent]
"""Tells what was spent for this campaign on the object with this record: nothing if another campaign had it made."""


def shown_records(variant: Variant) -> tuple[str, ...]:
    """Return the names of the records of all shots and clips that a file shows, each once."""
    clips = (clip.record for clip in variant.clips if clip)
    return tuple(dict.fromkeys((*(shot.record for shot in variant.shows), *clips)))


def share_of_shown(plan: Plan, variant: Variant, spent_on: SpentOn) -> Spent:
    """Return a file's shares of everything that it shows."""
    shares = list(_shares(plan, variant, spent_on))
    return shares[0] if len(shares) == 1 else add_spent(shares)


def _shares(plan: Plan, variant: Variant, spent_on: SpentOn) -> Iterator[Spent]:
    for shot in variant.shows:
        if (whole := spent_on(shot.record)) != NOTHING_SPENT:
            yield whole.share(plan.showing_index(shot, variant), plan.files_showing(shot))
    for shot, clip in zip(variant.scenes, variant.clips, strict=False):
        if clip and (whole := spent_on(clip.record)) != NOTHING_SPENT:
            yield whole.share(*clip_showing(plan, shot, variant))


def first_shown(plan: Plan, variant: Variant) -> Iterator[str]:
    """Yield the records of the shots and clips of which this file is the first of all that show them.

    So whoever walks all files of a plan, in parts and in any order, meets each shot and clip that is shown once.
    """
    for shot in variant.shows:
        if plan.showing_index(shot, variant) == 0:
            yield shot.record
    for shot, clip in zip(variant.scenes, variant.clips, strict=False):
        if clip and clip_showing(plan, shot, variant)[0] == 0:
            yield clip.record


def clip_showing(plan: Plan, shot: ShotOrder, film: Variant) -> tuple[int, int]:
    """Return the number, from 0, of a film's showing of this shot's clip, and how often films show that clip.

    A clip that is filmed from words alone is shown by the films of all products that its words leave out.
    """
    of_one_shot = is_of_one_shot(clip_card(plan, shot.scene))
    scenes = [shot.scene] if of_one_shot else scenes_filmed_alike(plan, shot.scene)
    products = plan.subjects[shot.subject].products if of_one_shot else products_told_alike(plan, shot.subject)
    number = of = 0
    for scene in scenes:
        for bucket, mirrored, locales in plan.sides:
            if bucket != shot.bucket or (of_one_shot and mirrored != shot.mirrored):
                continue
            films = [cell.placement.name for cell in plan.cells[bucket] if scene in plan.scenes_of(cell)]
            if (scene, mirrored) == (shot.scene, shot.mirrored):
                film_at = bisect_left(products, film.product) * len(films) + films.index(film.placement.name)
                number = of + film_at * len(locales) + locales.index(film.locale)
            of += len(products) * len(films) * len(locales)
    return number, of
