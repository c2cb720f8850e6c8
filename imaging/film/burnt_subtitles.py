"""Burnt-in subtitles: a plate with one or two lines, low in the safe area and clear of the text shown meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from foundry.brief.brief import Spoken
from foundry.brought_fonts import Families
from foundry.channel.placement import Placement
from foundry.errors import FoundryError
from foundry.locales import is_rtl
from foundry.plan.timeline import Timeline
from imaging.film.canvas import Sprite, make_sprite
from imaging.film.signal import Signal
from imaging.pixels.geometry import PixelBox, safe_box
from imaging.typesetting.lettering import Style, TextLine, balance, draw, leading

PLATE, INK = (12, 12, 12, 190), "#FFFFFF"
SIZE, SMALLEST, LINES = 38, 26, 2
"""Largest and smallest font size in thousandths of the short edge; most lines on a plate."""


class SubtitleDoesNotFit(FoundryError):
    """A subtitle line has no room in the frame."""

    code = "subtitle_does_not_fit"

    def __init__(self, text: str, placement: str, locale: str) -> None:
        super().__init__(text, placement, locale)
        self.text, self.placement, self.locale = text, placement, locale

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        return (
            f"{self.placement} {self.locale}: the subtitle {shown!r} finds no room beside the copy in {LINES} lines; "
            "shorten it, move it to another moment, or set film.burn_in to false."
        )


@dataclass(frozen=True)
class BurntLine:
    """One subtitle line with its place and picture, shown on frames [start, stop)."""

    text: str
    start: int
    stop: int
    box: PixelBox
    sprite: Sprite

    def is_shown(self, frame: int) -> bool:
        """Return whether the line shows on this frame."""
        return self.start <= frame < self.stop


@dataclass(frozen=True)
class BurnInTarget:
    """Placement, locale, fonts, signal and timeline that subtitles are burnt into."""

    placement: Placement
    locale: str
    fonts: Families
    signal: Signal
    timeline: Timeline


def burn_in(
    target: BurnInTarget, lines: Iterable[Spoken], taken: dict[int, tuple[PixelBox, ...]]
) -> tuple[BurntLine, ...]:
    """Return the subtitle lines placed in the frame; raise SubtitleDoesNotFit for the first without room.

    `taken` has the boxes of the copy by scene number.
    """
    return tuple(_burn_in_line(target, line, taken) for line in lines)


def _burn_in_line(target: BurnInTarget, line: Spoken, taken: dict[int, tuple[PixelBox, ...]]) -> BurntLine:
    rate = target.timeline.frame_rate
    start = max(0, round(line.start * rate.numerator / rate.denominator))
    stop = min(target.timeline.frames, max(start + 1, round(line.end * rate.numerator / rate.denominator)))
    over = [box for at, boxes in taken.items() if _overlaps(target.timeline, at, start, stop) for box in boxes]
    safe = safe_box(target.placement)
    for size in _sizes(target.placement):
        layer = _plate(target.locale, target.fonts, line.text, size, safe)
        box = _free_box(layer, safe, over) if layer else None
        if layer and box:
            laid = make_sprite(target.signal, layer, (box.left, box.top), target.placement.size)
            if laid is not None:
                return BurntLine(line.text, start, stop, box, laid)
    raise SubtitleDoesNotFit(line.text, target.placement.name, target.locale)


def _overlaps(timeline: Timeline, at: int, start: int, stop: int) -> bool:
    take = timeline.takes[at]
    following = timeline.takes[at + 1].entering if at + 1 < len(timeline.takes) else 0
    return start < take.stop + following and take.start < stop


def _plate(locale: str, fonts: Families, text: str, size: int, safe: PixelBox) -> Image.Image | None:
    """Return an RGBA plate with the text; None if it takes too many lines."""
    style = Style(fonts.body, "bold", max(size, 9), is_rtl(locale), locale)
    pad = round(style.size * 0.45)
    room = safe.width - 2 * pad
    lines = balance(text, style, room)
    if not lines or len(lines) > LINES or any(line.width > room for line in lines):
        return None
    step = round(leading(text) * style.size)
    above = max(line.above for line in lines)
    height = above + lines[-1].below + step * (len(lines) - 1) + 2 * pad
    width = max(line.width for line in lines) + 2 * pad
    return _draw_plate(lines, style, (width, height), (pad, pad + above, step))


def _draw_plate(lines: list[TextLine], style: Style, size: tuple[int, int], at: tuple[int, int, int]) -> Image.Image:
    pad, base, step = at
    layer = Image.new("RGBA", size, (*PLATE[:3], 0))
    canvas = ImageDraw.Draw(layer)
    canvas.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), pad // 2, fill=PLATE)
    for number, line in enumerate(lines):
        draw(canvas, (size[0] - line.width) // 2, base + number * step, line, style, INK)
    return layer


def _free_box(layer: Image.Image, safe: PixelBox, taken: list[PixelBox]) -> PixelBox | None:
    """Return the lowest box in the safe area that meets no copy; None if there is none."""
    left = safe.left + (safe.width - layer.width) // 2 // 2 * 2
    for top in range((safe.bottom - layer.height) // 2 * 2, safe.top, -8):
        box = PixelBox(left, top, left + layer.width, top + layer.height)
        if not any(box.overlaps(other) for other in taken):
            return box
    return None


def first_without_room(placement: Placement, locale: str, fonts: Families, lines: Iterable[Spoken]) -> int | None:
    """Return the position of the first line that finds no room even in an empty frame; None if each of them does."""
    safe = safe_box(placement)
    for at, line in enumerate(lines):
        plates = (_plate(locale, fonts, line.text, size, safe) for size in _sizes(placement))
        if not any(plate and _free_box(plate, safe, []) for plate in plates):
            return at
    return None


def _sizes(placement: Placement) -> Iterator[int]:
    """Yield font sizes in pixels, the largest first."""
    for size in range(SIZE, SMALLEST - 1, -4):
        yield size * min(placement.size) // 1000
