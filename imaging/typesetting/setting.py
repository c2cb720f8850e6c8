"""Copy set into a layout's blocks: sizes, lines and boxes, before any pixel is drawn.

A row that is too wide shrinks alone; where a block is too low, its rows shrink together. Type also shrinks to avoid a
broken phrase or a lone word, by as much as each is worth. Where there is still no room, slots give way in the layout's
order, one at a time, and the rest begins again at its largest size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from foundry.brought_fonts import Families
from foundry.copy import Copy
from foundry.errors import FoundryError
from foundry.layout.layout import STEPS, Block, Layout, Size
from foundry.locales import is_rtl
from foundry.tenant import TypeScale
from imaging.pixels.geometry import LayoutFrame, PixelBox
from imaging.typesetting.lettering import Style, TextLine, plain_text
from imaging.typesetting.pieces import SlotPiece, set_piece

SHRINK = tuple(step / 20 for step in range(20, -1, -1))
"""Shares of a style's range of sizes that are tried: 1 is its largest size, 0 its smallest."""
SMALLEST_PX, SMALLEST_LEGAL_PX = 10, 9
HYPHENS_BELOW = 0.5
"""Share of a style's range of sizes below which words may be divided: before that, they shrink."""


class CopyDoesNotFit(FoundryError):
    """The words leave their area even at the smallest size and without the slots that may give way."""

    code = "copy_does_not_fit"

    def __init__(self, slot: str, text: str, placement: str, locale: str, room: str) -> None:
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
class TextAreas:
    """The areas that words may fill in one placement: one box a block; `placement` is its name, for messages."""

    placement: str
    frame: LayoutFrame
    boxes: tuple[tuple[str, PixelBox], ...]


@dataclass(frozen=True, kw_only=True)
class SetSlot:
    """One slot's lines in their place: `box` bounds ink and plate; `lines` are left edge, baseline and line."""

    field: str
    box: PixelBox
    style: Style
    lines: tuple[tuple[int, int, TextLine], ...]
    plate: str = "none"
    block: str = ""

    @property
    def text(self) -> str:
        """Return the lines as one text."""
        return plain_text([line for _, _, line in self.lines])


