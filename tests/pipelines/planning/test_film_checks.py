"""What films say is checked before a shot is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.errors import Refusals
from foundry.inputs.sound import SoundFacts
from tests.support.briefs import admitted
from tests.support.sounds import hum, silence

STORY = ["meta/story-film"]


def refused(folder: Path, film: dict[str, Any], placements: list[str] | None = None) -> list[str]:
    with pytest.raises(Refusals) as error:
        admitted(folder, film=film, placements=placements or STORY)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"A text about music.\n" * 40, "is no sound file known here"),
        (b"ID3\x04" + b"A text about music.\n" * 400, "is damaged"),
        (silence(), "is silent for all of its 0.1 s"),
    ],
    ids=["text", "a text behind a tag", "silence"],
)
def test_music_without_a_sound_in_it_is_refused_in_the_plan(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "text.mp3").write_bytes(content)
    (problem,) = refused(tmp_path, {"music": "text.mp3"})
    assert problem.startswith(f"film.music: 'text.mp3' {said}")


def test_a_voice_that_outlasts_the_shortest_film_is_refused_in_the_plan(tmp_path: Path) -> None:
    (tmp_path / "voice.wav").write_bytes(hum(48_000 * 8))
    film = {"voice_over": {"en-US": "voice.wav"}, "seconds": "6"}
    (problem,) = refused(tmp_path, film)
    assert problem.startswith(
        "film.voice_over.en-US: 'voice.wav' speaks for 8.00 s; the film for meta/story-film lasts 6.00 s; speak less"
    )
    longer = admitted(tmp_path, film={**film, "seconds": "8"}, placements=STORY)
    assert [facts.seconds for facts in longer.inputs if isinstance(facts, SoundFacts)] == [8.0]


def test_a_voice_counts_only_where_it_is_heard(tmp_path: Path) -> None:
    (tmp_path / "voice.wav").write_bytes(hum(48_000 * 40))
    film = {"voice_over": {"en-US": "voice.wav"}}
    assert admitted(tmp_path, film=film, placements=["dooh/landscape-film"]).plan.sounds
    assert admitted(tmp_path, film=film, placements=["google/leaderboard"]).plan.sounds


def test_subtitles_that_nobody_can_read_in_time_are_refused_in_the_plan(tmp_path: Path) -> None:
    lines = [
        {"start": "0", "end": "2", "text": "Good morning."},
        {"start": "2", "end": "2.7", "text": "A long sentence that nobody reads so fast"},
    ]
    (problem,) = refused(tmp_path, {"subtitles": {"de-DE": lines}})
    assert problem.startswith("film.subtitles.de-DE[1]: 'A long sentence that nobody reads so fast' asks for 58.6")
    assert admitted(tmp_path, film={"subtitles": {"de-DE": lines}}).plan.variant_count


def test_a_subtitle_that_is_too_wide_for_every_frame_is_refused_in_the_plan(tmp_path: Path) -> None:
    line = {"start": "0", "end": "5", "text": "W" * 42}
    (problem,) = refused(tmp_path, {"subtitles": {"de-DE": [line]}}, ["meta/story-film", "google/leaderboard"])
    assert problem.startswith(f"film.subtitles.de-DE[0]: {'W' * 42!r} finds no room in 2 lines of meta/story-film")
    beside = admitted(tmp_path, film={"subtitles": {"de-DE": [line]}, "burn_in": False}, placements=STORY)
    assert beside.plan.variant_count
