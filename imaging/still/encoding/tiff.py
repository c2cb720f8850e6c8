"""TIFF 6.0: 8 or 16 bits of sRGB, or 8 bits of four inks, deflated with the horizontal predictor.

No date, software or name is written, so the same picture gives the same bytes.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from imaging.still.encoding.inks import PRESS, inks
from imaging.still.encoding.lossy import NoLibrary
from imaging.still.encoding.sheet import Sheet, profile

Samples = NDArray[np.uint8 | np.uint16]
ROWS = 64
XMP, BYTE = 700, 1
HORIZONTAL = 2


def tiff(sheet: Sheet) -> bytes:
    """Return a file of 16 bits if the sheet has them; of inks, 8 bits, where its placement is printed in CMYK."""
    try:
        import tifffile
    except ImportError as error:
        raise NoLibrary("tiff", "tifffile") from error
    in_inks = sheet.printed is not None and sheet.printed.colour == "cmyk"
    levels = inks(sheet.pixels) if in_inks else sheet.levels
    dots = sheet.tags.dots_per_inch
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream, bigtiff=False, byteorder="<") as writer:
        writer.write(
            _strips(levels),
            shape=levels.shape,
            dtype=levels.dtype,
            photometric="separated" if in_inks else "rgb",
            planarconfig="contig",
            rowsperstrip=ROWS,
            compression="adobe_deflate",
            predictor=HORIZONTAL,
            iccprofile=profile(PRESS) if in_inks else profile("sRGB"),
            resolution=(dots, dots) if dots else None,
            resolutionunit="inch" if dots else None,
            extratags=[(XMP, BYTE, len(sheet.xmp), sheet.xmp, True)],
            metadata=None,
            software=False,
        )
    return stream.getvalue()


def _strips(levels: Samples) -> Iterator[bytes]:
    for top in range(0, len(levels), ROWS):
        strip = differences(levels[top : top + ROWS])
        yield zlib.compress(strip.astype(strip.dtype.newbyteorder("<")).tobytes(), 6)


def differences(levels: Samples) -> Samples:
    """Return each sample less its left neighbour of the same channel, wrapping around (TIFF 6.0, section 14)."""
    made = levels.copy()
    made[:, 1:] -= levels[:, :-1]
    return made
