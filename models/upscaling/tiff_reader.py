"""Reader of TIFF files, 8 and 16 bits; a file in strips is read strip by strip, so that it is never whole in memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from foundry.errors import BadInput
from imaging.pixels.arrays import Pixels
from imaging.pixels.levels import to_floats
from imaging.pixels.rows import Rows
from models.upscaling.source_picture import SourcePicture, refuse_size, refuse_turned

SIGNATURES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
ORIENTATION = 274
"""TIFF tag."""
KINDS = {"SEPARATED": "CMYK", "PALETTE": "indexed", "YCBCR": "YCbCr", "MINISWHITE": "stored as a negative"}
PREMULTIPLIED = 1
"""Kind of an extra sample: alpha that colour has been multiplied by."""


def is_tiff(path: Path) -> bool:
    """Tell by a file's first bytes if it is a TIFF."""
    with path.open("rb") as stream:
        return stream.read(4) in SIGNATURES


def open_tiff(path: Path) -> SourcePicture:
    """Return the facts of a TIFF file, whose rows are not read yet; BadInput if it cannot be enlarged."""
    import tifffile

    try:
        with tifffile.TiffFile(path) as file:
            return _open(path, file)
    except (tifffile.TiffFileError, ValueError, struct.error) as error:
        raise BadInput(str(path), f"is not a readable TIFF ({error}); save it again") from error


def _open(path: Path, file: Any) -> SourcePicture:
    if len(file.pages) != 1:
        raise BadInput(str(path), f"has {len(file.pages)} pages; an enlargement takes one, save it alone")
    page = file.pages[0]
    kind = page.photometric.name
    if kind not in ("RGB", "MINISBLACK"):
        raise BadInput(str(path), f"is {KINDS.get(kind, kind)}; convert it to RGB or grey, 8 or 16 bits")
    if page.dtype not in (np.uint8, np.uint16) or page.bitspersample not in (8, 16):
        raise BadInput(str(path), f"has {page.bitspersample}-bit {page.dtype} samples; convert it to 8 or 16 bits")
    if page.samplesperpixel not in (1, 2, 3, 4):
        raise BadInput(str(path), f"has {page.samplesperpixel} channels; keep grey or RGB, and alpha")
    refuse_size(path, page.imagewidth, page.imagelength)
    refuse_turned(path, int(page.tags.valueof(ORIENTATION, default=1)))
    return SourcePicture(
        path=path,
        width=page.imagewidth,
        height=page.imagelength,
        bits=int(page.bitspersample),
        profile=page.iccprofile or b"",
        rows=partial(_rows, path),
    )


def _rows(path: Path) -> Rows:
    import tifffile

    file = tifffile.TiffFile(path)
    page: Any = file.pages[0]
    return Rows(page.imagewidth, page.imagelength, page.samplesperpixel, _strips(path, file, page))


def _strips(path: Path, file: Any, page: Any) -> Iterator[Pixels]:
    shape = (-1, page.imagewidth, page.samplesperpixel)
    premultiplied = [int(sample) for sample in page.extrasamples] == [PREMULTIPLIED]
    with file:
        try:
            for levels in _segments(page):
                strip = to_floats(np.ascontiguousarray(levels).reshape(shape))
                yield _straight_alpha(strip) if premultiplied else strip
        except (ValueError, RuntimeError, zlib.error) as error:
            how = f"{page.compression.name}: {error}"
            raise BadInput(str(path), f"cannot be read ({how}); save it uncompressed or with deflate") from error


def _segments(page: Any) -> Iterator[Any]:
    """Yield the picture in strips of levels; whole where it is tiled or stores its channels apart."""
    if page.planarconfig != 1:
        yield np.moveaxis(page.asarray(), 0, -1)
    elif page.is_tiled:
        yield page.asarray()
    else:
        for levels, _, _ in page.segments(maxworkers=1):
            if levels is None:
                raise ValueError("a strip is missing")
            yield levels


def _straight_alpha(strip: Pixels) -> Pixels:
    colour, alpha = strip[..., :-1], strip[..., -1:]
    straight = np.divide(colour, alpha, out=np.zeros_like(colour), where=alpha > 0)
    return np.concatenate([np.clip(straight, 0, 1), alpha], axis=2)
