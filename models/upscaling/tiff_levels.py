"""The decoding of TIFF files that are to be enlarged, 8 and 16 bits, as it runs in the box."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from foundry.box import Boxed
from foundry.errors import BadInput
from models.upscaling.source_picture import SourceFacts, refuse_size, refuse_turned

CODECS = ("imcd", "zlib", "deflate", "jpeg8", "lzma", "zstd", "webp", "jpeg2k", "lerc")
BOX_PRELOADS = (
    "tifffile", "tifffile.tifffile", "concurrent.futures.thread", "imagecodecs",
    *(f"imagecodecs._{one}" for one in CODECS),
)  # fmt: skip
ORIENTATION = 274
"""TIFF tag."""
KINDS = {"SEPARATED": "CMYK", "PALETTE": "indexed", "YCBCR": "YCbCr", "MINISWHITE": "stored as a negative"}
PREMULTIPLIED = 1
"""Kind of an extra sample: alpha that colour has been multiplied by."""


def tiff_facts(stream: BinaryIO, name: str) -> Boxed:
    """Return the facts of a TIFF, and the bytes of its ICC profile as an array; BadInput if it cannot be enlarged."""
    import tifffile

    try:
        with tifffile.TiffFile(stream) as file:
            return _facts(file, name)
    except (BadInput, MemoryError):
        raise
    except Exception as error:  # tifffile raises its own errors, and AttributeError, TypeError and others for mutants
        raise BadInput(name, f"is not a readable TIFF ({error}); save it again") from error


def _facts(file: Any, name: str) -> Boxed:
    if len(file.pages) != 1:
        raise BadInput(name, f"has {len(file.pages)} pages; an enlargement takes one, save it alone")
    page = file.pages[0]
    kind = page.photometric.name
    if kind not in ("RGB", "MINISBLACK"):
        raise BadInput(name, f"is {KINDS.get(kind, kind)}; convert it to RGB or grey, 8 or 16 bits")
    if page.dtype not in (np.uint8, np.uint16) or page.bitspersample not in (8, 16):
        raise BadInput(name, f"has {page.bitspersample}-bit {page.dtype} samples; convert it to 8 or 16 bits")
    if page.samplesperpixel not in (1, 2, 3, 4):
        raise BadInput(name, f"has {page.samplesperpixel} channels; keep grey or RGB, and alpha")
    refuse_size(name, page.imagewidth, page.imagelength)
    refuse_turned(name, int(page.tags.valueof(ORIENTATION, default=1)))
    whole = page.planarconfig != 1 or page.is_tiled
    facts = SourceFacts(
        width=page.imagewidth,
        height=page.imagelength,
        bits=int(page.bitspersample),
        channels=page.samplesperpixel,
        strips=1 if whole else len(page.dataoffsets),
        premultiplied=[int(sample) for sample in page.extrasamples] == [PREMULTIPLIED],
    )
    return Boxed(facts, (np.frombuffer(page.iccprofile or b"", np.uint8),))


def tiff_levels(stream: BinaryIO, name: str, first: int, count: int) -> NDArray[Any]:
    """Return the levels of `count` strips from `first` on, (rows, width, channels); BadInput for what is damaged.

    A picture that is tiled, or that stores its channels apart, is one strip.
    """
    import tifffile

    compression = "unknown"
    try:
        with tifffile.TiffFile(stream) as file:
            page: Any = file.pages[0]
            compression = page.compression.name
            return _levels(page, first, count).reshape(-1, page.imagewidth, page.samplesperpixel)
    except MemoryError:
        raise
    except Exception as error:  # codecs raise ValueError, RuntimeError, zlib.error, TypeError and others
        remedy = "save it uncompressed or with deflate"
        raise BadInput(name, f"cannot be read ({compression}: {error}); {remedy}") from error


def _levels(page: Any, first: int, count: int) -> NDArray[Any]:
    if page.planarconfig != 1:
        return np.ascontiguousarray(np.moveaxis(page.asarray(maxworkers=1), 0, -1))
    if page.is_tiled:
        return np.ascontiguousarray(page.asarray(maxworkers=1))
    strips = [_strip(page, number) for number in range(first, min(first + count, len(page.dataoffsets)))]
    return np.concatenate([strip.reshape(-1, page.imagewidth, page.samplesperpixel) for strip in strips])


def _strip(page: Any, number: int) -> NDArray[Any]:
    if not page.databytecounts[number]:
        raise ValueError("a strip is missing")
    handle = page.parent.filehandle
    handle.seek(page.dataoffsets[number])
    levels, _, _ = page.decode(handle.read(page.databytecounts[number]), number)
    if levels is None:
        raise ValueError("a strip is missing")
    return np.asarray(levels)
