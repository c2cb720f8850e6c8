"""Figures of a card that films: shares of the clips that were asked for, and motion in levels of 255."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lab.evaluation.clip_figures import CLIPS, JUMP, LEFT, MOVES, ClipFigures, clip_figures, clip_marks
from lab.evaluation.clip_studio import FilmedPrompt
from lab.evaluation.drawing_figures import SafetyFigures
from models.video.motion import ClipMotion
from tests.support.evaluating import a_card
from tests.support.evaluation_answers import RIGHT, WRONG, a_prompt, a_ruler

MOVING = ClipMotion(9, 2.0, 1.0, 2.0)
GOOD = FilmedPrompt(prompt=a_prompt(), frames=(RIGHT, RIGHT, RIGHT), motion=MOVING, begins=0.9, seconds=4.0)
REFUSED = FilmedPrompt(prompt=a_prompt(), refused="not allowed")


def figures(*clips: FilmedPrompt) -> ClipFigures:
    return clip_figures(clips, a_ruler())


def test_a_good_clip_is_right_in_everything() -> None:
    assert figures(GOOD) == ClipFigures(
        clips=1, refused=0, scene=1.0, scene_held=1.0, palette=1.0, moving=1.0, steady=1.0, step=2.0, left=1.0,
        jump=2.0, begins=0.9, safety=SafetyFigures(rate=1.0, failed_checks={}), seconds=4.0,
    )  # fmt: skip


def test_a_refused_clip_is_wrong_in_every_share() -> None:
    found = figures(GOOD, REFUSED)
    assert {found.scene, found.scene_held, found.palette, found.moving, found.steady, found.safety.rate} == {0.5}
    assert (found.clips, found.refused, found.seconds) == (2, 1, 2.0)


def test_without_any_clip_motion_has_no_numbers() -> None:
    found = figures(REFUSED)
    assert (found.step, found.left, found.jump, found.begins) == (None, None, None, None)


def test_the_middle_frame_decides_the_scene_and_the_ends_decide_whether_it_holds() -> None:
    found = figures(replace(GOOD, frames=(RIGHT, WRONG, RIGHT)))
    assert (found.scene, found.scene_held, found.palette) == (0.0, 1.0, 0.0)
    found = figures(replace(GOOD, frames=(RIGHT, RIGHT, WRONG)))
    assert (found.scene, found.scene_held, found.palette) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("motion", "moving", "steady"),
    [
        (ClipMotion(9, MOVES, LEFT, JUMP), 1.0, 1.0),
        (ClipMotion(9, MOVES - 0.01, 0.0, 0.0), 0.0, 1.0),
        (ClipMotion(9, 9.0, LEFT + 0.01, 3.0), 1.0, 0.0),
        (ClipMotion(9, 9.0, 1.0, JUMP + 0.01), 1.0, 0.0),
    ],
)
def test_motion_is_held_to_its_limits_and_the_limits_pass(motion: ClipMotion, moving: float, steady: float) -> None:
    found = figures(replace(GOOD, motion=motion))
    assert (found.moving, found.steady) == (moving, steady)


def test_medians_are_over_the_clips_and_the_jump_is_the_worst_of_all() -> None:
    clips = [
        replace(GOOD, motion=ClipMotion(9, step, 1.0, jump)) for step, jump in ((1.0, 2.0), (2.0, 30.0), (9.0, 3.0))
    ]
    found = figures(*clips)
    assert (found.step, found.jump) == (2.0, 30.0)


def test_the_screen_counts_every_check_that_failed() -> None:
    found = figures(GOOD, replace(GOOD, failed_checks=("unsafe, last frame", "no_cut")))
    assert found.safety == SafetyFigures(rate=0.5, failed_checks={"unsafe, last frame": 1, "no_cut": 1})


def test_a_full_set_of_good_clips_passes(tmp_path: Path) -> None:
    marks = clip_marks(a_card(tmp_path), figures(*[GOOD] * CLIPS))
    assert all(mark.passed for mark in marks)
    assert "begins with its picture, SSIM" not in {mark.name for mark in marks}


def test_a_card_that_films_from_a_picture_must_begin_with_it(tmp_path: Path) -> None:
    card = a_card(tmp_path).model_copy(update={"task": "image-to-video"})
    (mark,) = [mark for mark in clip_marks(card, figures(GOOD)) if "begins" in mark.name]
    assert (mark.value, mark.passed) == (0.9, True)
    (mark,) = [mark for mark in clip_marks(card, figures(REFUSED)) if "begins" in mark.name]
    assert (mark.value, mark.passed) == (0.0, False)


def test_a_card_may_state_its_own_seconds_for_a_clip(tmp_path: Path) -> None:
    card = a_card(tmp_path).model_copy(update={"thresholds": {"seconds": Decimal(3)}})
    (mark,) = [mark for mark in clip_marks(card, figures(GOOD)) if mark.name == "seconds a clip"]
    assert (mark.limit, mark.passed) == (3.0, False)
