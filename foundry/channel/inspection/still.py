"""A reader of still and animated pictures, by Pillow, and by imagecodecs where Pillow has no reader (JPEG XL)."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, BinaryIO

from PIL import Image, ImageStat, TiffImagePlugin

from foundry.channel.inspection.boxes import content, media_boxes
from foundry.channel.inspection.found import CannotRead, FileFacts, FrameStream, Look, Picture
from foundry.channel.inspection.leaks import picture_leaks, xmp_of
from foundry.channel.inspection.profiles import is_srgb, name_of

MOST_PIXELS = 89_478_485
"""The limit for a picture before it is decoded, at which Pillow warns. An A2 page at 300 dpi has 35 million."""
MOST_FRAMES = 2_000
COLOURS = {"1": "grey", "L": "grey", "LA": "grey", "I;16": "grey", "I": "grey", "F": "grey", "P": "palette",
           "PA": "palette", "RGB": "rgb", "RGBA": "rgb", "RGBX": "rgb", "CMYK": "cmyk", "YCbCr": "rgb",
           "LAB": "lab", "HSV": "hsv"}  # fmt: skip
SAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}
SRGB_NCLX = (1, 13)
"""Primaries and transfer of sRGB in ITU-T H.273."""
BITS_PER_SAMPLE, ORIENTATION = 258, 0x0112


def inspect_still(file: BinaryIO, name: str, form: str, size_bytes: int, look: Look | None = None) -> FileFacts:
    """Return the facts of a picture of a known format; it is decoded whole, so one that is cut off is refused.

    `look` is given the decoded picture, or the first of several.
    """
    if form == "jxl":
        return _jxl(file, name, size_bytes, look)
    # Pillow's readers raise SyntaxError, ValueError, EOFError, NotImplementedError and struct.error besides OSError,
    # and a warning for what might be a bomb; whatever it is, the file is refused.
    try:
        with Image.open(file, formats=[form.upper()]) as picture:
            _refuse_bombs(picture, name)
            facts = _facts(picture, file, name, size_bytes)
            if look:
                look(picture)
            return facts
    except CannotRead:
        raise
    except Exception as error:
        reason = str(error).rstrip(".") or type(error).__name__
        what = f"is a {form} that cannot be read to its end: {reason}"
        raise CannotRead(name, what, "Export it again.") from error


def _refuse_bombs(picture: Image.Image, name: str) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        size = f"{picture.width}x{picture.height}"
        raise CannotRead(name, f"has {size} pixels; the limit is {MOST_PIXELS}", "Export it smaller.")
    if _has_too_many_frames(picture):
        what = f"has more than {MOST_FRAMES} frames or pages, which is the limit"
        raise CannotRead(name, what, "Export it shorter, or as a film.")


def _has_too_many_frames(picture: Image.Image) -> bool:
    """Tell if there are more frames than the limit. A TIFF's pages are not counted to their end, which is slow."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return int(getattr(picture, "n_frames", 1)) > MOST_FRAMES
    try:
        picture.seek(MOST_FRAMES)
    except EOFError:
        return False
    finally:
        picture.seek(0)
    return True


def _facts(picture: Image.Image, file: BinaryIO, name: str, size_bytes: int) -> FileFacts:
    form, frames = str(picture.format).lower(), getattr(picture, "n_frames", 1)
    moving = _moving(picture, form, frames, size_bytes) if frames > 1 and form != "tiff" else None
    picture.seek(0)
    picture.load()
    return FileFacts(
        name=name,
        kind="animation" if moving else "still",
        format=form,
        size_bytes=size_bytes,
        width_px=picture.width,
        height_px=picture.height,
        picture=_picture(picture, form, file, name),
        moving=moving,
        leaks=picture_leaks(picture),
        xmp=bool(xmp_of(picture)),
    )


def _picture(picture: Image.Image, form: str, file: BinaryIO, name: str) -> Picture:
    raw = picture.info.get("icc_profile")
    described, srgb = (name_of(raw), is_srgb(raw)) if raw else _without_icc(picture, form, file, name)
    dots = picture.info.get("dpi")
    return Picture(
        bits=_bits(picture, form, file, name),
        colour=COLOURS.get(picture.mode, picture.mode),
        alpha="A" in picture.getbands() or "transparency" in picture.info,
        see_through=_see_through(picture),
        profile=described,
        srgb=srgb,
        subsampling=_sampling(picture) if form in ("jpeg", "mpo") else None,
        progressive=bool(picture.info.get("progressive")) if form in ("jpeg", "mpo") else None,
        orientation=int(picture.getexif().get(ORIENTATION, 1) or 1),
        dots_per_inch=round(float(dots[0]), 1) if dots and form in ("jpeg", "tiff", "png") else None,
        spread=round(ImageStat.Stat(picture.convert("L")).stddev[0], 2),
    )


def _see_through(picture: Image.Image) -> float:
    """Return the share of pixels that are not opaque, of 1."""
    if not picture.has_transparency_data:
        return 0.0
    opaque = picture.convert("RGBA").getchannel("A").histogram()[255]
    return round(1 - opaque / (picture.width * picture.height), 4)


