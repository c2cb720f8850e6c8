"""Staging: cards and pictures become scenes in the timeline's order; stills are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from foundry.plan.shot import Box, MasterFacts
from foundry.plan.variant import Variant
from imaging.film.film_staging import FilmInputs, _focus, no_clips, stage_film
from imaging.film.finished_film import FilmCache, format_of, poster
from imaging.film.locale_content import film_text
from imaging.film.signal import Signal
from tests.support.briefs import admitted
from tests.support.finished import variants_of
from tests.support.small_films import SMALL, a_picture, first_variant, ordered

SIGNAL = Signal("yuv420p")


class Masters:
    """Hands out pictures and keeps which were asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, at: int) -> Any:
        self.asked.append(at)
        return a_picture(at)


def test_a_still_has_no_film(tmp_path: Path) -> None:
    plan = admitted(tmp_path).plan
    still = variants_of(plan)[0]
    with pytest.raises(ValueError, match="is a still; only films are staged"):
        stage_film(still, plan, FilmInputs(a_picture), SIGNAL)
    with pytest.raises(ValueError, match="is a still"):
        format_of(still)


def test_scenes_follow_the_timeline_and_each_picture_is_read_for_its_scene(tmp_path: Path, monkeypatch: Any) -> None:
    plan, masters = ordered(tmp_path, monkeypatch, film={"template": "story-15s"}).plan, Masters()
    film = stage_film(first_variant(plan, "en-US"), plan, FilmInputs(masters), SIGNAL)
    assert [scene.take for scene in film.scenes] == list(film.timeline.takes)
    pictures = [scene for scene in film.scenes if scene.take.card is None]
    assert len(masters.asked) == len(pictures)
    assert set(masters.asked) == {0, 1}
    assert all(scene.source is not None and scene.source.still for scene in pictures)
    cards = [scene for scene in film.scenes if scene.take.card]
    assert cards
    assert all(scene.source is None and scene.is_at_rest(scene.take.start) for scene in cards)


def test_a_product_picture_without_transparency_stays_off_the_card(tmp_path: Path, monkeypatch: Any) -> None:
    plan = ordered(tmp_path, monkeypatch).plan
    variant = first_variant(plan, "en-US")
    opaque = Image.new("RGBA", (100, 200), "#D01010")
    plain, covered = (
        stage_film(variant, plan, FilmInputs(a_picture, product), SIGNAL).scenes[-1].static.image
        for product in (None, opaque)
    )
    assert plain.tobytes() == covered.tobytes()


def test_a_camera_aims_at_the_product_or_else_at_the_middle() -> None:
    known = MasterFacts(
        name="m", bucket="story", width_px=200, height_px=400, product_box=Box(500, 500, 900, 1000), mirrored=False
    )
    assert _focus(known) == (140, 300)
    unknown = MasterFacts(name="m", bucket="story", width_px=200, height_px=400, product_box=None, mirrored=False)
    assert _focus(unknown) == (100, 200)
    assert no_clips(3) is None


def staged(cache: FilmCache, variant: Variant, plan: Any, masters: Masters) -> Any:
    return cache.staged_film(variant, plan, FilmInputs(masters), format_of(variant))


def test_locales_of_one_reading_direction_share_a_staged_film(tmp_path: Path, monkeypatch: Any) -> None:
    words = {locale: {"headline": "Hello"} for locale in ("en-US", "de-DE", "ar-EG")}
    plan, cache, masters = ordered(tmp_path, monkeypatch, messages=words).plan, FilmCache(), Masters()
    english, german, arabic = (staged(cache, first_variant(plan, one), plan, masters) for one in words)
    assert english is german
    assert arabic is not english
    assert len(masters.asked) == 2
    other = ordered(tmp_path, monkeypatch, scenes=[{"id": "other", "prompt": "A beach"}]).plan
    shared = cache.shared
    assert staged(cache, first_variant(other, "en-US"), other, masters) is not english
    assert cache.shared is not shared
    assert set(cache.films) == {False}


def test_a_poster_is_the_first_scene_with_its_text_at_rest(tmp_path: Path, monkeypatch: Any) -> None:
    plan = ordered(tmp_path, monkeypatch).plan
    variant = first_variant(plan, "en-US")
    film = stage_film(variant, plan, FilmInputs(a_picture), SIGNAL)
    text = film_text(variant, plan, film)
    image = poster(film, text)
    assert (image.mode, image.size) == ("RGB", SMALL.size)
    bare = film.scenes[min(text.by_scene)].static.image
    changed = [
        image.crop(slot.box.edges).tobytes() != bare.crop(slot.box.edges).tobytes()
        for slot in text.by_scene[min(text.by_scene)].placed_slots
    ]
    assert changed
    assert all(changed)
