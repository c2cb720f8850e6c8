"""Frames of a film: transitions, text and subtitles over scenes; equal frames are one object."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from imaging.film.burnt_subtitles import BurntLine
from imaging.film.canvas import FrameCanvas, make_sprite
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.film.text_motion import SceneText
from imaging.pixels.geometry import PixelBox
from tests.support.film_parts import SIGNAL, a_card_scene, a_moving_slot, a_take, a_timeline, an_entrance
from tests.support.small_films import SMALL, flat

DARK, LIGHT = 16, 235


def a_film(enter: str = "fade", entering: int = 4, *, mirrored: bool = False) -> StagedFilm:
    """A black card for a second, then a white one that comes in."""
    first, second = a_take(0, 24), a_take(24, 48, enter=enter, entering=entering)
    scenes = (a_card_scene(first, "#000000"), a_card_scene(second, "#FFFFFF"))
    return StagedFilm(a_timeline(first, second), scenes, mirrored)


def a_text(start: int = 4) -> FilmText:
    return FilmText({0: SceneText((a_moving_slot(start=start),), SIGNAL, SMALL.size)})


def a_line(start: int, stop: int) -> BurntLine:
    box = PixelBox(60, 250, 80, 260)
    sprite = make_sprite(SIGNAL, flat("#FFFFFF"), (60, 250), SMALL.size)
    assert sprite is not None
    return BurntLine("Hello", start, stop, box, sprite)


def luma(film: StagedFilm, frame: int, text: FilmText | None = None) -> np.ndarray:  # type: ignore[type-arg]
    (canvas,) = film.frames(frame, frame + 1, text)
    return canvas.planes[0]


def test_a_scene_fades_in_over_the_one_before_and_then_stands() -> None:
    film = a_film()
    means = [float(luma(film, frame).mean()) for frame in (23, 24, 25, 26, 27, 28, 47)]
    assert means == sorted(means)
    assert (means[0], means[-2], means[-1]) == (DARK, LIGHT, LIGHT)
    assert DARK < means[1] < means[4] < LIGHT


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_wipe_comes_from_the_readers_side(mirrored: bool) -> None:
    rows = luma(a_film("wipe", mirrored=mirrored), 25)
    side, other = (rows[:, -1], rows[:, 0]) if mirrored else (rows[:, 0], rows[:, -1])
    assert (side.min(), other.max()) == (LIGHT, DARK)


def test_a_cut_shows_the_next_scene_at_once() -> None:
    film = a_film("cut", 0)
    assert (luma(film, 23).max(), luma(film, 24).min()) == (DARK, LIGHT)


def test_equal_frames_are_one_object_and_moving_text_is_painted_anew() -> None:
    film, text = a_film(), a_text()
    frames = list(film.frames(0, 24, text))
    assert len({id(frame) for frame in frames[:4]}) == 1
    assert len({id(frame) for frame in frames[4:10]}) == 6
    assert len({id(frame) for frame in frames[10:]}) == 1
    assert frames[0] is not frames[10]


def test_text_is_never_painted_on_the_shared_frame() -> None:
    film = a_film()
    before = luma(film, 20).copy()
    worded = luma(film, 20, a_text())
    assert worded[140:160, 60:100].min() == LIGHT
    worded[140:160, 60:100] = DARK
    assert np.array_equal(worded, before), "nothing changes around the text"
    assert np.array_equal(luma(film, 20), before)


def test_subtitles_show_from_their_first_frame_to_before_their_last() -> None:
    film = a_film()
    text = FilmText({}, (a_line(6, 9),))
    shown = [bool(luma(film, frame, text)[250:260, 60:80].max() == LIGHT) for frame in range(4, 12)]
    assert shown == [False, False, True, True, True, False, False, False]
    frames: list[FrameCanvas] = list(film.frames(4, 12, text))
    assert len({id(frame) for frame in frames}) == 2, "one frame with the line, one without"


def test_frames_without_text_depend_on_the_cards_that_they_show() -> None:
    film = a_film()
    black, white = (scene.wordless_key for scene in film.scenes)
    assert film.wordless_keys(0, 10) == (black,)
    assert film.wordless_keys(30, 40) == (white,)
    assert film.wordless_keys(20, 30) == (black, white)
    assert film.wordless_keys(24, 28) == (black, white), "the first scene still shows under the transition"
    other = dataclasses.replace(film.scenes[1].take, cues=(an_entrance(),))
    assert other != film.scenes[1].take
