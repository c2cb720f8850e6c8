"""The forms in which a file's metadata is written: an XMP packet, IIM beside it, and the tags of Matroska."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Packets:
    """What is written into one file. iim: empty where there is no room. tags: name → value of Matroska's tags.

    language: BCP 47, of the tags' texts.
    """

    xmp: bytes
    iim: bytes = b""
    tags: tuple[tuple[str, str], ...] = ()
    language: str = ""
