"""Inspection of files that others made: by the same readers, in the box."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from foundry.box import MIB, BoxLimits, boxed
from foundry.channel.inspection import inspect
from foundry.channel.inspection.found import CannotRead, FileFacts
from foundry.errors import Unusable

READING = "foundry.channel.inspection.foreign:read_facts"
BOX_PRELOADS = (
    "av", "av.filter", "av.subtitles.stream", "pikepdf", "imagecodecs", "imagecodecs._jpegxl",
    "foundry.channel.inspection.film", "foundry.channel.inspection.still",
    "foundry.channel.inspection.page", "foundry.channel.inspection.profiles",
)  # fmt: skip
BYTES_PER_SECOND = 20 * MIB
"""The bytes of a file for which one more second of computing is granted; a film's sound is decoded to its end."""


def inspect_foreign(path: Path) -> FileFacts:
    """Return the facts of a file from outside, as `inspect` does for our own. CannotRead for whatever is wrong with it.

    What takes too much memory or time, or crashes its reader, is refused like a damaged file.
    """
    if not path.is_file():
        raise CannotRead(path.name, "is no file", "Name a picture, a film or a PDF.")
    try:
        limits = limits_for(path.stat().st_size)
        return boxed(READING, path, limits=limits, raises=(CannotRead,), name=path.name).value_as(FileFacts)
    except Unusable as error:
        raise CannotRead(error.name, error.limit, f"{error.remedy[:1].upper()}{error.remedy[1:]}.") from error


def limits_for(size_bytes: int) -> BoxLimits:
    """Return the limits for a file of this size."""
    seconds = 30 + size_bytes // BYTES_PER_SECOND
    return BoxLimits(memory_bytes=2_048 * MIB, cpu_s=seconds, wall_s=10 * seconds, answer_bytes=8 * MIB)


def read_facts(stream: BinaryIO, name: str) -> FileFacts:
    """Return the facts of a file. Runs in the box."""
    return inspect(stream, name)
