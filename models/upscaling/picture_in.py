"""Reads PNG and TIFF as streams of rows, with everything that makes one unusable refused before pixels are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from foundry.errors import BadInput
from models.drawing import Pixels
from models.upscaling.levels import to_floats
from models.upscaling.rows import Rows

MOST_EDGE_PX = 16_384
MOST_PIXELS = 8_192 * 8_192
ORIENTATION = 0x0112
STRIP_ROWS = 256


@dataclass(frozen=True)
class PictureIn:
    """A usable source. `profile` is its ICC profile, b"" if it has none; `rows()` reads the pixels."""

    path: Path
    format: str
    width: int
    height: int
    bits: int
    profile: bytes

    def rows(self) -> Rows:
        """The pixels; PNG is decoded whole at its own depth, a TIFF in strips is read strip by strip."""
        return _tiff_rows(self) if self.format == "TIFF" else _png_rows(self)


def inspect(path: Path) -> PictureIn:
    """What a file is; BadInput in one sentence if it cannot be enlarged."""
    if not path.is_file():
        raise BadInput(str(path), "is not a file; name a PNG or TIFF file")
    try:
        with Image.open(path, formats=("PNG", "TIFF")) as picture:
            _refuse(path, picture)
            profile = picture.info.get("icc_profile") or b""
            bits = _png_bits(path) if picture.format == "PNG" else _tiff_bits(path)
            return PictureIn(path, str(picture.format), *picture.size, bits, profile)
    except UnidentifiedImageError as error:
        if _is_tiff(path):  # Pillow reads no 16-bit colour in TIFF
            return _tiff(path)
        raise BadInput(str(path), "is neither PNG nor TIFF; save it as one of them") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput(str(path), f"is not a readable picture ({error}); save it again") from error


def _refuse(path: Path, picture: Any) -> None:
    """BadInput for what PNG and TIFF can hold and an enlargement cannot."""
    if getattr(picture, "n_frames", 1) > 1:
        raise BadInput(str(path), f"has {picture.n_frames} frames or pages; an enlargement takes one, save it alone")
    if picture.mode in ("CMYK", "YCbCr", "LAB", "I", "F"):
        raise BadInput(str(path), f"is {picture.mode}; convert it to RGB or grey, 8 or 16 bits")
    turned = picture.getexif().get(ORIENTATION, 1)
    if turned not in (0, 1):
        raise BadInput(str(path), f"is stored turned (EXIF orientation {turned}); save it upright")
    _refuse_size(path, *picture.size)


def _refuse_size(path: Path, width: int, height: int) -> None:
    if max(width, height) > MOST_EDGE_PX or width * height > MOST_PIXELS:
        limit = f"{MOST_PIXELS} in all and {MOST_EDGE_PX} an edge"
        raise BadInput(str(path), f"has {width}x{height} pixels; the limit is {limit}, cut it into parts")


def _png_bits(path: Path) -> int:
    with path.open("rb") as stream:
        return 16 if stream.read(25)[24:25] == b"\x10" else 8


def _png_rows(source: PictureIn) -> Rows:
    levels = _sixteen(source.path) if source.bits == 16 else _eight(source.path)
    height, width, channels = levels.shape
    strips = (to_floats(levels[top : top + STRIP_ROWS]) for top in range(0, height, STRIP_ROWS))
    return Rows(width, height, channels, strips)


def _eight(path: Path) -> Any:
    with Image.open(path, formats=("PNG",)) as picture:
        alpha = picture.has_transparency_data
        grey = picture.mode in ("1", "L", "LA")
        mode = ("LA" if alpha else "L") if grey else ("RGBA" if alpha else "RGB")
        levels = np.asarray(picture.convert(mode))
    return levels[..., None] if levels.ndim == 2 else levels


def _sixteen(path: Path) -> Any:
    import cv2

    levels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if levels is None:
        raise BadInput(str(path), "is not a readable PNG; save it again")
    if levels.ndim == 2:
        return levels[..., None]
    order = [2, 1, 0, 3][: levels.shape[2]]
    colour = levels[..., order]
    if _png_colour_type(path) == 4:  # grey and alpha, which OpenCV widens to four channels
        return colour[..., [0, 3]]
    return colour


def _png_colour_type(path: Path) -> int:
    with path.open("rb") as stream:
        return stream.read(26)[25]


def _is_tiff(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def _tiff_bits(path: Path) -> int:
    return _tiff(path).bits


def _tiff(path: Path) -> PictureIn:
    import tifffile

    with tifffile.TiffFile(path) as file:
        if len(file.pages) != 1:
            raise BadInput(str(path), f"has {len(file.pages)} pages; an enlargement takes one, save it alone")
        page: Any = file.pages[0]
        kind = page.photometric.name
        if kind not in ("RGB", "MINISBLACK"):
            raise BadInput(str(path), f"is {kind}; convert it to RGB or grey, 8 or 16 bits")
        if page.dtype not in (np.uint8, np.uint16) or page.bitspersample not in (8, 16):
            raise BadInput(str(path), f"has {page.dtype} samples; convert it to 8 or 16 bits")
        if page.samplesperpixel not in (1, 2, 3, 4):
            raise BadInput(str(path), f"has {page.samplesperpixel} channels; keep grey or RGB, and alpha")
        _refuse_size(path, page.imagewidth, page.imagelength)
        profile = page.iccprofile or b""
        return PictureIn(path, "TIFF", page.imagewidth, page.imagelength, int(page.bitspersample), profile)


def _tiff_rows(source: PictureIn) -> Rows:
    import tifffile

    file = tifffile.TiffFile(source.path)
    page: Any = file.pages[0]
    strips = _tiff_strips(source, file, page)
    return Rows(source.width, source.height, page.samplesperpixel, strips)


def _tiff_strips(source: PictureIn, file: Any, page: Any) -> Iterator[Pixels]:
    shape = (-1, source.width, page.samplesperpixel)
    premultiplied = [int(sample) for sample in page.extrasamples] == [1]
    with file:
        try:
            whole = page.is_tiled or page.planarconfig != 1
            segments = [page.asarray()] if whole else (part for part, _, _ in page.segments(maxworkers=1))
            for levels in segments:
                if page.planarconfig != 1:
                    levels = np.moveaxis(levels, 0, -1)
                strip = to_floats(np.ascontiguousarray(levels).reshape(shape))
                yield _straight(strip) if premultiplied else strip
        except (ValueError, RuntimeError) as error:
            saved = page.compression.name
            raise BadInput(str(source.path), f"cannot be read ({saved}: {error}); save it without") from error


def _straight(strip: Pixels) -> Pixels:
    colour, alpha = strip[..., :-1], strip[..., -1:]
    straight = np.divide(colour, alpha, out=np.zeros_like(colour), where=alpha > 0)
    return np.concatenate([np.clip(straight, 0, 1), alpha], axis=2)
