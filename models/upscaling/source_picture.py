"""A picture file that is to be enlarged, before its pixels are read, and the limits on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foundry.errors import BadInput
from imaging.pixels.rows import Rows

MOST_EDGE_PX = 16_384
MOST_PIXELS = 8_192 * 8_192
UPRIGHT = (0, 1)
"""Orientations of a picture that is stored as it is seen; 0 is no valid one, but common."""


@dataclass(frozen=True, kw_only=True)
class SourcePicture:
    """A usable picture file. Sizes are in pixels, `bits` are per channel.

    `profile` is its ICC profile (b"" for none); each call of `rows` reads its pixels from the start.
    """

    path: Path
    width: int
    height: int
    bits: int
    profile: bytes
    rows: Callable[[], Rows]


@dataclass(frozen=True)
class SourceFacts:
    """The facts of a picture as the box reports them. `strips` are those that can be decoded one by one."""

    width: int
    height: int
    bits: int
    channels: int = 0
    strips: int = 1
    premultiplied: bool = False


def refuse_size(name: str, width: int, height: int) -> None:
    """Raise BadInput for more pixels than the limit."""
    if max(width, height) > MOST_EDGE_PX or width * height > MOST_PIXELS:
        limit = f"{MOST_PIXELS} in all and {MOST_EDGE_PX} an edge"
        raise BadInput(name, f"has {width}x{height} pixels; the limit is {limit}, cut it into parts")


def refuse_turned(name: str, orientation: int) -> None:
    """Raise BadInput for a picture that is stored turned (EXIF or TIFF orientation)."""
    if orientation not in UPRIGHT:
        raise BadInput(name, f"is stored turned (EXIF orientation {orientation}); save it upright")
