"""Placements that are given as a width and a height in fields of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from foundry.adoption.claims import Claim
from foundry.adoption.leaf import Leaf, MapNode
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.understanding.context import Context
from foundry.adoption.understanding.deciding import Stated
from foundry.adoption.understanding.keys import phrase_of, spelled

_WIDTHS = frozenset({"width", "w", "width px", "breite", "largeur", "ancho", "largura", "幅", "横", "宽", "宽度"})
_HEIGHTS = frozenset({"height", "h", "height px", "höhe", "hauteur", "alto", "altura", "高さ", "縦", "高", "高度"})
_SCORE = 0.9


def without_size(entry: MapNode, context: Context) -> tuple[MapNode, list[Stated]]:
    """Return a map without its width and height, and the claims of these two: on the placement of that size."""
    if context.section is not Section.PLACEMENTS and context.best is not Meaning.PLACEMENT:
        return entry, []
    width, height = next(_leaves(entry, _WIDTHS), None), next(_leaves(entry, _HEIGHTS), None)
    if width is None or height is None:
        return entry, []
    size = f"{_pixels(width)}x{_pixels(height)}"
    scope = replace(context.scope, placement=context.scope.placement or size)
    reason = f"width and height are those of {size}"
    stated = [
        Stated(Claim(leaf, Meaning.PLACEMENT, scope, _SCORE, reason, leaf.text), context) for leaf in (width, height)
    ]
    rest = tuple((key, child) for key, child in entry.entries if child is not width and child is not height)
    return replace(entry, entries=rest), stated


def _leaves(entry: MapNode, names: frozenset[str]) -> Iterator[Leaf]:
    for key, child in entry.entries:
        if isinstance(child, Leaf) and spelled(phrase_of(key)) in names and _pixels(child).isdecimal():
            yield child


def _pixels(leaf: Leaf) -> str:
    return leaf.text.casefold().removesuffix("px").strip()
