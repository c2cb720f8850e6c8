"""A straightforward Pillow script, as it is written for one banner: open, crop, resize, paste, draw the text, save."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from benchmarks.peers.sheet import Sheet

NAME = "Pillow"


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def decode(sheet: Sheet) -> Image.Image:
    """Return the master with 8 bits a channel."""
    with Image.open(sheet.order.master) as file:
        return file.convert("RGB")


def ground(master: Image.Image, sheet: Sheet) -> Image.Image:
    """Key visual, panels, logo."""
    canvas = Image.new("RGB", sheet.size)
    box = sheet.visual
    part = master.crop(tuple(round(edge) for edge in sheet.crop))  # type: ignore[arg-type]
    canvas.paste(part.resize((box.width, box.height), Image.Resampling.LANCZOS), (box.left, box.top))
    with Image.open(sheet.art) as art:
        canvas.paste(art, (0, 0), art)
    return canvas


def words(canvas: Image.Image, sheet: Sheet) -> Image.Image:
    """Draw the copy by ImageDraw."""
    made = canvas.copy()
    draw = ImageDraw.Draw(made)
    for box, colour in sheet.plates:
        draw.rounded_rectangle(box.edges, radius=box.height // 4, fill=colour)
    for line in sheet.words:
        draw.text((line.x, line.y), line.text, font=_font(line.font, line.size), fill=line.colour, anchor="ls")
    return made


def encode(image: Image.Image, form: str, quality: int, fine: bool) -> bytes:
    """With Pillow's defaults but for the quality, and full-size colour where half-size is not enough."""
    stream = io.BytesIO()
    options: dict[str, Any] = {} if form == "png" else {"quality": quality}
    if fine and form in ("jpeg", "avif"):
        options["subsampling"] = "4:4:4"
    if form == "avif":
        options["max_threads"] = 1
    image.save(stream, form.upper(), **options)
    return stream.getvalue()
