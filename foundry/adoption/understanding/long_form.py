"""Entries that name their fact in a field of its own: `{field: headline, locale: de-DE, text: Hallo}`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from foundry.adoption.leaf import Leaf, MapNode, Node
from foundry.adoption.meaning import COPY
from foundry.adoption.understanding.keys import phrase_of, spelled
from foundry.adoption.understanding.senses import senses_of

_NAMING = frozenset({
    "field", "element", "type", "key", "component", "slot", "copy type", "text type", "asset type", "kind", "role",
    "feld", "textart", "typ", "champ", "type de texte", "élément", "campo", "tipo", "elemento", "項目", "種類", "字段",
    "类型",
})  # fmt: skip
_HOLDING = frozenset({
    "text", "value", "copy", "content", "translation", "string", "wert", "inhalt", "texte", "valeur", "contenu",
    "texto", "valor", "contenido", "conteúdo", "テキスト", "内容", "文言", "文案",
})  # fmt: skip
_SURE = 0.85


def in_short_form(entry: MapNode) -> tuple[MapNode, Leaf | None]:
    """Return an entry with its text under the name of its fact, and the leaf that holds that name; None without one."""
    naming = _leaf(entry, _NAMING)
    holding = _leaf(entry, _HOLDING)
    if naming is None or holding is None or not _names_copy(naming[1]):
        return entry, None
    entries: list[tuple[str, Node]] = [
        (naming[1].text, child) if child is holding[1] else (key, child)
        for key, child in entry.entries if child is not naming[1]
    ]  # fmt: skip
    return replace(entry, entries=tuple(entries)), naming[1]


def has_form_titles(titles: Iterable[str]) -> bool:
    """Return True if titles are those of such a table: "Field", "Locale", "Text"."""
    phrases = {spelled(phrase_of(title)) for title in titles}
    return bool(phrases & _NAMING) and bool(phrases & _HOLDING)


def _leaf(entry: MapNode, names: frozenset[str]) -> tuple[str, Leaf] | None:
    found = ((key, child) for key, child in entry.entries if spelled(phrase_of(key)) in names)
    return next(((key, child) for key, child in found if isinstance(child, Leaf)), None)


def _names_copy(leaf: Leaf) -> bool:
    found = senses_of(leaf.text, None)
    return bool(found) and found[0].meaning in COPY and found[0].score >= _SURE
