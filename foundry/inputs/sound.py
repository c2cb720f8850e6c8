"""Audio files of a brief's films: found, measured by size, named by hash. They are decoded when a film is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundry.brief.brief import FilmWishes
from foundry.errors import Unusable
from foundry.names import sha256_file

MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class SoundFacts:
    """A usable audio file, as the brief names it."""

    path: Path
    sha256: str
    named: str

    @property
    def key(self) -> str:
        """What a plan carries for it."""
        return self.sha256


def sounds_of(wishes: FilmWishes | None) -> Iterator[tuple[str, str]]:
    """(field's path in the brief, file as named) of every audio file."""
    if wishes is None:
        return
    if wishes.music:
        yield "film.music", wishes.music
    for locale, name in sorted(wishes.voice_over.items()):
        yield f"film.voice_over.{locale}", name


def inspect_sound(folder: Path, name: str) -> SoundFacts:
    """Return the facts of an audio file; Unusable if it is missing, empty or too large."""
    path = folder / name
    if not path.is_file():
        raise Unusable(name, "does not exist", "add the file, or leave it out")
    size = path.stat().st_size
    if not 0 < size <= MAX_BYTES:
        raise Unusable(name, f"has {size} bytes; it takes 1 to {MAX_BYTES}", "give a WAV, FLAC or MP3 file")
    return SoundFacts(path, sha256_file(path), name)
