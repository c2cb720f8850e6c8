"""Reader of TIFF files, 8 and 16 bits; a file in strips is read in bands of them, so that it is never whole in memory.

The box decodes each band.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from foundry.errors import BadInput
from imaging.pixels.arrays import Pixels
from imaging.pixels.levels import to_floats
from imaging.pixels.rows import Rows
from models.upscaling.boxed_source import levels_of, source_of
from models.upscaling.source_picture import SourceFacts, SourcePicture

SIGNATURES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
DECODING = "models.upscaling.tiff_levels:"
BAND_BYTES = 64 << 20
"""Levels that one job decodes."""


def is_tiff(path: Path) -> bool:
    """Tell by a file's first bytes if it is a TIFF."""
    with path.open("rb") as stream:
        return stream.read(4) in SIGNATURES


def open_tiff(path: Path) -> SourcePicture:
    """Return the facts of a TIFF file, whose rows are not read yet; BadInput if it cannot be enlarged."""
    facts, profile = source_of(DECODING + "tiff_facts", path)
    return SourcePicture(
        path=path,
        width=facts.width,
        height=facts.height,
        bits=facts.bits,
        profile=profile,
        rows=partial(_rows, path, facts),
    )


def _rows(path: Path, facts: SourceFacts) -> Rows:
    return Rows(facts.width, facts.height, facts.channels, _strips(path, facts))


def _strips(path: Path, facts: SourceFacts) -> Iterator[Pixels]:
    size = facts.width * facts.height * facts.channels * (facts.bits // 8)
    count = max(1, facts.strips * BAND_BYTES // max(size, 1))
    rows = 0
    for first in range(0, facts.strips, count):
        levels = levels_of(DECODING + "tiff_levels", path, first=first, count=count)
        if levels.shape[1:] != (facts.width, facts.channels):
            raise BadInput(str(path), "has strips of different widths; save it again")
        rows += len(levels)
        strip = to_floats(np.ascontiguousarray(levels))
        yield _straight_alpha(strip) if facts.premultiplied else strip
    if rows != facts.height:
        raise BadInput(str(path), f"holds {rows} rows, not {facts.height}; save it again")


def _straight_alpha(strip: Pixels) -> Pixels:
    colour, alpha = strip[..., :-1], strip[..., -1:]
    straight = np.divide(colour, alpha, out=np.zeros_like(colour), where=alpha > 0)
    return np.concatenate([np.clip(straight, 0, 1), alpha], axis=2)
