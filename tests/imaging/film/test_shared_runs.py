"""A film in runs: cut where text comes and goes, shared where there is none, painted ahead on a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.film.burnt_subtitles import BurntLine
from imaging.film.canvas import make_sprite
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.shared_runs import AHEAD, SHORTEST, SharedRuns, Stretch, encode_stretch, paint_ahead, stretches
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.film.text_motion import SceneText
from tests.support.film_parts import SIGNAL, a_card_scene, a_moving_slot, a_take, a_timeline, an_entrance
from tests.support.small_films import SMALL, flat

SPEC = FilmFormat(width_px=180, height_px=320, rate=Fraction(24), effort="draft")


def a_line(start: int, stop: int) -> BurntLine:
    sprite = make_sprite(SIGNAL, flat("#FFFFFF"), (60, 250), SMALL.size)
    assert sprite is not None
    return BurntLine("Hello", start, stop, sprite.box, sprite)


@settings(max_examples=60, deadline=None)
@given(frames=st.integers(30, 200), spans=st.lists(st.tuples(st.integers(0, 199), st.integers(1, 60)), max_size=5))
def test_stretches_are_the_whole_film_and_every_line_is_in_one_with_text(
    frames: int, spans: list[tuple[int, int]]
) -> None:
    lines = tuple(a_line(start, min(start + length, frames)) for start, length in spans if start < frames)
    cut = stretches(a_timeline(a_take(0, frames)), FilmText({}, lines))
    assert [one.start for one in cut] == [0, *(one.stop for one in cut[:-1])]
    assert cut[-1].stop == frames
    assert all(one.worded != two.worded for one, two in pairwise(cut))
    assert all(one.stop - one.start >= SHORTEST for one in cut if not one.worded)
    for line in lines:
        assert any(one.worded and one.start <= line.start and line.stop <= one.stop for one in cut)


def test_a_film_is_cut_where_its_copy_comes() -> None:
    take = a_take(0, 48, an_entrance(start=20))
    assert stretches(a_timeline(take), FilmText({})) == (Stretch(0, 20, False), Stretch(20, 48, True))


def test_painting_ahead_gives_the_same_frames_in_order() -> None:
    assert list(paint_ahead(iter(range(50)))) == list(range(50))
    assert list(paint_ahead(iter(()))) == []


def test_a_fault_while_painting_rises_at_its_frame() -> None:
    def broken() -> Iterator[int]:
        yield from range(3)
        raise OSError("the disk is full")

    frames = paint_ahead(broken())
    assert [next(frames) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="disk is full"):
        next(frames)


def test_painting_stops_when_the_reader_does_and_waits_while_it_is_slow() -> None:
    painted: list[int] = []

    def frames() -> Iterator[int]:
        for number in range(1000):
            painted.append(number)
            yield number

    reader = paint_ahead(frames())
    assert next(reader) == 0
    time.sleep(0.05)
    assert len(painted) <= AHEAD + 3
    reader.close()  # type: ignore[attr-defined]
    assert len(painted) <= AHEAD + 5
    assert not [thread for thread in threading.enumerate() if thread.name == "film-frames"]


def a_film() -> StagedFilm:
    take = a_take(0, 36, an_entrance(start=20))
    return StagedFilm(a_timeline(take), (a_card_scene(take, "#204060"),), False)


def test_locales_share_the_run_without_text_and_encode_their_own() -> None:
    film, shared = a_film(), SharedRuns()
    texts = [FilmText({0: SceneText((a_moving_slot(left, 140, start=20),), SIGNAL, SMALL.size)}) for left in (60, 90)]
    english, german = (shared.runs(film, text, SPEC) for text in texts)
    assert english[0] is german[0]
    assert english[1].digest != german[1].digest
    assert [run.frames for run in english] == [20, 16]
    assert len(shared.kept) == 1
    alone = encode_stretch(film, Stretch(0, 20, False), texts[0], SPEC)
    assert alone.digest == english[0].digest


def test_another_format_is_another_run() -> None:
    film, shared = a_film(), SharedRuns()
    for quality in (None, 200_000):
        spec = FilmFormat(
            width_px=180, height_px=320, rate=Fraction(24), effort="draft", target_bits_per_second=quality
        )
        shared.runs(film, FilmText({}), spec)
    assert len(shared.kept) == 2
