"""The page of a card that films has one row for each prompt, also for those that were refused."""

from __future__ import annotations

from lab.evaluation.clip_studio import FilmedPrompt
from lab.evaluation.evaluate_clips import clip_tables
from models.video.motion import ClipMotion
from tests.support.evaluation_answers import RIGHT, WRONG, a_prompt


def test_a_row_says_scenes_motion_and_seconds() -> None:
    clip = FilmedPrompt(
        prompt=a_prompt(),
        frames=(RIGHT, RIGHT, WRONG),
        motion=ClipMotion(9, 2.0, 1.234, 5.0),
        begins=0.91,
        seconds=12.34,
    )
    (table,) = clip_tables([clip])
    (row,) = table.rows
    assert len(row) == len(table.heads)
    assert row == ("podium-1", "podium", "podium, podium, sweep", "2.00", "1.23", "5.00", "0.910", "", "12.3")


def test_a_refused_clip_says_its_reason_and_a_screened_one_its_checks() -> None:
    refused = FilmedPrompt(prompt=a_prompt(), refused="not allowed")
    screened = FilmedPrompt(
        prompt=a_prompt(), frames=(RIGHT,) * 3, motion=ClipMotion(9, 2, 1, 2), failed_checks=("a", "b")
    )
    (table,) = clip_tables([refused, screened])
    assert table.rows[0] == ("podium-1", "podium", "", "", "", "", "", "not allowed", "0.0")
    assert table.rows[1][7] == "a, b"
