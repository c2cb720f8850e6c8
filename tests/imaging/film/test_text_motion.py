"""Moving text: slots come from inside the safe area, stand at their place, and are painted once when they stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.copy import Copy
from imaging.film.canvas import FrameCanvas, new_canvas, planes_of_srgb
from imaging.film.text_motion import SceneText, scene_text
from imaging.pixels.geometry import safe_box
from tests.support.film_parts import COPY, SIGNAL, a_moving_slot, a_static, a_take, an_entrance
from tests.support.small_films import SMALL

SHIFTS = st.floats(-30, 30, allow_subnormal=False)


def dark() -> FrameCanvas:
    canvas = new_canvas(SIGNAL, SMALL.size)
    canvas.fill(planes_of_srgb(SIGNAL, np.zeros((SMALL.size[1], SMALL.size[0], 3), np.uint8)))
    return canvas


def test_a_slot_is_invisible_then_comes_and_then_stands() -> None:
    slot = a_moving_slot()
    shown = [slot.progress(frame) for frame in range(12)]
    assert shown[:4] == [0, 0, 0, 0]
    assert shown[4:10] == sorted(shown[4:10])
    assert all(0 < share < 1 for share in shown[4:10])
    assert shown[10:] == [1, 1]
    assert [slot.offset(frame) for frame in (0, 10)] == [(0, 24), (0, 0)]


@given(frame=st.integers(0, 20), across=SHIFTS, down=SHIFTS)
def test_a_box_holds_the_slot_between_pixels(frame: int, across: float, down: float) -> None:
    slot = a_moving_slot(start_offset=(across, down))
    dx, dy = slot.offset(frame)
    box, placed = slot.box(frame), slot.slot.placed.box
    assert box.left <= placed.left + dx < placed.right + dx <= box.right
    assert box.top <= placed.top + dy < placed.bottom + dy <= box.bottom
    assert box.width <= placed.width + 1
    assert box.height <= placed.height + 1


def test_text_is_painted_where_it_is_and_never_before_it_comes() -> None:
    text, before = SceneText((a_moving_slot(),), SIGNAL, SMALL.size), dark().planes[0]
    canvas = dark()
    text.paint(canvas, 3)
    assert np.array_equal(canvas.planes[0], before)
    text.paint(canvas, 10)
    assert canvas.planes[0][140:160, 60:100].min() == 235
    assert (canvas.planes[0] > 16).sum() == 40 * 20
    moving = dark()
    text.paint(moving, 6)
    assert moving.planes[0][120:139].max() == 16
    assert 16 < moving.planes[0][150:158, 62:98].mean() < 235


def test_slots_that_stand_are_made_once() -> None:
    text = SceneText((a_moving_slot(), a_moving_slot(60, 180, start=8)), SIGNAL, SMALL.size)
    assert [text.is_at_rest(frame) for frame in (9, 10, 13, 14)] == [False, False, False, True]
    frames = []
    for frame in (14, 15):
        canvas = dark()
        text.paint(canvas, frame)
        frames.append(canvas.planes[0].copy())
    assert np.array_equal(*frames)
    assert len(text._standing) == 2


@settings(max_examples=12, deadline=None)
@given(
    motion=st.sampled_from(["rise", "slide", "fade"]),
    travel=st.integers(0, 900),
    locale=st.sampled_from(["en-US", "ar-EG"]),
)
def test_text_comes_from_inside_the_safe_area_however_far_its_cue_says(motion: str, travel: int, locale: str) -> None:
    take = a_take(0, 24, an_entrance("headline", "call_to_action", motion=motion, travel=travel))
    text = scene_text(take, a_static(locale=locale), COPY, locale, SIGNAL)
    assert len(text.slots) == 2
    safe = safe_box(SMALL)
    assert all(moving.box(frame).is_inside(safe) for moving in text.slots for frame in range(24))
    assert [moving.slot.placed for moving in text.slots] == list(text.placed_slots)


def test_slots_of_a_cue_follow_one_another_and_all_stand_by_the_scenes_end() -> None:
    cue = an_entrance("headline", "call_to_action", start=20, stagger=3, frames=12)
    text = scene_text(a_take(0, 24, cue), a_static(), COPY, "en-US", SIGNAL)
    assert [moving.start for moving in text.slots] == [20, 23]
    assert all(moving.start + moving.frames <= 24 for moving in text.slots)


@pytest.mark.parametrize("fields", [("headline",), ("call_to_action",)])
def test_only_the_copy_of_the_cues_is_shown(fields: tuple[str, ...]) -> None:
    text = scene_text(a_take(0, 24, an_entrance(*fields)), a_static(), COPY, "en-US", SIGNAL)
    assert [moving.slot.placed.field for moving in text.slots] == list(fields)
    nothing = scene_text(a_take(0, 24, an_entrance("legal")), a_static(), Copy(headline="Hi"), "en-US", SIGNAL)
    assert nothing.slots == ()
    assert nothing.is_at_rest(0)