@dataclass(frozen=True)
class Setting:
    """The slots in the order of reading, and the fields that gave way."""

    slots: tuple[SetSlot, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class BrandType:
    """The part of a brand that decides how type is set: fonts, scale, and names that are never divided."""

    fonts: Families
    scale: TypeScale
    names: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def set_copy(copy: Copy, locale: str, layout: Layout, room: TextAreas, brand: BrandType) -> Setting:
    """Set every slot that has words, block by block; CopyDoesNotFit names the slot without room."""
    slots: list[SetSlot] = []
    dropped: list[str] = []
    for name, box in room.boxes:
        setter = BlockSetter(copy=copy, locale=locale, layout=layout, room=room, brand=brand, name=name, box=box)
        found, gone = setter.set_block()
        slots += found
        dropped += gone
    rank = {field: at for at, field in enumerate(layout.priority)}
    return Setting(tuple(sorted(slots, key=lambda slot: rank.get(slot.field, len(rank)))), tuple(dropped))


@dataclass(frozen=True, kw_only=True)
class BlockSetter:
    """One block's area, in which the words of one copy are set in one locale."""

    copy: Copy
    locale: str
    layout: Layout
    room: TextAreas
    brand: BrandType
    name: str
    box: PixelBox

    @property
    def rtl(self) -> bool:
        """Return True if the locale is read from right to left."""
        return is_rtl(self.locale)

    def text(self, field: str) -> str:
        """Return the words of a field; "" if it has none."""
        return str(getattr(self.copy, field, ""))

    def set_block(self) -> tuple[list[SetSlot], list[str]]:
        """Return the block's slots, and the fields that gave way for them."""
        block = self.layout.blocks[self.name]
        shown = [field for field in block.fields if self.text(field)]
        leaving = [field for field in self.layout.gives_way if field in shown]
        gone: list[str] = []
        while shown:
            found = self._set_rows(block, shown)
            if found is not None:
                return found, gone
            if not leaving:
                raise self._refusal(shown)
            gone.append(leaving.pop(0))
            shown.remove(gone[-1])
        return [], gone

    def fits_smallest(self) -> bool:
        """Return True if the words that never give way have room at their smallest size; then the block can be set.

        Where it is False, another size may still have room, as lines are broken otherwise there.
        """
        block = self.layout.blocks[self.name]
        kept = [[f for f in row if self.text(f) and f not in self.layout.gives_way] for row in block.slots]
        rows = [self._row(row, 0.0) for row in kept if row]
        whole = [row for row in rows if row is not None]
        return len(whole) == len(rows) and (not whole or self._stack(block, whole, 0.0) is not None)

    def _refusal(self, shown: list[str]) -> CopyDoesNotFit:
        rows = [[f for f in row if f in shown] for row in self.layout.blocks[self.name].slots]
        wide = [f for row in rows if row and self._largest(row) is None for f in row]
        worst = max(wide or shown, key=lambda f: len(self.text(f)))
        room = f"{self.box.width}x{self.box.height} pixels"
        return CopyDoesNotFit(worst, self.text(worst), self.room.placement, self.locale, room)

    def _set_rows(self, block: Block, shown: list[str]) -> list[SetSlot] | None:
        """Return the block's slots at the best common share of their sizes; None if they have no room at any."""
        rows = [[f for f in row if f in shown] for row in block.slots]
        rows = [row for row in rows if row]
        most = [self._largest(row) for row in rows]
        if None in most:
            return None
        best: tuple[float, list[SetSlot] | None] = (-math.inf, None)
        for share in SHRINK:
            if share <= best[0]:
                break
            parts = [self._row(row, min(share, limit or 0)) for row, limit in zip(rows, most, strict=True)]
            whole = [row for row in parts if row is not None]
            if len(whole) == len(parts) and (stacked := self._stack(block, whole, share)) is not None:
                best = max(best, (share - max(map(_flaw, whole)), stacked), key=itemgetter(0))
        return best[1]

    def _largest(self, row: list[str]) -> float | None:
        """Return the best share at which the row alone fits the block's width and its styles' numbers of lines."""
        best: tuple[float, float | None] = (-math.inf, None)
        for share in SHRINK:
            if share <= best[0]:
                break
            if (found := self._row(row, share)) is not None:
                best = max(best, (share - _flaw(found), share), key=itemgetter(0))
        return best[1]

    def _row(self, fields: list[str], share: float) -> list[SlotPiece] | None:
        """Return the row's pieces side by side, or None where they are wider than the block."""
        tried = [self.set_field(field, share) for field in fields]
        row = [piece for piece in tried if piece is not None]
        wide = sum(piece.width for piece in row) + self._between(row) * (len(row) - 1)
        return row if len(row) == len(tried) and wide <= self.box.width else None

    def _between(self, row: list[SlotPiece]) -> int:
        return space_between(row[0].style.size) if len(row) > 1 else 0

    def set_field(self, field: str, share: float) -> SlotPiece | None:
        """Return a field's piece at a share of its range of sizes; None if it is too wide or has too many lines."""
        kind = self.layout.styles[field]
        return set_piece(
            field, self.text(field), kind, self.style_of(field, share), self.box.width, share < HYPHENS_BELOW
        )

    def style_of(self, field: str, share: float) -> Style:
        """Return the type of a field at a share of its range of sizes."""
        kind = self.layout.styles[field]
        least = SMALLEST_LEGAL_PX if field == "legal" else SMALLEST_PX
        small, large = (self._size(size) for size in kind.size)
        size = max(round(small + (large - small) * share), least)
        names = tuple(filter(None, (*self.brand.names, self.copy.product_name)))
        return Style(getattr(self.brand.fonts, kind.font), kind.weight, size, self.rtl, self.locale, names=names)

    def _size(self, size: Size) -> float:
        scale = self.brand.scale
        steps = STEPS[size] if isinstance(size, str) else 0
        base = self.layout.base if isinstance(size, str) else size
        return base * float(scale.ratio) ** steps * scale.size / 100 * self.room.frame.reference_px / 1000

    def _stack(self, block: Block, rows: list[list[SlotPiece]], share: float) -> list[SetSlot] | None:
        """Return the slots of rows from top to bottom, or None where the rows are higher than the box."""
        gaps = [self.gap_above([piece.field for piece in row], share) for row in rows[1:]]
        heights = [max(piece.height for piece in row) for row in rows]
        spare = self.box.height - sum(heights) - sum(gaps)
        if spare < 0:
            return None
        top = self.box.top + {"top": 0, "middle": spare // 2, "bottom": spare}[block.anchor]
        slots: list[SetSlot] = []
        for row, height, gap in zip(rows, heights, [*gaps, 0], strict=True):
            slots += self._side_by_side(block, row, top, height)
            top += height + gap
        return slots

    def gap_above(self, fields: list[str], share: float) -> int:
        """Return the pixels between a row of fields and the row above it."""
        own = [self.layout.styles[field].space_above for field in fields]
        gap = max((space for space in own if space is not None), default=self.layout.blocks[self.name].gap)
        return self.room.frame.length(gap * (0.75 + 0.25 * share))

    def _side_by_side(self, block: Block, row: list[SlotPiece], top: int, height: int) -> Iterable[SetSlot]:
        between = self._between(row)
        wide = sum(piece.width for piece in row) + between * (len(row) - 1)
        if block.spread and len(row) > 1:
            between += (self.box.width - wide) // (len(row) - 1)
            wide = sum(piece.width for piece in row) + between * (len(row) - 1)
        x = self._start(block.align, wide)
        for piece in reversed(row) if self.rtl else row:
            box = PixelBox(x, (at := top + (height - piece.height) // 2), x + piece.width, at + piece.height)
            lines = piece.place_lines(box, block.align, self.rtl)
            yield SetSlot(
                field=piece.field, box=box, style=piece.style, lines=lines, plate=piece.plate, block=self.name
            )
            x += piece.width + between

    def _start(self, align: str, wide: int) -> int:
        if align == "center":
            return self.box.left + (self.box.width - wide) // 2
        return self.box.right - wide if (align == "end") != self.rtl else self.box.left


def space_between(size: int) -> int:
    """Return the pixels between the fields of a row, of which the first is set at `size` pixels."""
    return round(1.1 * size)


def _flaw(row: list[SlotPiece]) -> float:
    return max(piece.flaw for piece in row)
