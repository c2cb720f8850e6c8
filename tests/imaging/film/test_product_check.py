"""A film shows the product that was given: one frame of its file is compared with the product's picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from foundry.plan.composition import compositions
from foundry.plan.shot import MasterFacts
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.writer import FilmWriter
from imaging.film.film_checks import check_film
from imaging.film.film_staging import FilmInputs, stage_film
from imaging.film.product_check import check_product_in_film, read_frame
from imaging.film.scene_layers import Master
from imaging.film.signal import Signal
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.still.product_sight import given_product
from imaging.still.staging import stage_product
from tests.support.briefs import EXAMPLES, product_picture
from tests.support.small_films import first_variant, ordered

SPEC = FilmFormat(width_px=180, height_px=320, rate=Fraction(24), effort="draft")
NO_TEXT = FilmText({})
SIZE = (540, 960)


def staged_master(product: Image.Image | None, seen: Image.Image) -> Master:
    """Return a grey scene with a product in it, or with the place of `seen` left empty."""
    light = np.linspace(0.75, 0.45, SIZE[1], dtype=np.float32)[:, None, None]
    scene = np.broadcast_to(light, (SIZE[1], SIZE[0], 3))
    made = stage_product(scene, product, compositions()["story"], False)
    box = made.product_box or stage_product(scene, seen, compositions()["story"], False).product_box
    facts = MasterFacts(name="m", bucket="story", width_px=SIZE[0], height_px=SIZE[1], product_box=box)
    return (made.pixels * 255).round().astype(np.uint8), facts


@pytest.fixture(scope="module")
def bottle(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    with Image.open(product_picture(tmp_path_factory.mktemp("bottle") / "serum.png")) as picture:
        return picture.convert("RGBA")


@pytest.fixture
def film_of(tmp_path: Path, monkeypatch: Any, bottle: Image.Image) -> Any:
    """Returns the film, and its file, whose scenes show a product."""
    plan = ordered(tmp_path, monkeypatch).plan

    def made(product: Image.Image | None) -> tuple[StagedFilm, Path]:
        master = staged_master(product, bottle)
        film = stage_film(first_variant(plan, "en-US"), plan, FilmInputs(lambda _: master), Signal("yuv420p"))
        file = tmp_path / "film.mp4"
        with FilmWriter(file, SPEC) as writer:
            for canvas in film.frames(0, film.timeline.frames, None):
                writer.add(canvas.video_frame())
        return film, file

    return made


def test_the_product_that_was_given_is_seen_in_the_films_file(film_of: Any, bottle: Image.Image) -> None:
    film, file = film_of(bottle)
    given = given_product(bottle)
    record = check_product_in_film(file, film, NO_TEXT, given)
    assert record is not None
    assert record.passed, record.measured
    assert record in check_film(file, film, NO_TEXT, given)
    assert "product" not in {check.name for check in check_film(file, film, NO_TEXT)}
    with Image.open(EXAMPLES / "products" / "northpeak-mug.png") as other:
        wrong = check_product_in_film(file, film, NO_TEXT, given_product(other.convert("RGBA")))
    assert wrong is not None
    assert not wrong.passed


def test_a_film_without_its_product_is_found(film_of: Any, bottle: Image.Image) -> None:
    film, file = film_of(None)
    record = check_product_in_film(file, film, NO_TEXT, given_product(bottle))
    assert record is not None
    assert not record.passed


def test_a_film_in_hdr_is_judged_before_its_signal_was_made(film_of: Any, bottle: Image.Image) -> None:
    film, _ = film_of(bottle)
    hdr = Signal("yuv420p10le", "pq")
    film.scenes[0].__dict__["signal"] = hdr
    record = check_product_in_film(Path("none.mp4"), film, NO_TEXT, given_product(bottle))
    assert record is not None
    assert record.passed, record.measured


def test_a_frame_of_an_animation_is_found_by_its_time(tmp_path: Path) -> None:
    pictures = [Image.new("RGB", (20, 20), (level, level, level)) for level in (0, 0, 0, 90, 90, 180)]
    for suffix, chosen in (("gif", {}), ("webp", {"lossless": True})):
        file = tmp_path / f"a.{suffix}"
        pictures[0].save(file, save_all=True, append_images=pictures[1:], duration=100, **chosen)
        shown = [read_frame(file, at, Fraction(10)).getpixel((5, 5))[0] for at in range(6)]
        assert [abs(level - wanted) < 4 for level, wanted in zip(shown, (0, 0, 0, 90, 90, 180), strict=True)] == [
            True
        ] * 6


def test_a_product_that_the_camera_cuts_off_is_not_judged(film_of: Any, bottle: Image.Image) -> None:
    film, file = film_of(bottle)
    scene = film.scenes[0]
    place = scene.static.product
    assert place is not None
    left, top, _, _ = place.edges
    cut = replace(place, edges=(left, top, scene.static.visual.right + 5, scene.static.visual.bottom))
    vars(scene.static)["product"] = cut
    assert check_product_in_film(file, film, NO_TEXT, given_product(bottle)) is None
