"""Calibration: places that count, the bound of the palette, and a file that belongs to its prompts and judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import BadInput
from lab.evaluation.calibration import BOUNDS, calibration, palette_rules
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scene_judge import load_judge
from tests.support.evaluation_answers import a_ruler


def test_the_stored_calibration_belongs_to_the_stored_prompts_and_judge() -> None:
    ruler = calibration()
    assert (ruler.prompts, ruler.judge) == (prompt_set().digest, load_judge().sha256)
    assert set(ruler.counted) == {prompt.scene for prompt in prompt_set().prompts}
    assert set(ruler.sharpness) == {prompt.id for prompt in prompt_set().prompts}


def test_it_tells_matching_renders_from_mismatched_palettes() -> None:
    ruler = calibration()
    assert ruler.palette_floor <= 0.05
    assert ruler.palette_ceiling >= 0.9
    assert ruler.scene_ceiling >= 0.95
    assert ruler.light_ceiling > ruler.light_floor + 0.2
    assert ruler.palette_by_bound[ruler.palette_bound] == (ruler.palette_ceiling, ruler.palette_floor)


@pytest.mark.parametrize("change", [{"prompts": "0" * 32}, {"judge": "0" * 64}])
def test_a_calibration_of_other_prompts_or_another_judge_is_refused(change: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "calibration.json"
    other.write_text(calibration().model_copy(update=change).model_dump_json())
    with pytest.raises(
        BadInput, match=r"was made for other prompts or another judge; run `python -m lab\.evaluation\.calibration`"
    ):
        calibration(other)


def test_a_file_that_is_no_calibration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text("{}")
    with pytest.raises(BadInput, match="is not a calibration"):
        calibration(tmp_path / "calibration.json")


def test_a_place_counts_if_nine_of_ten_renders_of_the_scene_show_it() -> None:
    matching = [(1.0, 11.0)] + [(1.0, 2.0)] * 9 + [(30.0, 1.0)] * 2 + [(1.0, 1.0)] * 8
    scenes = ["podium"] * 10 + ["snow"] * 10
    rules = palette_rules(scenes, matching, [(99.0, 99.0)] * 20)
    assert rules.counted == {"podium": (0, 1), "snow": (1,)}


def test_the_bound_is_the_largest_at_which_one_in_twenty_mismatched_renders_passes() -> None:
    mismatched = [(5.0,)] + [(9.5,)] + [(40.0,)] * 18
    rules = palette_rules(["podium"] * 20, [(1.0,)] * 20, mismatched)
    assert rules.bound == 9
    assert rules.by_bound[9] == (1.0, 0.05)
    assert rules.by_bound[10] == (1.0, 0.1)
    assert rules.by_colour == (1.0,)


def test_mismatched_renders_that_always_pass_leave_the_smallest_bound() -> None:
    assert palette_rules(["podium"], [(1.0,)], [(0.0,)]).bound == min(BOUNDS)


def test_only_places_that_count_are_compared_and_missing_colours_are_left_out() -> None:
    ruler = a_ruler()
    assert ruler.counting("snow", (60.0, 1.0, 2.0)) == (1.0,)
    assert ruler.counting("podium", (60.0,)) == (60.0,)
    assert ruler.shows_palette("snow", (60.0, 7.0))
    assert not ruler.shows_palette("snow", (60.0, 7.01))
    assert ruler.shows_palette("snow", (60.0, 7.01), bound=8)
