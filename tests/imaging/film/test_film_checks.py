"""Checks of a finished film: its file is read back, and its text is followed through every frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from foundry.manifest import CheckRecord
from imaging.film.burnt_subtitles import BurntLine
from imaging.film.canvas import make_sprite
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.writer import FilmWriter
from imaging.film.film_checks import check_film
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.film.text_motion import MovingSlot, SceneText
from imaging.pixels.geometry import safe_box
from tests.support.film_parts import SIGNAL, a_card_scene, a_moving_slot, a_take, a_timeline
from tests.support.small_films import SMALL, flat, with_small

SAFE = safe_box(SMALL)
SPEC = FilmFormat(width_px=180, height_px=320, rate=Fraction(24), effort="draft")


@pytest.fixture(scope="module")
def film() -> StagedFilm:
    take = a_take(0, 48)
    return StagedFilm(a_timeline(take), (a_card_scene(take, "#204060"),), False)


@pytest.fixture(scope="module")
def file(film: StagedFilm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two seconds that the placement takes."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with FilmWriter(path, SPEC) as writer:
        for canvas in film.frames(0, 48, None):
            writer.add(canvas.video_frame())
    return path


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    with_small(monkeypatch)


def checks(
    file: Path, film: StagedFilm, *slots: MovingSlot, lines: tuple[BurntLine, ...] = ()
) -> dict[str, CheckRecord]:
    text = FilmText({0: SceneText(slots, SIGNAL, SMALL.size)} if slots else {}, lines)
    return {check.name: check for check in check_film(file, film, text)}


def test_a_good_film_passes_every_check(file: Path, film: StagedFilm) -> None:
    found = checks(file, film, a_moving_slot())
    assert [name for name, check in found.items() if not check.passed] == []
    assert {"safe_area", "contrast"} <= set(found)
    assert found["safe_area"].measured == "all inside in every frame"


def test_text_that_leaves_the_safe_area_in_one_frame_fails(file: Path, film: StagedFilm) -> None:
    far = a_moving_slot(SAFE.left, SAFE.bottom - 20, start_offset=(0.0, 40.0))
    assert checks(file, film, far)["safe_area"] == CheckRecord("safe_area", False, "headline", "all inside")


def test_a_subtitle_outside_the_safe_area_fails_by_name(file: Path, film: StagedFilm) -> None:
    sprite = make_sprite(SIGNAL, flat("#FFFFFF"), (0, 300), SMALL.size)
    assert sprite is not None
    line = BurntLine("Hello", 0, 10, sprite.box, sprite)
    assert checks(file, film, lines=(line,))["safe_area"].measured == "subtitles"


def test_slots_that_lie_on_one_another_fail(file: Path, film: StagedFilm) -> None:
    found = checks(file, film, a_moving_slot(), a_moving_slot(70, 150))
    assert [name for name, check in found.items() if not check.passed] != []


def test_a_file_of_another_length_fails(film: StagedFilm, tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    with FilmWriter(short, SPEC) as writer:
        for canvas in film.frames(0, 12, None):
            writer.add(canvas.video_frame())
    failed = [check for check in checks(short, film).values() if not check.passed]
    assert any("0.5" in check.measured for check in failed)
