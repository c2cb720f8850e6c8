"""Proof that many copies of one locale have room in a block's area, by bounds of their lines (`room`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from foundry.copy import Copy
from imaging.typesetting.lettering.paragraphs import leading
from imaging.typesetting.lettering.shaping import Style, clean
from imaging.typesetting.piece_widths import Face, TextPieces, same_width, text_pieces
from imaging.typesetting.pieces import BADGE_EMS, BADGE_LEAST, BADGE_ROOM, PADS
from imaging.typesetting.room import Floats, MeasuredTexts, measure_texts
from imaging.typesetting.setting import BlockSetter, space_between

FEW = 8
"""Different texts of a field up to which each is set rather than bounded."""
INK_PX = 4.0
"""Pixels by which ink above and below may exceed its share of the font's by rounding and hinting, in all."""
Named = tuple[str, str]
"""A text, and the product's name where the text holds it: lines keep a name whole."""


@dataclass(frozen=True)
class _FieldBounds:
    """Upper bounds of a field's piece for some texts, plate included, in pixels; endless where none is known."""

    width: Floats
    height: Floats


def _name_in(text: str, name: str) -> str:
    return name if name and name in text else ""


def _same_width(text: str, name: str) -> Named:
    """Return a text and its name with zeros for digits; as they are, if the name were found elsewhere in it then."""
    plain, named = same_width(text), same_width(name)
    return (plain, named) if not name or plain.count(named) == text.count(name) else (text, name)


class CopyRoom:
    """Copies of one locale, of which a block's area asks whether they are sure to have room."""

    def __init__(self, copies: Sequence[Copy], locale: str, brand_names: tuple[str, ...]) -> None:
        self._copies, self._locale, self._names = copies, locale, brand_names
        self._fields: dict[str, _FieldTexts] = {}

    def proven(self, setter: BlockSetter) -> NDArray[np.bool_]:
        """Return, for each copy, whether the block of `setter` can be set with it; its own copy does not matter."""
        block, layout = setter.layout.blocks[setter.name], setter.layout
        kept = [[field for field in row if field not in layout.gives_way] for row in block.slots]
        high, above = np.zeros(len(self._copies)), np.zeros(len(self._copies), np.bool_)
        fits = np.ones(len(self._copies), np.bool_)
        for row in filter(None, kept):
            fields = [self._field(field) for field in row]
            bounds = [texts.bounds(setter, field) for texts, field in zip(fields, row, strict=True)]
            shown = [texts.shown for texts in fields]
            between = max(space_between(setter.style_of(field, 0.0).size) for field in row)
            wide = sum(np.where(seen, bound.width, 0.0) for seen, bound in zip(shown, bounds, strict=True))
            wide = wide + between * np.maximum(sum(seen.astype(np.int64) for seen in shown) - 1, 0)
            tall = np.max(
                [np.where(seen, bound.height, 0.0) for seen, bound in zip(shown, bounds, strict=True)], axis=0
            )
            present = np.any(shown, axis=0)
            high += tall + np.where(present & above, self._gap(setter, row), 0)
            above |= present
            fits &= wide <= setter.box.width
        return np.asarray(fits & (high <= setter.box.height))

    @staticmethod
    def _gap(setter: BlockSetter, row: list[str]) -> int:
        """Return the most that may stand above a row of which some fields are missing."""
        return max(setter.gap_above(row, 0.0), *(setter.gap_above([field], 0.0) for field in row))

    def _field(self, field: str) -> _FieldTexts:
        if field not in self._fields:
            self._fields[field] = _FieldTexts(self._copies, field, self._locale, self._names)
        return self._fields[field]


