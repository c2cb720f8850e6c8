"""GIF and animated WebP meet display limits by colours, quality and frames left out, and stay like the original."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imaging.film.encoding.animated import AnimatedPictureWriter, attempts, frames_shown_at, hold_pixels, keep_every
from imaging.film.encoding.container import FilmTooLarge
from imaging.film.encoding.film_format import CannotFilm
from imaging.film.encoding.floor import BelowFloor, likeness_of, tiles_of
from imaging.film.encoding.writer import FilmFormat, FilmWriter
from tests.support.moving_pictures import a_spec, pan, probed, readers

KINDS = ["gif", "webp"]
MIDDLES = [50, 150, 250, 350, 450, 550]


def an_animation(kind: str, **changes: Any) -> FilmFormat:
    given: dict[str, Any] = {"width_px": 180, "height_px": 150, "rate": Fraction(10), "loops": 3, **changes}
    return a_spec(kind, kind, **given)


def made(spec: FilmFormat, count: int = 20) -> bytes:
    sink = io.BytesIO()
    with FilmWriter(sink, spec) as writer:
        for frame in pan(spec, count):
            writer.add(frame)
    return sink.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_frames_times_and_plays_are_as_asked(kind: str):
    with Image.open(io.BytesIO(made(an_animation(kind)))) as image:
        assert (image.size, image.n_frames) == ((180, 150), 20)
        plays = image.info["loop"] + (1 if kind == "gif" else 0)
        lasts = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            lasts.append(image.info["duration"])
    assert plays == 3
    assert lasts == [100] * 20


@pytest.mark.parametrize("kind", KINDS)
def test_one_play_and_endless_play(kind: str):
    with Image.open(io.BytesIO(made(an_animation(kind, loops=1), 3))) as image:
        assert image.info.get("loop", "once") == ("once" if kind == "gif" else 1)
    with Image.open(io.BytesIO(made(an_animation(kind, loops=None), 3))) as image:
        assert image.info["loop"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_frames_make_the_same_bytes(kind: str):
    assert made(an_animation(kind), 6) == made(an_animation(kind), 6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_is_like_what_was_drawn(kind: str):
    spec = an_animation(kind)
    drawn = [frame.to_ndarray(format="rgb24") for frame in pan(spec, 6)]
    for one, other in zip(drawn, frames_shown_at(made(spec, 6), MIDDLES), strict=True):
        assert likeness_of(tiles_of(one[..., 1].copy()), tiles_of(other[..., 1].copy())) > 0.9
        assert abs(one.astype(int) - other).mean() < 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_limit_of_bytes_is_met(kind: str):
    free = len(made(an_animation(kind)))
    spec = an_animation(kind, max_bytes=int(free * 0.6), floor=0.6)
    data = made(spec)
    assert len(data) <= spec.max_bytes
    assert next(frames_shown_at(data, [0])).shape == (150, 180, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_that_stand_still_between_moves_are_judged_at_their_time(kind: str):
    spec, sink = an_animation(kind, max_bytes=200_000), io.BytesIO()
    moves = list(pan(spec, 2, 0)) + list(pan(spec, 2, 60))
    with FilmWriter(sink, spec) as writer:
        for frame in moves:
            for _ in range(5):
                writer.add(frame)
    drawn = [frame.to_ndarray(format="rgb24") for frame in moves]
    for one, other in zip(drawn, frames_shown_at(sink.getvalue(), [250, 750, 1250, 1750]), strict=True):
        assert abs(one.astype(int) - other).mean() < 8


def test_frames_left_out_keep_the_length():
    free = made(an_animation("gif"))
    with Image.open(io.BytesIO(made(an_animation("gif", max_bytes=int(len(free) * 0.4), floor=0.5)))) as image:
        assert image.n_frames == 10
        assert sum(_lasts(image)) == 2000


def _lasts(image: Image.Image) -> list[int]:
    lasts = []
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        lasts.append(image.info["duration"])
    return lasts


def test_a_limit_that_costs_too_much_likeness_is_refused():
    with pytest.raises((BelowFloor, FilmTooLarge)) as refusal:
        made(an_animation("webp", max_bytes=4000, floor=0.97))
    assert "the floor is 0.97" in str(refusal.value) or "the limit is 4000" in str(refusal.value)


def test_animations_never_grow_longer_when_frames_are_left_out():
    frames = [np.full((2, 2, 3), number, np.uint8) for number in range(11)]
    assert [int(frame[0, 0, 0]) for frame in keep_every(frames, 2)] == [0, 2, 4, 6, 8]
    assert len(keep_every(frames[:1], 3)) == 1


def test_pixels_are_held_until_they_stray():
    frames = [np.full((1, 1, 3), level, np.uint8) for level in (100, 104, 108, 112)]
    assert [int(frame[0, 0, 0]) for frame in hold_pixels(frames, 8)] == [100, 100, 100, 112]


def test_slow_animations_keep_all_their_frames():
    assert {attempt.step for attempt in attempts(an_animation("gif", rate=Fraction(7)))} == {1}


def test_an_animation_that_fills_the_memory_is_refused(tmp_path: Path):
    spec = an_animation("gif")
    animation = AnimatedPictureWriter(tmp_path / "a.gif", spec, most_bytes_held=2 * 180 * 150 * 3)
    for number, frame in enumerate(pan(spec, 2)):
        animation.add(frame, number)
    with pytest.raises(CannotFilm, match="3 frames of 180 × 150 in an animated picture; make it a film in MP4 or WebM"):
        animation.add(next(pan(spec, 1)), 2)


def test_animations_have_no_sound():
    from imaging.film.encoding.audio import Track

    with pytest.raises(CannotFilm, match="animated pictures have none"):
        FilmWriter(io.BytesIO(), an_animation("gif"), audio=Track(np.zeros((2, 480), np.float32), "mp4"))


class TestFfprobeFinds:
    pytestmark = readers

    def test_a_gif_of_the_right_size_and_rate(self, tmp_path: Path):
        (tmp_path / "a.gif").write_bytes(made(an_animation("gif")))
        (stream,) = probed(tmp_path / "a.gif")["streams"]
        assert (stream["codec_name"], stream["width"], stream["nb_read_frames"]) == ("gif", 180, "20")
        assert stream["avg_frame_rate"] == "10/1"
