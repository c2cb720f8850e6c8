"""PNG: with a palette where 256 colours are exact, else in true colour; squeezed or reduced only to meet a limit."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.still.encoding.likeness import ReferencePicture, hard_tiles
from imaging.still.encoding.search import TARGET
from imaging.still.encoding.sheet import Sheet, Tags

Levels = NDArray[np.uint8]
HEAD = 33
"""Bytes of a PNG's signature and IHDR chunk."""
COLOURS = 256
SMALL_PX = 200_000
"""Up to this many pixels, oxipng takes little time and always runs."""
QUICK, THOROUGH = 1, 2
"""oxipng's levels."""
METRE_PER_INCH = 0.0254
ROUNDS = 4


def png(sheet: Sheet, limit: int) -> tuple[bytes, float]:
    """Return a file and its likeness, 1 for exact files.

    Colours are reduced to a palette of 256 only if no exact file meets the limit in bytes and the likeness stays at
    TARGET; else the smallest exact file is returned, whatever its size.
    """
    tags = sheet.tags
    exact = tag_png(_exact(sheet), tags)
    if len(exact) <= limit:
        return exact, 1.0
    squeezed = tag_png(_squeeze(_whole(sheet.pixels), THOROUGH), tags)
    if len(squeezed) <= limit:
        return squeezed, 1.0
    levels, palette = reduce_colours(sheet.pixels)
    likeness = _likeness(sheet.pixels, palette[levels])
    small = tag_png(_squeeze(_write_indexed(levels, palette), THOROUGH), tags)
    if likeness >= TARGET and len(small) < len(squeezed):
        return small, likeness
    return squeezed, 1.0


def tag_png(bare: bytes, tags: Tags) -> bytes:
    """Return the PNG with its ICC profile, XMP and physical size after the header, where readers expect them."""
    chunks = _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(tags.icc, 9))
    if tags.dots_per_inch:
        per_metre = round(tags.dots_per_inch / METRE_PER_INCH)
        chunks += _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    chunks += _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + tags.xmp)
    return bare[:HEAD] + chunks + bare[HEAD:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def _exact(sheet: Sheet) -> bytes:
    counted = sheet.image.getcolors(COLOURS)
    bare = _whole(sheet.pixels) if counted is None else _write_indexed(*_by_palette(sheet.pixels))
    if sheet.pixels.shape[0] * sheet.pixels.shape[1] <= SMALL_PX:
        return _squeeze(bare, QUICK)
    return bare


def _by_palette(pixels: Levels) -> tuple[Levels, Levels]:
    """Return (height, width) places in a palette of all colours of a picture that has at most 256, and the palette."""
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colours, places = np.unique(packed, return_inverse=True)
    palette = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8)
    return places.reshape(packed.shape).astype(np.uint8), palette


def reduce_colours(pixels: Levels) -> tuple[Levels, Levels]:
    """Return (height, width) places in a palette of 256 colours, with error diffusion, and the palette.

    Median cut (Heckbert, 1982), then k-means over the distinct colours, weighted by their number, which moves each
    entry to the mean of its colours; dithering is Floyd and Steinberg's.
    """
    image = Image.fromarray(pixels)
    first = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette("RGB") or []
    centres = np.array(first, np.float32).reshape(-1, 3)
    centres = _refine(pixels, centres)
    carrier = Image.new("P", (1, 1))
    carrier.putpalette(np.rint(centres).astype(np.uint8).tobytes(), "RGB")
    chosen = image.quantize(palette=carrier, dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(chosen), np.rint(centres).astype(np.uint8)


def _refine(pixels: Levels, centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the palette after some rounds of k-means over colours of 5 bits a channel."""
    packed = (pixels >> 3).astype(np.uint32) @ np.array([1 << 10, 1 << 5, 1], np.uint32)
    counts = np.bincount(packed.ravel(), minlength=1 << 15)
    sums = [np.bincount(packed.ravel(), pixels[..., c].ravel(), 1 << 15) for c in range(3)]
    used = counts > 0
    share = counts[used].astype(np.float32)
    colours = (np.stack(sums, axis=1)[used] / counts[used, None]).astype(np.float32)
    for _ in range(ROUNDS):
        near = ((colours**2).sum(1)[:, None] - 2 * colours @ centres.T + (centres**2).sum(1)).argmin(axis=1)
        weight = np.bincount(near, share, len(centres))
        filled = weight > 0
        for channel in range(3):
            total = np.bincount(near, share * colours[:, channel], len(centres))
            centres[filled, channel] = total[filled] / weight[filled]
    return centres


def _likeness(pixels: Levels, other: Levels) -> float:
    tiles = hard_tiles(pixels)
    return ReferencePicture(tiles.of(pixels)).likeness(tiles.of(other))


def _whole(pixels: Levels) -> bytes:
    """Write true colour by OpenCV: ten times as fast as Pillow at a tenth more bytes."""
    import cv2

    written, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not written:
        raise ValueError(f"OpenCV wrote no PNG of {pixels.shape}")
    return data.tobytes()


def _write_indexed(levels: Levels, palette: Levels) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(levels, "L")
    image = image.convert("P") if image.mode != "P" else image
    image.putpalette(palette.tobytes(), "RGB")
    image.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def _squeeze(bare: bytes, level: int) -> bytes:
    """Return the same pixels in fewer bytes, by oxipng's trials of filters and of deflate."""
    import oxipng

    return bytes(oxipng.optimize_from_memory(bare, level=level))
