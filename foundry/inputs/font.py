"""Font files that a tenant brings: received by the door, and rebuilt in the box before any text is set in them.

Rebuilding reads every table that setting text needs and writes it anew; programs for hinting, bitmaps, drawings in
colour and whatever else a font file may carry are left out. No byte of the file itself reaches the libraries that set
text in this process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from foundry.box import MIB, BoxLimits, boxed
from foundry.inputs.door import FileKind, ReceivedFile, Signature
from foundry.inputs.file_facts import FileFacts

Weight = Literal["regular", "bold"]
WEIGHTS: tuple[Weight, Weight] = ("regular", "bold")
MAX_BYTES = 30_000_000
FONT = FileKind(
    "font",
    MAX_BYTES,
    (Signature(b"\0\1\0\0"), Signature(b"OTTO"), Signature(b"true"), Signature(b"wOFF")),
    "is no font file known here",
    "give a TrueType or OpenType font (.ttf, .otf) of one face; unpack a .woff2 or a .ttc first",
)
FONT_LIMITS = BoxLimits(memory_bytes=2_048 * MIB, cpu_s=90, wall_s=900, answer_bytes=96 * MIB)
REBUILDING = "foundry.inputs.font_rebuilding:rebuild_font"
REBUILT_VERSION = "1"
"""The form of rebuilt fonts; it is an input of the names of files that are set in them."""


class RebuiltFont(NamedTuple):
    """A font as text is set in it, and the code points that it covers."""

    content: bytes
    covers: frozenset[int]


@dataclass(frozen=True)
class FontFacts(FileFacts):
    """A usable font file. `characters` is the number of characters that it covers."""

    characters: int


def inspect_font(file: ReceivedFile) -> FontFacts:
    """Return the facts of a font; Unusable says what is wrong with it, or that it may not be used."""
    return FontFacts(file, len(rebuild(file.read(), file.short_name, "regular").covers))


def rebuild(data: bytes, name: str, weight: Weight) -> RebuiltFont:
    """Return the font that is rebuilt from a file's bytes; Unusable if that cannot be done, or may not.

    Of a variable font it is the instance of this weight; of all others, `weight` changes nothing.
    """
    answer = boxed(REBUILDING, data, limits=FONT_LIMITS, called=name, name=name, weight=weight)
    content, covers = answer.array("uint8", (None,)), answer.array("uint32", (None,), 1)
    return RebuiltFont(content.tobytes(), frozenset(covers.tolist()))
