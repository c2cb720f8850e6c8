"""Copy set into a layout's areas: sizes found, lines broken, boxes known, before any pixel is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from foundry.channel import Placement
from foundry.copy import Copy
from foundry.errors import FoundryError
from foundry.layout import Area, Layout, TypeStyle
from foundry.plan import is_rtl
from foundry.tenant import BrandFonts
from transforms.rendering.room import PixelBox, pixels
from transforms.rendering.text import Line, Style, balanced, leading, measure

STACK = ("offer", "headline", "subheadline")
SHRINK = tuple(step / 20 for step in range(20, -1, -1))
PILL_PAD, BUTTON_PAD_X, BUTTON_PAD_Y = 0.62, 1.25, 0.82


class CopyDoesNotFit(FoundryError):
    """Even at the smallest size the words leave their area."""

    code = "copy_does_not_fit"

    def __init__(self, slot: str, text: str, placement: str, locale: str, room: str):
        super().__init__(slot, text, placement, locale, room)
        self.slot, self.text, self.placement = slot, text, placement
        self.locale, self.room = locale, room

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        return (
            f"{self.placement} {self.locale}: {self.slot} {shown!r} does not fit into {self.room} at its "
            "smallest size. Shorten it for this locale or drop the placement."
        )


@dataclass(frozen=True)
class SetSlot:
    """One slot's lines; `box` bounds ink, and the button or pill around it."""

    field: str
    box: PixelBox
    style: Style
    lines: tuple[tuple[int, int, Line], ...]
    plate: bool = False

    @property
    def text(self) -> str:
        """The lines as one text."""
        return " ".join(line.text for _, _, line in self.lines)


@lru_cache(maxsize=2_048)
def set_copy(copy: Copy, locale: str, layout: Layout, placement: Placement, fonts: BrandFonts) -> tuple[SetSlot, ...]:
    """Every slot that has words, set; CopyDoesNotFit names the one that cannot be."""
    setter = _Setter(copy, locale, layout, placement, fonts)
    slots = [*setter.column(), *setter.row()]
    if layout.legal and copy.legal:
        slots.append(setter.legal(layout.legal))
    return tuple(slots)