class _FieldTexts:
    """The different texts of one field, and which of them each copy has."""

    def __init__(self, copies: Sequence[Copy], field: str, locale: str, names: tuple[str, ...]) -> None:
        self._field, self._locale, self._brand_names = field, locale, names
        found = [(text := str(getattr(copy, field, "")), _name_in(text, copy.product_name)) for copy in copies]
        self._few = len(set(found)) <= FEW
        at: dict[Named, int] = {}
        index = [at.setdefault(named if self._few else _same_width(*named), len(at)) for named in found]
        self._index = np.array(index, np.int64)
        self._texts = tuple(at)
        self._measured: dict[Face, MeasuredTexts] = {}
        self.shown = np.array([bool(text) for text, _ in self._texts], np.bool_)[self._index]

    def bounds(self, setter: BlockSetter, field: str) -> _FieldBounds:
        """Return the bounds of each copy's piece at its smallest size."""
        style = replace(setter.style_of(field, 0.0), names=())
        found = self._set(setter, field) if self._few else self._bound(setter, field, style)
        return _FieldBounds(found.width[self._index], found.height[self._index])

    def _set(self, setter: BlockSetter, field: str) -> _FieldBounds:
        """Return the measures of each text as it is set."""
        wide, high = np.full(len(self._texts), np.inf), np.full(len(self._texts), np.inf)
        for at, (text, named) in enumerate(self._texts):
            words = Copy(**{"product_name": named, field: text})
            piece = replace(setter, copy=words).set_field(field, 0.0) if text else None
            if piece is not None:
                wide[at], high[at] = piece.width, piece.height
        return _FieldBounds(wide, high)

    def _bound(self, setter: BlockSetter, field: str, style: Style) -> _FieldBounds:
        """Return bounds of each text's measures by its lines."""
        kind, size, width = setter.layout.styles[field], style.size, setter.box.width
        pad, usual, least = (round(ems * size) for ems in PADS[kind.plate])
        rooms = [min(round(ems * size), width) for ems in BADGE_EMS] if kind.plate == "badge" else [width - 2 * pad]
        wide, lines = np.full(len(self._texts), np.inf), np.full(len(self._texts), kind.lines)
        for room in filter(lambda each: each > 0, rooms):
            found_lines, found_width = self._lines(style, room, kind.lines)
            wide = np.minimum(wide, found_width)
            lines = found_lines if len(rooms) == 1 else lines
        step = np.round(self._leading * size)
        ink = self._ink(style) * size + INK_PX + step * (lines - 1)
        if kind.plate == "badge":
            side = np.ceil(np.maximum(np.hypot(max(rooms), ink) * BADGE_ROOM, BADGE_LEAST * size))
            return _FieldBounds(np.where(np.isinf(wide), np.inf, side), side)
        if kind.plate != "none":
            ink = np.maximum(usual + step * (lines - 1), ink + least)
        return _FieldBounds(wide + 2 * pad, ink)

    def _lines(self, style: Style, room: int, most: int) -> tuple[NDArray[np.int64], Floats]:
        """Return each text's lines and width in pixels; a width without end where they are not proven to fit."""
        bounds = self._measures(style).line_bounds(style.size, room, most)
        lines, unproven = np.zeros(len(self._texts), np.int64), np.zeros(len(self._texts), np.bool_)
        np.add.at(lines, self._owners, bounds.lines)
        np.logical_or.at(unproven, self._owners, ~bounds.proven)
        wide = np.zeros(len(self._texts))
        np.maximum.at(wide, self._owners, bounds.width)
        return lines, np.where(unproven | (lines > most) | (lines == 0), np.inf, wide)

    def _measures(self, style: Style) -> MeasuredTexts:
        face = Face(style.family, style.weight, style.rtl, style.locale)
        if face not in self._measured:
            self._measured[face] = measure_texts([pieces for _, pieces in self._paragraphs], face)
        return self._measured[face]

    @cached_property
    def _paragraphs(self) -> list[tuple[int, TextPieces]]:
        """The paragraphs of all texts, each with the index of its text."""
        return [
            (at, text_pieces(paragraph, self._locale, (*self._brand_names, named) if named else self._brand_names))
            for at, (text, named) in enumerate(self._texts)
            for paragraph in clean(text).split("\n")
            if paragraph.strip()
        ]

    @cached_property
    def _owners(self) -> NDArray[np.int64]:
        return np.array([at for at, _ in self._paragraphs], np.int64)

    @cached_property
    def _leading(self) -> Floats:
        return np.array([leading(text) for text, _ in self._texts])

    def _ink(self, style: Style) -> Floats:
        """Return the most ink above a line of each text and the most below one, in ems, together."""
        found = np.zeros((len(self._texts), 2))
        np.maximum.at(found, self._owners, self._measures(style).ink[:, 2:])
        return np.asarray(found.sum(axis=1))
