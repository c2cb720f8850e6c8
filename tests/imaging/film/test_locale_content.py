"""One locale of a film: its text and subtitles from the brief, its sound from ingested files."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.plan.plan import Plan
from imaging.film.encoding.audio import RATE
from imaging.film.finished_film import format_of
from imaging.film.locale_content import film_text, sound_track, subtitles_of, webvtt_sidecar, wishes_of
from imaging.film.staged_film import StagedFilm
from pipelines.planning.admission import Admitted
from tests.support.film_parts import a_card_scene
from tests.support.small_films import SMALL, first_variant, ordered

LINES = {"en-US": [{"start": "0.1", "end": "1.2", "text": "Good morning."}]}
SOUNDING = SMALL.model_copy(
    update={"motion": SMALL.motion.model_copy(update={"audio": "optional"}) if SMALL.motion else None}
)


def a_song(seconds: float = 3.0) -> bytes:
    """A tone of 440 Hz as WAV."""
    tone = np.sin(np.arange(int(RATE * seconds)) * 2 * np.pi * 440 / RATE) * 12_000
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(tone.astype("<i2").tobytes())
    return stream.getvalue()


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield monkeypatch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("brief")
    (path / "song.wav").write_bytes(a_song())
    return path


@pytest.fixture(scope="module")
def spoken(folder: Path, patched: pytest.MonkeyPatch) -> Admitted:
    """A film with a subtitle in English and music in every locale."""
    return ordered(folder, patched, film={"subtitles": LINES, "music": "song.wav"})


def a_staged_film(plan: Plan, locale: str) -> StagedFilm:
    """The locale's film with cards in place of its pictures."""
    timeline: Any = first_variant(plan, locale).timeline
    return StagedFilm(timeline, tuple(a_card_scene(take, "#404040") for take in timeline.takes), False)


def test_a_brief_without_a_film_section_wishes_nothing(folder: Path, patched: pytest.MonkeyPatch) -> None:
    plan = ordered(folder, patched).plan
    assert (wishes_of(plan).music, wishes_of(plan).subtitles, wishes_of(plan).burn_in) == (None, {}, True)
    assert webvtt_sidecar(first_variant(plan, "en-US"), plan) is None


def test_subtitles_are_their_locales_own(spoken: Admitted) -> None:
    plan = spoken.plan
    english, german = (first_variant(plan, locale) for locale in ("en-US", "de-DE"))
    assert [line.text for line in subtitles_of(english, plan)] == ["Good morning."]
    assert subtitles_of(german, plan) == ()
    assert webvtt_sidecar(german, plan) is None
    sidecar = webvtt_sidecar(english, plan)
    assert sidecar is not None
    assert b"00:00:00.100 --> 00:00:01.200\nGood morning." in sidecar


def test_text_and_burnt_lines_are_set_for_the_scenes_that_show_them(spoken: Admitted) -> None:
    plan = spoken.plan
    film = a_staged_film(plan, "en-US")
    text = film_text(first_variant(plan, "en-US"), plan, film)
    assert set(text.by_scene) == {number for number, scene in enumerate(film.scenes) if scene.take.cues}
    assert [line.text for line in text.lines] == ["Good morning."]
    slots = [slot.box for scene in text.by_scene.values() for slot in scene.placed_slots]
    assert slots
    assert not any(slot.overlaps(text.lines[0].box) for slot in slots)
    assert film_text(first_variant(plan, "de-DE"), plan, a_staged_film(plan, "de-DE")).lines == ()


def test_subtitles_that_are_not_burnt_in_stay_out_of_the_picture(folder: Path, patched: pytest.MonkeyPatch) -> None:
    plan = ordered(folder, patched, film={"subtitles": LINES, "burn_in": False}).plan
    variant = first_variant(plan, "en-US")
    assert film_text(variant, plan, a_staged_film(plan, "en-US")).lines == ()
    assert webvtt_sidecar(variant, plan) is not None


def test_music_becomes_a_track_of_the_films_length(spoken: Admitted) -> None:
    variant, asked = first_variant(spoken.plan, "en-US"), []

    def read(key: str) -> bytes:
        asked.append(key)
        return a_song()

    spec = format_of(variant)
    track = sound_track(variant, spoken.plan, spec, read)
    assert asked == [spoken.plan.sounds[0][1]]
    assert track is not None
    assert spec.seconds is not None
    assert track.samples.shape == (2, round(spec.seconds * RATE))
    assert float(np.abs(track.samples[:, RATE // 2 : RATE]).max()) > 0.05


def test_a_film_without_sound_reads_nothing(folder: Path, patched: pytest.MonkeyPatch) -> None:
    plan = ordered(folder, patched).plan
    variant = first_variant(plan, "en-US")

    def read(key: str) -> bytes:
        raise AssertionError(f"{key} is read")

    track = sound_track(variant, plan, format_of(variant), read)
    assert track is None or not track.samples.any()
    assert Fraction(format_of(variant).seconds or 0) == 2
