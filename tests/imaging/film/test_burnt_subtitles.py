"""Burnt-in subtitles: low in the safe area, clear of the copy, refused where there is no room."""

from __future__ import annotations

import pickle
from decimal import Decimal

import numpy as np
import pytest

from foundry.brief.brief import Spoken
from imaging.film.burnt_subtitles import BurnInTarget, BurntLine, SubtitleDoesNotFit, burn_in
from imaging.pixels.geometry import PixelBox, safe_box
from tests.support.briefs import a_tenant
from tests.support.film_parts import SIGNAL, a_take, a_timeline
from tests.support.small_films import SMALL

SAFE = safe_box(SMALL)
TIMELINE = a_timeline(a_take(0, 24), a_take(24, 48, enter="fade", entering=4))


def spoken(text: str = "Good morning.", start: str = "0.1", end: str = "0.9") -> Spoken:
    return Spoken(start=Decimal(start), end=Decimal(end), text=text)


def burnt(
    *lines: Spoken, locale: str = "en-US", taken: dict[int, tuple[PixelBox, ...]] | None = None
) -> list[BurntLine]:
    target = BurnInTarget(SMALL, locale, a_tenant().families, SIGNAL, TIMELINE)
    return list(burn_in(target, lines, taken or {}))


def test_a_line_is_low_in_the_safe_area_and_in_its_middle() -> None:
    (line,) = burnt(spoken())
    assert line.box.is_inside(SAFE)
    assert SAFE.bottom - line.box.bottom <= 2
    assert abs((line.box.left + line.box.right) / 2 - (SAFE.left + SAFE.right) / 2) <= 2
    assert line.sprite.box.overlaps(line.box)
    assert float(np.max(line.sprite.cover[0])) > 0.7


@pytest.mark.parametrize(
    ("start", "end", "frames"), [("0.1", "0.9", (2, 22)), ("0", "0.01", (0, 1)), ("1.5", "9", (36, 48))]
)
def test_seconds_become_whole_frames_inside_the_film(start: str, end: str, frames: tuple[int, int]) -> None:
    (line,) = burnt(spoken(start=start, end=end))
    assert (line.start, line.stop) == frames
    assert [line.is_shown(frame) for frame in (frames[0] - 1, frames[0], frames[1] - 1, frames[1])] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_line_stays_clear_of_the_copy_that_shows_meanwhile() -> None:
    copy = PixelBox(SAFE.left, SAFE.bottom - 60, SAFE.right, SAFE.bottom)
    (over,) = burnt(spoken(), taken={0: (copy,)})
    assert not over.box.overlaps(copy)
    assert over.box.bottom <= copy.top
    (later,) = burnt(spoken(start="1.3", end="1.9"), taken={0: (copy,)})
    assert later.box.overlaps(copy), "the first scene's copy is gone by then"
    (during,) = burnt(spoken(start="1.05", end="1.2"), taken={0: (copy,)})
    assert not during.box.overlaps(copy), "it still shows under the transition"


def test_a_long_line_takes_two_lines_before_it_takes_smaller_letters() -> None:
    (short,), (long,) = burnt(spoken("Good")), burnt(spoken("Good morning from all of us"))
    assert long.box.height > short.box.height
    assert long.box.is_inside(SAFE)


@pytest.mark.parametrize("locale", ["ar-EG", "ja-JP"])
def test_other_scripts_are_set_too(locale: str) -> None:
    text = {"ar-EG": "صباح الخير", "ja-JP": "おはようございます"}[locale]
    (line,) = burnt(spoken(text), locale=locale)
    assert line.box.is_inside(SAFE)


def test_a_line_without_room_is_refused_by_its_text_placement_and_locale() -> None:
    with pytest.raises(SubtitleDoesNotFit) as refused:
        burnt(spoken(), taken={0: (SAFE,)})
    assert str(refused.value).startswith("test/reel en-US: the subtitle 'Good morning.' finds no room")
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)
    with pytest.raises(SubtitleDoesNotFit, match=r"Good morning Good .*\.\.\.'"):
        burnt(spoken("Good morning " * 12))
