"""Pictures that are too large, or stored turned, are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import BadInput
from models.upscaling.source_picture import MOST_EDGE_PX, refuse_size, refuse_turned

FILE = Path("a.png")


def test_the_largest_square_and_the_longest_edge_pass() -> None:
    refuse_size(FILE, 8_192, 8_192)
    refuse_size(FILE, MOST_EDGE_PX, 4_096)


@pytest.mark.parametrize(("width", "height"), [(8_193, 8_192), (MOST_EDGE_PX + 1, 1), (1, MOST_EDGE_PX + 1)])
def test_more_pixels_or_a_longer_edge_are_refused(width: int, height: int) -> None:
    with pytest.raises(BadInput, match=rf"a\.png: has {width}x{height} pixels; the limit is 67108864 in all"):
        refuse_size(FILE, width, height)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_picture_is_refused(orientation: int) -> None:
    refuse_turned(FILE, 0)
    refuse_turned(FILE, 1)
    with pytest.raises(BadInput, match=f"EXIF orientation {orientation}"):
        refuse_turned(FILE, orientation)
