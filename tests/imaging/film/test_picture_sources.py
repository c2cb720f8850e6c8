"""Pictures under a camera: never enlarged, exact where nothing moves, clips decoded forward and again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.film.camera import CameraPath, CameraWindow
from imaging.film.canvas import new_canvas, planes_of_srgb
from imaging.film.clip_master import encode_clip
from imaging.film.picture_sources import DENSITY, ClipSource, Playback, StillSource, decode_frames, reduce_picture
from imaging.film.signal import Signal
from tests.support.film_parts import stripes

SIGNAL = Signal("yuv420p")


def still_camera(width: float, height: float, left: float = 0, top: float = 0) -> CameraPath:
    window = CameraWindow(left, top, width, height)
    return CameraPath(window, window, "linear", 0)


def test_a_picture_at_its_own_size_comes_out_as_it_is() -> None:
    picture, canvas = stripes(64, 48), new_canvas(SIGNAL, (64, 48))
    StillSource(picture, SIGNAL, still_camera(64, 48), 64).paint(CameraWindow(0, 0, 64, 48), Fraction(0), canvas.planes)
    for plane, expected in zip(canvas.planes, planes_of_srgb(SIGNAL, picture), strict=True):
        assert np.abs(plane.astype(int) - expected).max() <= 1


@settings(max_examples=40, deadline=None)
@given(width=st.integers(8, 60), left=st.integers(0, 30), top=st.integers(0, 30), frame_width=st.integers(4, 120))
def test_a_picture_is_kept_dense_enough_and_never_enlarged(width: int, left: int, top: int, frame_width: int) -> None:
    picture = stripes(96, 96)
    base = reduce_picture(picture, SIGNAL, still_camera(width, width, left, top), frame_width)
    across, down = base.scale
    assert across <= 1
    assert down <= 1
    height, kept = base.planes[0].shape
    assert height % 2 == kept % 2 == 0
    assert kept >= min(width, frame_width * DENSITY) - 2
    assert (base.left, base.top) == (left, top)


def test_a_pan_shows_the_part_that_its_window_says() -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, 40:] = 255
    way = CameraPath(CameraWindow(0, 0, 40, 40), CameraWindow(40, 0, 40, 40), "linear", 10)
    source, canvas = StillSource(picture, SIGNAL, way, 40), new_canvas(SIGNAL, (40, 40))
    whites = []
    for left in (0, 10, 20, 40):
        source.paint(CameraWindow(left, 0, 40, 40), Fraction(0), canvas.planes)
        whites.append(float((canvas.planes[0] > 200).mean()))
    assert whites == [0, pytest.approx(0.25, abs=0.03), pytest.approx(0.5, abs=0.03), 1]


def test_a_window_half_a_pixel_on_is_between_its_neighbours() -> None:
    picture, source_size = stripes(64, 64), (64, 64)
    source = StillSource(picture, SIGNAL, still_camera(60, 60), 60)
    frames = []
    for left in (0.0, 0.5, 1.0):
        canvas = new_canvas(SIGNAL, (60, 60))
        source.paint(CameraWindow(left, 0, 60, 60), Fraction(0), canvas.planes)
        frames.append(canvas.planes[0].astype(int))
    assert picture.shape[:2] == source_size
    mean = (frames[0] + frames[2]) / 2
    assert np.abs(frames[1] - mean)[:, :58].max() <= 1.5


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five frames at 5 a second, each lighter than the last."""
    file = tmp_path_factory.mktemp("clips") / "clip.mkv"

    def frames() -> Iterator[np.ndarray]:  # type: ignore[type-arg]
        for number in range(5):
            yield np.full((32, 48, 3), 0.1 + 0.2 * number, np.float32)

    assert encode_clip(frames(), file, 5) == 5
    return file


def level(pixels: np.ndarray) -> float:  # type: ignore[type-arg]
    return round(float(pixels[0, 0, 0]) / 65535, 2)


def test_frames_of_a_clip_come_with_their_seconds_and_all_their_bits(clip: Path) -> None:
    found = list(decode_frames(clip))
    assert [seconds for seconds, _ in found] == [Fraction(number, 5) for number in range(5)]
    assert [level(pixels) for _, pixels in found] == [0.1, 0.3, 0.5, 0.7, 0.9]
    assert {pixels.dtype for _, pixels in found} == {np.dtype(np.uint16)}


@settings(max_examples=15, deadline=None)
@given(moments=st.lists(st.fractions(0, 2, max_denominator=50), min_size=1, max_size=6))
def test_playback_shows_the_frame_of_a_moment_in_any_order(clip: Path, moments: list[Fraction]) -> None:
    playback = Playback(clip)
    for moment in moments:
        since, pixels = playback.frame(moment)
        number = min(int(moment * 5), 4)
        assert since == Fraction(number, 5)
        assert level(pixels) == round(0.1 + 0.2 * number, 2)


def test_a_clip_is_reduced_once_for_each_of_its_frames(clip: Path) -> None:
    source, canvas = ClipSource(clip, SIGNAL, still_camera(48, 32), 48), new_canvas(SIGNAL, (48, 32))
    window, bases = CameraWindow(0, 0, 48, 32), []
    for moment in (Fraction(0), Fraction(1, 10), Fraction(1, 5)):
        source.paint(window, moment, canvas.planes)
        assert source._base is not None
        bases.append(source._base[1])
    assert bases[0] is bases[1]
    assert bases[1] is not bases[2]
    assert abs(int(canvas.planes[0][5, 5]) - (16 + 219 * 0.3)) <= 1
