"""Audio files of films: received, decoded once in the box, and named by hash."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.box import MIB, BoxLimits, boxed
from foundry.errors import Unusable
from foundry.inputs.door import FileKind, ReceivedFile, Signature
from foundry.inputs.file_facts import FileFacts

MAX_BYTES = 200_000_000
SOUND_LIMITS = BoxLimits(memory_bytes=2_048 * MIB, cpu_s=60, wall_s=600, answer_bytes=1 * MIB)
CHECKING = "imaging.film.encoding.sound_file:check_sound"
SILENT = 2.0**-15
"""The level of the last bit of 16: with no sample above it, a sound is silent."""
SOUND = FileKind(
    "sound",
    MAX_BYTES,
    (
        Signature(b"ID3"),
        Signature(b"RIFF", also=(b"WAVE", 8)),
        Signature(b"fLaC"),
        Signature(b"OggS"),
        Signature(b"ftyp", 4),
        Signature(b"\x1a\x45\xdf\xa3"),
        Signature(b"FORM", also=(b"AIF", 8)),
        *(Signature(bytes((0xFF, second))) for second in range(0xE0, 0x100)),
    ),
    "is no sound file known here",
    "give WAV, FLAC, MP3, AAC, Ogg, M4A or WebM",
)


@dataclass(frozen=True)
class SoundMeasure:
    """The length of a sound, and the highest level of its samples, of 1."""

    seconds: float
    peak: float


@dataclass(frozen=True)
class SoundFacts(FileFacts):
    """A usable audio file, and its length."""

    seconds: float = 0.0

    @property
    def named(self) -> str:
        """The path in the brief."""
        return self.file.name


def inspect_sound(file: ReceivedFile) -> SoundFacts:
    """Return the facts of an audio file.

    Unusable if it cannot be decoded to its end, as a film will do it, or if nothing in it can be heard.
    """
    answer = boxed(CHECKING, file, limits=SOUND_LIMITS, name=file.short_name)
    found = answer.value_as(SoundMeasure)
    if found.peak <= SILENT:
        wrong = f"is silent for all of its {found.seconds:.1f} s"
        raise Unusable(file.short_name, wrong, "give a file with sound in it, or leave it out")
    return SoundFacts(file, found.seconds)
