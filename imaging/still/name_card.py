"""The drawing of a name card: a plate in a brand colour that stands where the product would, with its name on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from foundry.colour import lab_of_hex, srgb_of_hex
from foundry.fonts import clusters
from foundry.locales import is_rtl
from foundry.plan.name_card import NameCard
from foundry.tenant import Palette, Tenant
from imaging.pixels.contrast import contrast, luminance
from imaging.pixels.strokes import round_mask
from imaging.typesetting.lettering import Style, TextLine, balance, draw, flaw, leading

WIDTH_PX, HEIGHT_PX = 1_200, 1_500
"""Larger than the product's place in any master, so that letters are reduced and never enlarged."""
MARGIN_PX = 132
"""From the plate's edge to the words."""
ROOM_PX = WIDTH_PX - 2 * MARGIN_PX
LINE_INSET_PX, LINE_PX = 54, 4
"""Place and width of the thin line inside the plate's edge."""
NAME_SIZES = (*range(336, 160, -16), *range(160, 60, -10), *range(60, 11, -4))
"""Sizes of the name that are tried, from the largest."""
SHRUNK_FOR_LINES = 0.7
"""Share of the largest size with room down to which a size with better lines is sought."""
MOST_LINES = 6
"""Lines up to which one more may be spent to keep phrases whole."""
NAME_SHARE = 0.62
"""Largest share of the plate's height that the name takes."""
SMALL_PX = 62
"""Size of the category and the brand's name."""
APART = 30.0
"""Distance in CIE L*a*b* (1976) from which on a plate stands out from the colours that scenes are drawn in."""


@dataclass(frozen=True)
class _Words:
    """Lines of one style, one below the other."""

    lines: tuple[TextLine, ...]
    style: Style
    step: int

    @property
    def height(self) -> int:
        """Return the pixels from the top of the first line's ink to the foot of the last one's."""
        return self.lines[0].above + self.step * (len(self.lines) - 1) + self.lines[-1].below

    @property
    def width(self) -> int:
        """Return the pixels of the widest line."""
        return max(line.width for line in self.lines)


def draw_name_card(card: NameCard, tenant: Tenant) -> Image.Image:
    """Return RGBA with straight alpha: the category above, the name in the middle, the brand's name below.

    The plate has the first brand colour that stands out from the scenes' colours, the words ink or paper.
    """
    brand, families = tenant.brand, tenant.families
    plate = _plate_colour(brand.palette)
    ink = max((brand.palette.paper, brand.palette.ink), key=lambda tried: contrast(luminance(tried), luminance(plate)))
    image = _plate(plate, ink, brand.corner_radius)
    canvas = ImageDraw.Draw(image)
    name = _set_name(card.name, Style(families.display, "bold", 0, is_rtl(card.locale), card.locale))
    _draw_centred(canvas, name, (HEIGHT_PX - name.height) // 2, ink)
    small = Style(families.body, "regular", SMALL_PX, is_rtl(card.locale), card.locale)
    if (above := _one_line(card.category, small)) is not None:
        _draw_centred(canvas, above, MARGIN_PX, ink)
    if (below := _one_line(tenant.name, small)) is not None:
        _draw_centred(canvas, below, HEIGHT_PX - MARGIN_PX - below.height, ink)
    return image


def _plate_colour(palette: Palette) -> str:
    """Return the first of primary, ink, paper and accent that is apart from the scenes' colours, else the farthest."""
    scenes = [lab_of_hex(colour) for colour in palette.scene]

    def nearest(colour: str) -> float:
        return min(float(np.linalg.norm(lab_of_hex(colour) - scene)) for scene in scenes)

    tried = (palette.primary, palette.ink, palette.paper, palette.accent)
    return next((colour for colour in tried if nearest(colour) >= APART), max(tried, key=nearest))


def _plate(colour: str, ink: str, corner_radius: int) -> Image.Image:
    """Return the empty plate: a little lighter at its top than at its foot, with a thin line inside its edge."""
    corner = round(WIDTH_PX * min(corner_radius, 20) / 250)
    light = np.linspace(1.05, 0.95, HEIGHT_PX, dtype=np.float32)[:, None, None]
    shaded = np.clip(srgb_of_hex(colour) * light * np.float32(255), 0, 255).round().astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(np.broadcast_to(shaded, (HEIGHT_PX, WIDTH_PX, 3))))
    line = Image.new("L", image.size)
    for inset, level in ((LINE_INSET_PX, 110), (LINE_INSET_PX + LINE_PX, 0)):
        mask = round_mask(WIDTH_PX - 2 * inset, HEIGHT_PX - 2 * inset, max(corner - inset, 0))
        line.paste(level, (inset, inset), mask)
    image.paste(ink, (0, 0), line)
    image.putalpha(round_mask(WIDTH_PX, HEIGHT_PX, corner))
    return image


def _set_name(name: str, style: Style) -> _Words:
    """Return the name at the largest size at which it has room.

    Words are divided only where they would be small otherwise, and between any characters only where nothing else
    helps.
    """
    anywhere = "\u200b".join(clusters(name))
    for text, hyphens, least in ((name, False, 112), (name, True, 60), (anywhere, False, 0)):
        sizes = [size for size in NAME_SIZES if size >= least]
        if (found := _largest(text, style, sizes, hyphens)) is not None:
            return found
    return _words(anywhere, replace(style, size=NAME_SIZES[-1]), ROOM_PX)


def _largest(text: str, style: Style, sizes: list[int], hyphens: bool) -> _Words | None:
    """Return a text at the largest of some sizes with room, or at one not much smaller whose lines are better."""
    first: _Words | None = None
    for size in sizes:
        if first and size < SHRUNK_FOR_LINES * first.style.size:
            break
        tried = _words(text, replace(style, size=size), ROOM_PX, hyphens)
        if tried.width > ROOM_PX or tried.height > NAME_SHARE * HEIGHT_PX:
            continue
        if not flaw(tried.lines):
            return tried
        first = first or tried
    return first


def _words(text: str, style: Style, room: int, hyphens: bool = False) -> _Words:
    return _Words(tuple(balance(text, style, room, hyphens, MOST_LINES)), style, round(leading(text) * style.size))


def _one_line(text: str, style: Style) -> _Words | None:
    """Return a text on one line; None for no text, or for one that is too long."""
    if not text.strip():
        return None
    found = _words(text, style, ROOM_PX)
    return found if len(found.lines) == 1 and found.width <= ROOM_PX else None


def _draw_centred(canvas: ImageDraw.ImageDraw, words: _Words, top: int, fill: str) -> None:
    base = top + words.lines[0].above
    for at, line in enumerate(words.lines):
        draw(canvas, (WIDTH_PX - line.width) // 2, base + at * words.step, line, words.style, fill)
