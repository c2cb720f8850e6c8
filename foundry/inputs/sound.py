"""Audio files of films: found, measured by size, named by hash. They are decoded only when a film is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foundry.errors import Unusable
from foundry.names import sha256_file

MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class SoundFacts:
    """A usable audio file, and its path in the brief."""

    path: Path
    sha256: str
    named: str

    @property
    def key(self) -> str:
        """The key by which a plan refers to this file."""
        return self.sha256


def inspect_sound(folder: Path, name: str) -> SoundFacts:
    """Return the facts of an audio file; Unusable if it is missing, empty or too large."""
    path = folder / name
    if not path.is_file():
        raise Unusable(name, "does not exist", "add the file, or leave it out")
    size = path.stat().st_size
    if not 0 < size <= MAX_BYTES:
        raise Unusable(name, f"has {size} bytes; it takes 1 to {MAX_BYTES}", "give a WAV, FLAC or MP3 file")
    return SoundFacts(path, sha256_file(path), name)
