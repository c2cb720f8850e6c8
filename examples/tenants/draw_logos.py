"""Draws the example brands' logos from the fonts in `templates/fonts`; the pictures are committed.

python examples/tenants/draw_logos.py
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
FONTS = HERE.parents[1] / "templates" / "fonts"
SCALE = 3


def wordmark(text: str, font: str, size: int, tracking: float, ink: str) -> Image.Image:
    """A tracked word, tightly cropped."""
    face = ImageFont.truetype(FONTS / font, size * SCALE)
    gap = tracking * size * SCALE
    width = sum(face.getlength(letter) + gap for letter in text) - gap
    picture = Image.new("RGBA", (round(width) + 8, size * SCALE * 2), ink + "00")
    x = 4.0
    for letter in text:
        ImageDraw.Draw(picture).text((x, size * SCALE * 1.4), letter, font=face, fill=ink, anchor="ls")
        x += face.getlength(letter) + gap
    return picture.crop(picture.getbbox())


def sun(edge: int, ink: str) -> Image.Image:
    """Aurelle's mark: a rising arc with rays."""
    e = edge * SCALE
    picture = Image.new("RGBA", (e * 2, e), ink + "00")
    draw = ImageDraw.Draw(picture)
    draw.arc((e * 0.5, e * 0.5, e * 1.5, e * 1.5), 180, 360, fill=ink, width=round(e * 0.055))
    for turn in range(7):
        angle = math.pi * (1 + (turn + 0.5) / 7)
        near, far = 0.62 * e, (0.82 if turn % 2 else 0.92) * e
        ends = [(e + r * math.cos(angle), e * 0.98 + r * math.sin(angle)) for r in (near, far)]
        draw.line(ends, fill=ink, width=round(e * 0.045))
    return picture.crop(picture.getbbox())


def peak(edge: int, ink: str) -> Image.Image:
    """Northpeak's mark: two chevrons."""
    e = edge * SCALE
    picture = Image.new("RGBA", (round(e * 1.5), e), ink + "00")
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [(0, e), (e * 0.55, 0), (e * 1.1, e), (e * 0.82, e), (e * 0.55, e * 0.5), (e * 0.28, e)],
        fill=ink,
    )
    draw.polygon([(e * 0.93, e * 0.44), (e * 1.08, e * 0.2), (e * 1.5, e), (e * 1.24, e)], fill=ink)
    return picture


def beside(mark: Image.Image, word: Image.Image, gap: int) -> Image.Image:
    """Mark and word on one line, centred on each other."""
    height = max(mark.height, word.height)
    picture = Image.new("RGBA", (mark.width + gap + word.width, height))
    picture.paste(mark, (0, (height - mark.height) // 2))
    picture.paste(word, (mark.width + gap, (height - word.height) // 2))
    return picture


def above(mark: Image.Image, word: Image.Image, gap: int) -> Image.Image:
    """Mark over word, both centred."""
    picture = Image.new("RGBA", (max(mark.width, word.width), mark.height + gap + word.height))
    picture.paste(mark, ((picture.width - mark.width) // 2, 0))
    picture.paste(word, ((picture.width - word.width) // 2, mark.height + gap))
    return picture


def forms(brand: str, ink: str) -> dict[str, Image.Image]:
    """The brand's logo as it lies, stands, and without its word."""
    if brand == "aurelle":
        word = wordmark("AURELLE", "Marcellus-Regular.ttf", 100, 0.14, ink)
        small, large, gap = sun(92, ink), sun(150, ink), 110
    else:
        word = wordmark("NORTHPEAK", "Archivo-ExtraBold.ttf", 92, 0.03, ink)
        small, large, gap = peak(84, ink), peak(190, ink), 80
    return {"logo": beside(small, word, gap), "stacked": above(large, word, 110), "mark": small}


WIDTHS = {"logo": 1200, "stacked": 900, "mark": 600}


def main() -> None:
    """Both brands, every form, dark and light."""
    inks = {"aurelle": ("#3B2A22", "#FBF6EC"), "northpeak": ("#12352F", "#F4F7F6")}
    for brand, colours in inks.items():
        for suffix, ink in zip(("", "-light"), colours, strict=True):
            for form, logo in forms(brand, ink).items():
                size = (WIDTHS[form], round(logo.height * WIDTHS[form] / logo.width))
                name = form if form == "logo" else f"logo-{form}"
                logo.resize(size, Image.Resampling.LANCZOS).save(HERE / brand / f"{name}{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