@dataclass(frozen=True)
class _Setter:
    copy: Copy
    locale: str
    layout: Layout
    placement: Placement
    fonts: BrandFonts

    @property
    def rtl(self) -> bool:
        return is_rtl(self.locale)

    def reference(self) -> int:
        w, h = self.placement.size
        return {"short": min(w, h), "height": h, "width": w}[self.layout.reference]

    def area(self, area: Area) -> PixelBox:
        return pixels(area, self.placement.size, self.rtl)

    def style(self, field: str, share: float) -> Style:
        kind = self.layout.styles[field]
        small, large = kind.size
        size = round((small + (large - small) * share) * self.reference() / 1000)
        return Style(getattr(self.fonts, kind.font), kind.weight, max(size, 9), self.rtl)

    def refuse(self, field: str, box: PixelBox) -> CopyDoesNotFit:
        text = getattr(self.copy, field)
        room = f"{box.width}x{box.height} pixels"
        return CopyDoesNotFit(field, text, self.placement.name, self.locale, room)

    def column(self) -> list[SetSlot]:
        box = self.area(self.layout.column.area)
        fields = [f for f in STACK if f in self.layout.styles and getattr(self.copy, f)]
        for share in SHRINK:
            stacked = self._stack(fields, box, share)
            if stacked is not None:
                return stacked
        raise self.refuse(self._worst(fields, box), box)

    def _worst(self, fields: list[str], box: PixelBox) -> str:
        broken = [f for f in fields if self._lines(f, box.width, 0) is None]
        return (broken or sorted(fields, key=lambda f: -len(getattr(self.copy, f))))[0]

    def _lines(self, field: str, width: int, share: float) -> list[Line] | None:
        kind: TypeStyle = self.layout.styles[field]
        style = self.style(field, share)
        inner = width - 2 * round(PILL_PAD * style.size) if field == "offer" else width
        lines = balanced(getattr(self.copy, field), style, inner)
        fits = len(lines) <= kind.lines and all(line.width <= inner for line in lines)
        return lines if fits and lines else None

    def _stack(self, fields: Sequence[str], box: PixelBox, share: float) -> list[SetSlot] | None:
        gap = round(self.layout.column.gap * self.reference() / 1000)
        blocks: list[tuple[str, Style, list[Line], int]] = []
        for field in fields:
            lines = self._lines(field, box.width, share)
            if lines is None:
                return None
            style = self.style(field, share)
            blocks.append((field, style, lines, self._block_height(field, style, lines)))
        total = sum(height for *_, height in blocks) + gap * (len(blocks) - 1)
        if total > box.height:
            return None
        spare = box.height - total
        top = box.top + (spare // 2 if self.layout.column.anchor == "middle" else 0)
        slots = []
        for field, style, lines, height in blocks:
            slots.append(self._place(field, style, lines, box, top))
            top += height + gap
        return slots

    def _block_height(self, field: str, style: Style, lines: list[Line]) -> int:
        pad = 2 * round(PILL_PAD * 0.62 * style.size) if field == "offer" else 0
        step = round(leading(" ".join(line.text for line in lines)) * style.size)
        return lines[0].above + lines[-1].below + step * (len(lines) - 1) + pad

    def _x(self, width: int, box: PixelBox, align: str) -> int:
        if align == "center":
            return box.left + (box.width - width) // 2
        return box.right - width if self.rtl else box.left

    def _place(self, field: str, style: Style, lines: list[Line], box: PixelBox, top: int) -> SetSlot:
        align = self.layout.column.align
        pad_y = round(PILL_PAD * 0.62 * style.size) if field == "offer" else 0
        pad_x = round(PILL_PAD * style.size) if field == "offer" else 0
        step = round(leading(" ".join(line.text for line in lines)) * style.size)
        base = top + pad_y + lines[0].above
        widest = max(line.width for line in lines) + 2 * pad_x
        placed = []
        for at, line in enumerate(lines):
            x = self._x(line.width + 2 * pad_x, box, align) + pad_x
            placed.append((x, base + at * step, line))
        left = self._x(widest, box, align)
        bottom = base + step * (len(lines) - 1) + lines[-1].below + pad_y
        found = PixelBox(left, top, left + widest, bottom)
        return SetSlot(field, found, style, tuple(placed), plate=field == "offer")

    def row(self) -> list[SetSlot]:
        box = self.area(self.layout.row.area)
        fields = [f for f in ("price", "call_to_action") if f in self.layout.styles]
        fields = [f for f in fields if getattr(self.copy, f)]
        for share in SHRINK:
            placed = self._row(fields, box, share)
            if placed is not None:
                return placed
        raise self.refuse(max(fields, key=lambda f: len(getattr(self.copy, f))), box)

    def _row(self, fields: Sequence[str], box: PixelBox, share: float) -> list[SetSlot] | None:
        parts = []
        for field in fields:
            style = self.style(field, share)
            line = measure(getattr(self.copy, field), style)
            button = field == "call_to_action"
            pad = (round(BUTTON_PAD_X * style.size), round(BUTTON_PAD_Y * style.size)) if button else (0, 0)
            height = (round(0.74 * style.size) if button else line.above + line.below) + 2 * pad[1]
            parts.append((field, style, line, line.width + 2 * pad[0], height, pad[0]))
        gap = round(1.1 * parts[0][1].size) if parts else 0
        width = sum(part[3] for part in parts) + gap * (len(parts) - 1)
        if width > box.width or any(part[4] > box.height for part in parts):
            return None
        x = self._x(width, box, self.layout.row.align)
        if self.rtl:
            parts.reverse()
        slots = []
        for field, style, line, wide, high, inset in parts:
            top = box.top + (box.height - high) // 2
            base = top + high // 2 + (line.above - line.below) // 2
            found = PixelBox(x, top, x + wide, top + high)
            slots.append(SetSlot(field, found, style, ((x + inset, base, line),), inset > 0))
            x += wide + gap
        return slots

    def legal(self, area: Area) -> SetSlot:
        box = self.area(area)
        for share in SHRINK:
            style = self.style("legal", share)
            lines = balanced(self.copy.legal, style, box.width)
            step = round(leading(self.copy.legal) * style.size)
            height = lines[0].above + lines[-1].below + step * (len(lines) - 1)
            fits = all(line.width <= box.width for line in lines) and height <= box.height
            if fits and len(lines) <= self.layout.styles["legal"].lines:
                align = self.layout.legal_align
                base = box.bottom - lines[-1].below - step * (len(lines) - 1)
                placed = tuple(
                    (self._x(line.width, box, align), base + at * step, line) for at, line in enumerate(lines)
                )
                left = min(x for x, _, _ in placed)
                right = max(x + line.width for x, _, line in placed)
                found = PixelBox(left, base - lines[0].above, right, box.bottom)
                return SetSlot("legal", found, style, placed)
        raise self.refuse("legal", box)
