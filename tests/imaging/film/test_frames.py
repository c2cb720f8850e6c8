"""Frames: cameras that do not tremble, type that stays inside, light where it belongs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops

from foundry.plan.timeline import Take
from imaging.film.camera import CameraWindow, camera_path
from imaging.film.clip_master import encode_clip
from imaging.film.film_staging import FilmInputs, stage_film
from imaging.film.finished_film import format_of
from imaging.film.locale_content import film_text
from imaging.film.picture_sources import ClipSource, reduce_picture
from imaging.film.shared_runs import stretches
from imaging.film.signal import Signal, hlg, pq
from imaging.pixels.geometry import safe_box
from tests.support.small_films import a_picture, first_variant, ordered


def a_take(camera: str, frames: int = 48, amount: int = 60) -> Take:
    return Take(
        start=0,
        stop=frames,
        picture=0,
        card=None,
        camera=camera,
        amount=amount,
        camera_ease="linear",
        moving=frames,
        enter="cut",
        entering=0,
        enter_ease="linear",
        cues=(),
    )


@pytest.mark.parametrize("camera", ["push-in", "pull-out", "pan-left", "tilt-up"])
def test_a_slow_camera_moves_evenly(camera: str) -> None:
    whole = CameraWindow(0, 0, 540, 960)
    way = camera_path(a_take(camera, 240), whole, (270, 500), False)
    ends = [way.at(frame) for frame in range(241)]
    steps = np.diff([[w.left, w.top, w.width] for w in ends], axis=0)
    assert np.abs(steps).max() < 0.5
    assert np.abs(np.diff(steps, axis=0)).max() < 0.01
    assert all(w.left >= 0 and w.top >= 0 and w.left + w.width <= 540 + 1e-9 for w in ends)


def test_the_picture_moves_by_parts_of_a_pixel() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 400)[None, :, None], (300, 400, 3)).astype(np.float32) / 255
    way = camera_path(a_take("pan-right", 400), CameraWindow(0, 0, 400, 300), (200, 150), False)
    base = reduce_picture(ramp, Signal("yuv420p10le"), way, 200)
    means = []
    for frame in range(40):
        onto = (np.zeros((150, 200), np.uint16), np.zeros((75, 100), np.uint16), np.zeros((75, 100), np.uint16))
        base.paint(way.at(frame), onto)
        means.append(float(onto[0][20:130, 20:180].mean()))
    steps = np.diff(means)
    assert steps.min() > 0
    assert steps.std() < 0.25 * steps.mean()  # a step is 0.06 of a pixel; samples are whole numbers


def test_graphics_white_is_where_bt_2408_puts_it() -> None:
    white = np.full((1, 1, 3), 255, np.uint8)
    for transfer, wanted in (("pq", 0.58), ("hlg", 0.75)):
        luma = Signal("yuv420p10le", transfer).from_srgb(white)[0, 0, 0]  # type: ignore[arg-type]
        assert (luma - 64) / 876 == pytest.approx(wanted, abs=0.005)
    assert pq(np.float32([100]))[0] == pytest.approx(0.508, abs=0.002)
    assert hlg(np.float32([1 / 12]))[0] == pytest.approx(0.5, abs=0.002)


def test_standard_range_is_bt_709() -> None:
    grey = Signal("yuv420p").from_srgb(np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0]]], np.uint8))[0]
    assert np.rint(grey).tolist() == [[235, 128, 128], [16, 128, 128], [63, 102, 240]]


def test_a_clip_plays_under_the_camera_and_its_last_frame_stands(tmp_path: Path) -> None:
    file = tmp_path / "clip.mkv"
    encode_clip((np.full((48, 64, 3), level, np.float32) for level in (0.2, 0.5, 0.8)), file, 10)
    way = camera_path(a_take("hold"), CameraWindow(0, 0, 64, 48), (32, 24), False)
    clip = ClipSource(file, Signal("yuv420p"), way, 64)
    onto = (np.zeros((48, 64), np.uint8), np.zeros((24, 32), np.uint8), np.zeros((24, 32), np.uint8))
    seen = []
    for tenths in (0, 1, 2, 9, 0):
        clip.paint(way.at(0), Fraction(tenths, 10), onto)
        seen.append(int(onto[0][20, 30]))
    assert seen == [round(16 + 219 * level) for level in (0.2, 0.5, 0.8, 0.8, 0.2)]


def a_film(tmp_path: Any, monkeypatch: Any, locale: str = "en-US") -> Any:
    each = ordered(tmp_path, monkeypatch)
    variant = first_variant(each.plan, locale)
    wanted = format_of(variant)
    film = stage_film(variant, each.plan, FilmInputs(a_picture), Signal(wanted.pixel_format))
    return film, film_text(variant, each.plan, film), wanted


def test_type_stays_in_the_safe_area_in_every_frame(tmp_path: Any, monkeypatch: Any) -> None:
    film, words, _ = a_film(tmp_path, monkeypatch)
    safe = safe_box(film.scenes[0].static.placement)
    seen = 0
    for at, letters in words.by_scene.items():
        take = film.timeline.takes[at]
        for frame in range(take.start, take.stop):
            for moving in letters.slots:
                if moving.progress(frame) > 0:
                    assert moving.box(frame).is_inside(safe)
                    seen += 1
    assert seen > 20


def test_frames_outside_the_runs_with_words_are_the_same_without_them(tmp_path: Any, monkeypatch: Any) -> None:
    film, words, _ = a_film(tmp_path, monkeypatch)
    cut = stretches(film.timeline, words)
    assert [one.stop for one in cut[:-1]] == [two.start for two in cut[1:]]
    bare = next(stretch for stretch in cut if not stretch.worded)
    worded = next(stretch for stretch in cut if stretch.worded)
    same = zip(film.frames(bare.start, bare.stop, words), film.frames(bare.start, bare.stop, None), strict=True)
    assert all(np.array_equal(a.planes[0], b.planes[0]) for a, b in same)
    last = worded.stop - 1
    said, silent = (next(film.frames(last, last + 1, w)) for w in (words, None))
    assert not np.array_equal(said.planes[0], silent.planes[0])


def test_a_standing_frame_is_painted_once(tmp_path: Any, monkeypatch: Any) -> None:
    film, words, _ = a_film(tmp_path, monkeypatch)
    last = film.timeline.takes[-1]
    tail = list(film.frames(last.stop - 4, last.stop, words))
    assert len({id(canvas) for canvas in tail}) == 1
    assert film.timeline.frame_rate == Fraction(24)


def test_a_card_shows_the_product(tmp_path: Any, monkeypatch: Any) -> None:
    each = ordered(tmp_path, monkeypatch)
    variant = first_variant(each.plan, "en-US")
    plain, shown = (
        stage_film(variant, each.plan, FilmInputs(a_picture, product), Signal("yuv420p")).scenes[-1].static.image
        for product in (None, Image.open(tmp_path / "serum.png"))
    )
    assert ImageChops.difference(plain, shown).getbbox() is not None
