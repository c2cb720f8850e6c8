"""Figures of a card that draws follow from the answers; a refusal is a wrong answer, and the marks hold the limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lab.evaluation.drawing_figures import (
    DiversityFigures,
    LightFigures,
    SafetyFigures,
    SharpnessFigures,
    drawing_figures,
    drawing_marks,
    shows_palette,
)
from lab.evaluation.picture_measures import MeasuredPrompt, PictureMeasures
from lab.evaluation.speed import Overhead
from tests.support.evaluating import a_card
from tests.support.evaluation_answers import RIGHT, WRONG, a_prompt, a_ruler, a_speed, answer, answers, some_figures

SNOW = PictureMeasures("snow", 0.9, "top", (60.0, 1.0), 5.0)


def test_counts_are_of_the_pictures_that_were_asked_for() -> None:
    figures = some_figures(answers(RIGHT, None), answers(WRONG, RIGHT, id="sweep-1", scene="sweep"))
    assert (figures.prompts, figures.seeds, figures.pictures, figures.refused) == (2, 2, 4, 1)


def test_a_refusal_is_wrong_in_scene_palette_light_and_safety() -> None:
    figures = some_figures(answers(RIGHT, None))
    shares = (figures.scene.adherence, figures.palette.adherence, figures.light.agreement, figures.safety.rate)
    assert set(shares) == {0.5}
    assert figures.scene.confusion == {"podium": {"podium": 1, "refused": 1}}


def test_a_model_that_refuses_everything_has_figures_without_numbers_of_pictures() -> None:
    figures = some_figures(answers(None, None))
    assert figures.scene.adherence == 0.0
    assert figures.palette.median_delta_e == ()
    assert figures.palette.by_colour == ()
    assert figures.sharpness == SharpnessFigures(relative=0.0, by_scene={})


def test_the_confusion_names_the_most_frequent_scene_first() -> None:
    figures = some_figures(answers(WRONG, RIGHT, WRONG), answers(SNOW, id="snow-1", scene="snow"))
    assert list(figures.scene.confusion) == ["podium", "snow"]
    assert list(figures.scene.confusion["podium"].items()) == [("sweep", 2), ("podium", 1)]
    assert figures.scene.by_scene == {"podium": 0.3333, "snow": 1.0}


def test_prompts_that_training_has_seen_do_not_count_as_unseen() -> None:
    figures = some_figures(answers(RIGHT), answers(WRONG, id="sweep-1", unseen=False))
    assert (figures.scene.adherence, figures.scene.adherence_unseen) == (0.5, 1.0)
    assert (figures.palette.adherence, figures.palette.adherence_unseen) == (0.5, 1.0)


def test_only_colours_that_count_for_the_scene_decide_the_palette() -> None:
    assert shows_palette(answer(SNOW, a_prompt(scene="snow")), a_ruler())
    assert not shows_palette(answer(SNOW), a_ruler())
    assert not shows_palette(answer(None), a_ruler())


def test_another_bound_may_be_asked_for_and_the_bound_itself_passes() -> None:
    near = answer(replace(RIGHT, distances=(7.0, 3.01)))
    assert shows_palette(near, a_ruler())
    assert not shows_palette(near, a_ruler(), bound=6.9)


def test_the_palette_table_lays_the_pictures_beside_ceiling_and_floor() -> None:
    palette = some_figures(answers(RIGHT, WRONG)).palette
    assert palette.by_bound == {3: (0.5, 0.8, 0.01), 7: (0.5, 0.98, 0.05), 50: (1.0, 1.0, 0.9)}
    assert palette.median_delta_e == (20.5, 26.0)
    assert palette.by_colour == (0.5, 0.5)
    assert palette.ceiling_by_colour == (0.99, 0.9)


def test_a_prompt_with_fewer_colours_leaves_the_later_places_to_the_others() -> None:
    three = replace(RIGHT, distances=(1.0, 2.0, 30.0))
    palette = some_figures(answers(RIGHT), answers(three, id="sweep-1")).palette
    assert palette.median_delta_e == (1.0, 2.0, 30.0)
    assert palette.by_colour == (1.0, 1.0, 0.0)


def test_light_is_reported_beside_what_renders_and_guesses_reach() -> None:
    assert some_figures(answers(RIGHT, WRONG)).light == LightFigures(agreement=0.5, ceiling=0.87, floor=0.39)


def test_diversity_names_the_prompt_whose_pictures_are_most_alike() -> None:
    diversity = some_figures(answers(RIGHT, diversity=0.3), answers(RIGHT, diversity=0.01, id="sweep-1")).diversity
    assert diversity == DiversityFigures(mean=0.155, renders=0.21, least=0.01, least_prompt="sweep-1")


def test_sharpness_is_relative_to_the_render_of_the_same_prompt() -> None:
    figures = some_figures(answers(RIGHT, WRONG), answers(RIGHT, id="sweep-1", scene="sweep"))
    assert figures.sharpness == SharpnessFigures(relative=0.5, by_scene={"podium": 0.75, "sweep": 0.5})


def test_a_render_without_any_detail_divides_nothing_by_zero() -> None:
    flat = a_ruler(sharpness={"podium-1": 0.0})
    assert drawing_figures([answers(RIGHT)], flat, [], None).sharpness.relative == pytest.approx(20 / 1e-6)


def test_the_screen_is_counted_by_check_and_a_picture_with_two_faults_is_one_failure() -> None:
    prompt = a_prompt()
    failed = [
        answer(RIGHT, prompt, 0, ("text", "faces")),
        answer(RIGHT, prompt, 1, ("text",)),
        answer(RIGHT, prompt, 2),
    ]
    figures = some_figures(MeasuredPrompt(prompt, tuple(failed), 0.1))
    assert figures.safety == SafetyFigures(rate=0.3333, failed_checks={"text": 2, "faces": 1})


def test_speeds_are_kept_to_four_places() -> None:
    figures = drawing_figures(
        [answers(RIGHT)], a_ruler(), [a_speed(seconds=1.23456789)], Overhead(1.00012, 1.0, 1.0, 3)
    )
    assert figures.speed[0].seconds == 1.2346
    assert figures.speed[0].width_px == 64
    assert figures.overhead == Overhead(1.0001, 1.0, 1.0, 3)


def test_the_marks_hold_the_figures_to_their_limits(tmp_path: Path) -> None:
    figures = some_figures(answers(RIGHT, RIGHT), overhead=Overhead(1.01, 1.0, 1.03, 15))
    marks = {mark.name: mark for mark in drawing_marks(a_card(tmp_path), figures)}
    assert list(marks) == ["prompts", "seeds", "scene", "palette", "safety", "seconds", "overhead"]
    assert [name for name, mark in marks.items() if not mark.passed] == ["prompts"]
    assert marks["seconds"].limit == 2.0


def test_a_card_may_state_its_own_seconds(tmp_path: Path) -> None:
    card = a_card(tmp_path).model_copy(update={"thresholds": {"seconds": Decimal("1.4")}})
    seconds = next(mark for mark in drawing_marks(card, some_figures()) if mark.name == "seconds")
    assert (seconds.value, seconds.limit, seconds.passed) == (1.5, 1.4, False)


def test_a_card_that_was_not_timed_at_its_default_size_has_no_mark_for_seconds(tmp_path: Path) -> None:
    figures = drawing_figures([answers(RIGHT)], a_ruler(), [a_speed(bucket="story")], None)
    assert not {"seconds", "overhead"} & {mark.name for mark in drawing_marks(a_card(tmp_path), figures)}
