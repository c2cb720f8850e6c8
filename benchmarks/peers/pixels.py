"""The pixel work alone, by libvips, Skia and OpenCV: decode, reduce, composite, encode. Words are given as pixels.

Every library at its own fast settings: AVIF at libvips' effort 2, at OpenCV's default speed of 9; Skia writes no AVIF
and takes Pillow's, at the speed that we use.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.peers.sheet import Sheet
from imaging.pixels.master_file import half_file, head_bytes
from imaging.pixels.reduction import Pyramid

SAMPLING = {True: 0x111111, False: 0x221111}


class OpenCv:
    """Lanczos without low-pass would shimmer, so the reduction is by area, which is OpenCV's advice.

    `speed` is AVIF's; OpenCV's own choice is 9.
    """

    name = "OpenCV"
    speed = 9

    def decode(self, sheet: Sheet) -> Any:
        import cv2

        return cv2.imread(str(sheet.order.master), cv2.IMREAD_COLOR)

    def ground(self, master: Any, sheet: Sheet) -> Any:
        import cv2

        left, top, right, bottom = (round(edge) for edge in sheet.crop)
        box, canvas = sheet.visual, np.zeros((sheet.size[1], sheet.size[0], 3), np.uint8)
        size = (box.width, box.height)
        part = cv2.resize(master[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
        canvas[box.top : box.bottom, box.left : box.right] = part
        _blend(canvas, cv2.imread(str(sheet.art), cv2.IMREAD_UNCHANGED), 0, 0)
        return canvas

    def words(self, canvas: Any, sheet: Sheet) -> Any:
        import cv2

        made = canvas.copy()
        for layer, left, top in sheet.layers:
            _blend(made, cv2.cvtColor(np.asarray(layer), cv2.COLOR_RGBA2BGRA), left, top)
        return made

    def encode(self, image: Any, form: str, quality: int, fine: bool) -> bytes:
        import cv2

        flags = {
            "jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLING[fine]],
            "webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
            "avif": [cv2.IMWRITE_AVIF_QUALITY, quality, cv2.IMWRITE_AVIF_SPEED, self.speed],
            "png": [],
        }  # fmt: skip
        return bytes(cv2.imencode("." + form, image, flags[form])[1])


class HalvedOpenCv(OpenCv):
    """Reads the copy of half the size that our masters have, wherever we do."""

    name = "OpenCV, shared, our halves"

    def decode(self, sheet: Sheet) -> Any:
        file, facts = sheet.order.master, sheet.order.facts
        data = file.read_bytes()
        size = (facts.width_px, facts.height_px)
        return Pyramid(size, lambda: _read(data), lambda: _read(half_file(data[: head_bytes(data)], file.name)))

    def ground(self, master: Any, sheet: Sheet) -> Any:
        left, top, right, bottom = sheet.crop
        enough = right - left >= 2 * sheet.visual.width and bottom - top >= 2 * sheet.visual.height
        halves = replace(sheet, crop=(left / 2, top / 2, right / 2, bottom / 2))
        return super().ground(master.half, halves) if enough else super().ground(master.levels, sheet)


def _read(data: bytes) -> Any:
    import cv2

    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


class SlowOpenCv(OpenCv):
    """AVIF at the speed that we use, so that files alike are of about the same bytes too."""

    name = "OpenCV, AVIF at 8"
    speed = 8


def _blend(canvas: Any, layer: Any, left: int, top: int) -> None:
    """Straight alpha over opaque, in place, of what is inside the canvas."""
    import cv2

    x, y = max(-left, 0), max(-top, 0)
    part = layer[y : canvas.shape[0] - top, x : canvas.shape[1] - left]
    left, top = max(left, 0), max(top, 0)
    under = canvas[top : top + part.shape[0], left : left + part.shape[1]]
    alpha = cv2.cvtColor(part[..., 3], cv2.COLOR_GRAY2BGR)
    lit = cv2.multiply(np.ascontiguousarray(part[..., :3]), alpha, scale=1 / 255)
    under[:] = cv2.add(lit, cv2.multiply(under, 255 - alpha, scale=1 / 255))


class Vips:
    """Lazy: what is not shared is worked out in one pass when the file is written."""

    name = "libvips"

    def decode(self, sheet: Sheet) -> Any:
        import pyvips

        return pyvips.Image.new_from_file(str(sheet.order.master)).colourspace("srgb").cast("uchar").copy_memory()

    def ground(self, master: Any, sheet: Sheet) -> Any:
        import pyvips

        left, top, right, bottom = (round(edge) for edge in sheet.crop)
        box = sheet.visual
        part = master.extract_area(left, top, right - left, bottom - top)
        part = part.resize(box.width / part.width, vscale=box.height / part.height, kernel="lanczos3")
        canvas = part.embed(box.left, box.top, *sheet.size)
        art = pyvips.Image.new_from_file(str(sheet.art))
        return canvas.composite2(art, "over").flatten().cast("uchar").copy_memory()

    def words(self, canvas: Any, sheet: Sheet) -> Any:
        import pyvips

        layers = [pyvips.Image.new_from_array(np.asarray(layer), interpretation="srgb") for layer, _, _ in sheet.layers]
        if not layers:
            return canvas
        x, y = [left for _, left, _ in sheet.layers], [top for _, _, top in sheet.layers]
        return canvas.composite(layers, "over", x=x, y=y).flatten().cast("uchar")

    def encode(self, image: Any, form: str, quality: int, fine: bool) -> bytes:
        colour = "off" if fine else "on"
        options: dict[str, dict[str, Any]] = {
            "jpeg": {"Q": quality, "subsample_mode": colour},
            "webp": {"Q": quality},
            "avif": {"Q": quality, "effort": 2, "subsample_mode": colour},
            "png": {},
        }
        return bytes(image.write_to_buffer("." + form, **options[form]))


class Skia:
    """On the processor, with mipmaps where it reduces."""

    name = "Skia"

    def decode(self, sheet: Sheet) -> Any:
        import skia

        return skia.Image.open(str(sheet.order.master)).makeRasterImage()

    def ground(self, master: Any, sheet: Sheet) -> Any:
        import skia

        surface = skia.Surface(*sheet.size)
        box, sampling = sheet.visual, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        with surface as canvas:
            target = skia.Rect.MakeLTRB(*box.edges)
            canvas.drawImageRect(master, skia.Rect.MakeLTRB(*sheet.crop), target, sampling)
            canvas.drawImage(skia.Image.open(str(sheet.art)), 0, 0)
        return surface.makeImageSnapshot()

    def words(self, canvas: Any, sheet: Sheet) -> Any:
        import skia

        surface = skia.Surface(*sheet.size)
        with surface as drawn:
            drawn.drawImage(canvas, 0, 0)
            for layer, left, top in sheet.layers:
                pixels = np.ascontiguousarray(np.asarray(layer))
                image = skia.Image.fromarray(
                    pixels, colorType=skia.ColorType.kRGBA_8888_ColorType, alphaType=skia.AlphaType.kUnpremul_AlphaType
                )
                drawn.drawImage(image, left, top)
        return surface.makeImageSnapshot()

    def encode(self, image: Any, form: str, quality: int, fine: bool) -> bytes:
        import skia

        if form == "avif":
            pixels = image.toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)[..., :3]
            stream = io.BytesIO()
            colour = "4:4:4" if fine else "4:2:0"
            options = {"quality": quality, "speed": 8, "subsampling": colour, "max_threads": 1}
            Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "AVIF", **options)
            return stream.getvalue()
        kind = {"jpeg": skia.kJPEG, "webp": skia.kWEBP, "png": skia.kPNG}[form]
        return bytes(image.encodeToData(kind, quality))