def _without_icc(picture: Image.Image, form: str, file: BinaryIO, name: str) -> tuple[str | None, bool]:
    """GIF has no place for a profile and means sRGB; PNG and AVIF may declare sRGB in a chunk or box of their own."""
    if form == "gif" or "srgb" in picture.info:
        return "sRGB", True
    if form != "avif":
        return None, False
    nclx = [content(file, box) for box in media_boxes(file, name) if box.kind == b"colr"]
    tags = [(int.from_bytes(c[4:6], "big"), int.from_bytes(c[6:8], "big")) for c in nclx if c[:4] == b"nclx"]
    return ("sRGB", True) if SRGB_NCLX in tags else (None, False)


def _sampling(picture: Any) -> str:
    from PIL.JpegImagePlugin import get_sampling

    return SAMPLINGS.get(get_sampling(picture), "other") if len(picture.layer) == 3 else "4:4:4"


def _bits(picture: Image.Image, form: str, file: BinaryIO, name: str) -> int:
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        return int(max(picture.tag_v2.get(BITS_PER_SAMPLE, (1,))))
    if form == "png":
        file.seek(24)
        return file.read(1)[0]
    if form == "avif":
        held = [content(file, box) for box in media_boxes(file, name) if box.kind == b"pixi"]
        return max((max(c[5 : 5 + c[4]], default=8) for c in held if len(c) > 5), default=8)
    return 1 if picture.mode == "1" else 8


def _moving(picture: Image.Image, form: str, frames: int, size_bytes: int) -> FrameStream:
    lengths = [_milliseconds(picture, index) for index in range(frames)]
    total = sum(lengths)
    # A GIF without the loop block plays once; loop 0 is endless in both formats.
    loops = picture.info.get("loop", 1)
    return FrameStream(
        codec=form,
        seconds=total / 1000,
        frames=frames,
        rate=Fraction(frames * 1000, total) if total else Fraction(0),
        constant=max(lengths) - min(lengths) <= (10 if form == "gif" else 1),
        bits_per_second=size_bytes * 8 * 1000 // total if total else 0,
        loops=(int(loops) + (form == "gif" and "loop" in picture.info) or None) if loops else None,
    )


def _milliseconds(picture: Image.Image, index: int) -> int:
    picture.seek(index)
    picture.load()
    return int(picture.info.get("duration", 0))


def _jxl(file: BinaryIO, name: str, size_bytes: int, look: Look | None) -> FileFacts:
    try:
        import imagecodecs
    except ImportError as error:
        what = "is a JPEG XL, for which no reader is installed"
        raise CannotRead(name, what, "Run `pip install imagecodecs`.") from error
    file.seek(0)
    data = file.read()
    width, height = _jxl_size(data)
    if width * height > MOST_PIXELS:
        raise CannotRead(name, f"has {width}x{height} pixels; the limit is {MOST_PIXELS}", "Export it smaller.")
    try:
        pixels = imagecodecs.jpegxl_decode(data, numthreads=1)
    except (imagecodecs.JpegxlError, RuntimeError, ValueError) as error:
        raise CannotRead(name, f"is a jxl that cannot be read to its end: {error}", "Export it again.") from error
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if look and pixels.dtype.itemsize == 1 and channels == 3:
        look(Image.fromarray(pixels))
    # A JPEG XL always says which colours it means, but this reader does not pass it on: no profile is claimed.
    picture = Picture(
        bits=pixels.dtype.itemsize * 8,
        colour="rgb" if channels >= 3 else "grey",
        alpha=channels in (2, 4),
        spread=round(float(pixels.std()) / (1 if pixels.dtype.itemsize == 1 else 257), 2),
    )
    return FileFacts(
        name=name,
        kind="still",
        format="jxl",
        size_bytes=size_bytes,
        width_px=pixels.shape[1],
        height_px=pixels.shape[0],
        picture=picture,
        xmp=b"<x:xmpmeta" in data,
    )


def _jxl_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the head of the codestream (ISO/IEC 18181-1, SizeHeader), without decoding it."""
    stream = io.BytesIO(data)
    start = 0
    if not data.startswith(b"\xff\x0a"):
        parts = [box for box in media_boxes(stream, "a JPEG XL") if box.kind in (b"jxlc", b"jxlp")]
        if not parts:
            return 0, 0
        start = parts[0].start + (4 if parts[0].kind == b"jxlp" else 0)
    bits = int.from_bytes(data[start + 2 : start + 16], "little")
    return _size_header(bits)


def _size_header(bits: int) -> tuple[int, int]:
    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    small = take(1)

    def edge() -> int:
        return (take(5) + 1) * 8 if small else take((9, 13, 18, 30)[take(2)]) + 1

    height = edge()
    ratio = take(3)
    ratios = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
    if ratio == 0:
        return edge(), height
    over, under = ratios[ratio - 1]
    return height * over // under, height
