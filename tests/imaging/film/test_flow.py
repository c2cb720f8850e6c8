"""The flow: a brief with a film's placement makes a film that others can read, once, and no more than it must."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from foundry.errors import Refusals
from foundry.inputs.sound import SoundFacts
from foundry.plan.estimate import count_needs, estimate_plan
from foundry.plan.plan import Plan
from foundry.store.object_store import SCRATCH, LocalStore
from imaging.film.film_staging import FilmInputs
from imaging.film.finished_film import FilmCache, format_of, make_film
from imaging.film.locale_content import film_text
from pipelines.campaign.flow import build
from tests.support.fakes import PaintingHandler
from tests.support.small_films import WORDS, a_picture, first_variant, ordered
from tests.support.sounds import hum
from transforms.expand import missing_shots, render_orders

pytestmark = pytest.mark.campaign


def test_a_film_is_one_variant_of_its_first_scenes_shot(tmp_path: Path, monkeypatch: Any) -> None:
    plan = ordered(tmp_path, monkeypatch).plan
    variants = [v for shot in plan.shots() for v in plan.variants(shot)]
    assert len(variants) == plan.variant_count == 2
    assert {tuple(plan.scenes[s.scene].id for s in v.scenes) for v in variants} == {("wall",)}
    assert sum(order.stop - order.start for order in render_orders(plan)) == 2
    store = LocalStore(tmp_path / "store")
    assert count_needs(plan, store.for_tenant("aurelle")).variants_to_make == 2
    assert estimate_plan(plan).variants == 2
    assert len(list(missing_shots(plan, store))) == 1


def test_a_film_of_several_scenes_names_and_needs_them_all(tmp_path: Path, monkeypatch: Any) -> None:
    plan = ordered(tmp_path, monkeypatch, film={"template": "story-15s"}).plan
    variants = [v for shot in plan.shots() for v in plan.variants(shot)]
    assert {tuple(plan.scenes[s.scene].id for s in v.scenes) for v in variants} == {("wall", "arch")}
    assert len(list(missing_shots(plan, LocalStore(tmp_path / "store")))) == 2
    scenes = [{"id": "wall", "prompt": "Plaster wall"}, {"id": "arch", "prompt": "Another arch"}]
    other = ordered(tmp_path, monkeypatch, film={"template": "story-15s"}, scenes=scenes).plan
    assert not {v.name for v in variants} & {v.name for shot in other.shots() for v in other.variants(shot)}


def runs_of(plan: Plan, locale: str, shelf: FilmCache) -> list[Any]:
    variant = first_variant(plan, locale)
    wanted = format_of(variant)
    film = shelf.staged_film(variant, plan, FilmInputs(a_picture), wanted)
    return shelf.shared.runs(film, film_text(variant, plan, film), wanted)


def test_locales_share_what_shows_no_words_bit_for_bit(tmp_path: Path, monkeypatch: Any) -> None:
    plan, shelf = ordered(tmp_path, monkeypatch).plan, FilmCache()
    english, german = (runs_of(plan, locale, shelf) for locale in ("en-US", "de-DE"))
    shared = {run.digest for run in shelf.shared.kept.values()}
    assert shared
    for one, two in zip(english, german, strict=True):
        assert (one.digest == two.digest) == (one.digest in shared)
    assert sum(one.digest != two.digest for one, two in zip(english, german, strict=True)) >= 1


def test_the_same_film_has_the_same_bytes(tmp_path: Path, monkeypatch: Any) -> None:
    plan = ordered(tmp_path, monkeypatch).plan
    variant, store = first_variant(plan, "en-US"), LocalStore(tmp_path / "store")
    files = set()
    for _ in range(2):
        with make_film(variant, plan, store, FilmCache(), FilmInputs(a_picture), lambda key: b"") as film:
            files.add(film.file.read_bytes())
            assert [check.name for check in film.checks if not check.passed] == []
    assert len(files) == 1
    assert list((tmp_path / "store" / SCRATCH).iterdir()) == []


def test_a_films_audio_is_named_by_hash_and_a_missing_file_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "song.wav").write_bytes(hum(9_600))
    film = {"music": "song.wav"}
    first = ordered(tmp_path, monkeypatch, film=film)
    assert [found.key for found in first.inputs if isinstance(found, SoundFacts)] == [first.plan.sounds[0][1]]
    (tmp_path / "song.wav").write_bytes(hum(4_800))
    second = ordered(tmp_path, monkeypatch, film=film)
    assert first_variant(first.plan, "en-US").name != first_variant(second.plan, "en-US").name
    with pytest.raises(Refusals, match=r"film\.music: 'none\.wav' does not exist"):
        ordered(tmp_path, monkeypatch, film={"music": "none.wav"})


def test_a_fault_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    plan = ordered(tmp_path, monkeypatch).plan
    variant, store = first_variant(plan, "en-US"), LocalStore(tmp_path / "store")

    def broken(self: Any, *arguments: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("imaging.film.picture_sources.StillSource.paint", broken)
    with (
        pytest.raises(OSError, match="disk is full"),
        make_film(variant, plan, store, FilmCache(), FilmInputs(a_picture), lambda key: b""),
    ):
        raise AssertionError("a film was made")
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_a_brief_makes_films_that_others_can_read(tmp_path: Path, monkeypatch: Any) -> None:
    lines = {"en-US": [{"start": "0.1", "end": "1.2", "text": "Good morning."}]}
    each = ordered(tmp_path, monkeypatch, film={"subtitles": lines})
    store = LocalStore(tmp_path / "store")
    done = build(each.plan, each.inputs, store, generator=PaintingHandler())
    assert (done.rows, done.letters) == (2, ())
    own = store.for_tenant("aurelle")
    film = first_variant(each.plan, "en-US")
    with av.open(str(own.path(film.address("mp4")))) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        assert (stream.width, stream.height, stream.average_rate, frames) == (180, 320, 24, 48)
    assert own.get(film.sidecar("vtt")).startswith(b"WEBVTT")
    assert own.exists(film.thumbnail)
    before = set(own.list("renditions"))
    changed = {**WORDS, "de-DE": {**WORDS["de-DE"], "headline": "Moin"}}
    other = ordered(tmp_path, monkeypatch, film={"subtitles": lines}, messages=changed)
    again = build(other.plan, other.inputs, store, generator=PaintingHandler())
    assert again.rows == 2
    assert len(set(own.list("renditions")) - before) == 1
