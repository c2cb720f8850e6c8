"""What is known of a picture that is to be enlarged, before its pixels are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foundry.errors import BadInput
from imaging.pixels.rows import Rows

MOST_EDGE_PX = 16_384
MOST_PIXELS = 8_192 * 8_192
UPRIGHT = (0, 1)


@dataclass(frozen=True)
class Source:
    """A usable picture: `profile` is its ICC profile (b"" for none), `rows()` reads its pixels from the start."""

    path: Path
    width: int
    height: int
    bits: int
    profile: bytes
    rows: Callable[[], Rows]


def refuse_size(path: Path, width: int, height: int) -> None:
    """BadInput for more pixels than are read."""
    if max(width, height) > MOST_EDGE_PX or width * height > MOST_PIXELS:
        limit = f"{MOST_PIXELS} in all and {MOST_EDGE_PX} an edge"
        raise BadInput(str(path), f"has {width}x{height} pixels; the limit is {limit}, cut it into parts")


def refuse_turned(path: Path, orientation: int) -> None:
    """BadInput for a picture that is stored lying down (EXIF or TIFF orientation)."""
    if orientation not in UPRIGHT:
        raise BadInput(str(path), f"is stored turned (EXIF orientation {orientation}); save it upright")
