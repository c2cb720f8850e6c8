"""Keys of maps that are values themselves: languages, regions, placements, names of products and scenes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from foundry.adoption.leaf import Leaf, ListNode, MapNode
from foundry.adoption.meaning import COPY, Meaning, Section
from foundry.adoption.shapes import LocaleReading, MarketReading, countries_in, locales_in, placements_in
from foundry.adoption.understanding.context import ENOUGH, Context
from foundry.adoption.understanding.key_scope import parts_of_key
from foundry.adoption.understanding.keys import phrase_of
from foundry.adoption.understanding.roster import Roster
from foundry.adoption.understanding.senses import is_known, sections_of, senses_of

ValueKind = Literal["locale", "market", "placement", "product", "scene", "all"]
_OF_ALL = frozenset(
    {"default", "global", "all", "base", "fallback", "common", "standard", "worldwide", "any", "master"}
)
_OF_MARKETS = frozenset({*COPY, Meaning.LOCALE, Meaning.REGION, Meaning.PRICE, Meaning.CURRENCY})
_DOUBTFUL = 0.5
"""Score below which a code is as well a word (`id`, `no`, `to`), and needs others beside it."""


@dataclass(frozen=True)
class KeyValue:
    """A key that is a value. locale: its reading, where it is a language. "all": it names no part of the campaign."""

    kind: ValueKind
    text: str
    locale: LocaleReading | None = None


def values_of_keys(node: MapNode, context: Context, products: Roster) -> dict[str, KeyValue]:
    """Return the keys of a map that are values, each with its kind."""
    keys = [key for key, _ in node.entries]
    if found := _places(keys, context) or _placements(node, keys, context):
        return found | {key: KeyValue("all", key) for key in keys if _is_of_all(key)}
    named = {
        key: KeyValue("product", key) for key in keys if products.knows(key) and not is_known(key, context.section)
    }
    return named or _unknown_names(node, context)


def _is_of_all(key: str) -> bool:
    return " ".join(phrase_of(key)) in _OF_ALL


def _places(keys: list[str], context: Context) -> dict[str, KeyValue]:
    bare = [key for key in keys if not _has_a_name(key, context)]
    languages = {key: found for key in bare if (found := _language(key))}
    markets = {key: place for key in bare if (place := _market(key))}
    either = languages.keys() | markets.keys()
    if not either or not _agree(either, keys, context, languages, markets):
        return {}
    first_language = _languages_first(languages, markets)
    return {key: _place(key, languages, markets, first_language) for key in keys if key in either}


def _has_a_name(key: str, context: Context) -> bool:
    """Return True for `cta_en`: a language beside the name of a fact."""
    parts = parts_of_key(key, context.section)
    return parts.locale is not None or bool(parts.market)


@lru_cache(maxsize=4096)
def _language(key: str) -> LocaleReading | None:
    found = locales_in(key)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _market(key: str) -> MarketReading | None:
    found = countries_in(key.replace("_", " "))
    return found[0] if len(found) == 1 else None


def _agree(
    either: set[str], keys: list[str], context: Context,
    languages: dict[str, LocaleReading], markets: dict[str, MarketReading],
) -> bool:  # fmt: skip
    """Return True if so many keys are languages or regions that they are no names of facts."""
    rest = [key for key in keys if key not in either and not _is_of_all(key)]
    scores = [max(r.score for r in (languages.get(key), markets.get(key)) if r) for key in either]
    expected = context.section in (Section.COPY, Section.MARKETS) or context.best in (
        *COPY, Meaning.REGION, Meaning.LOCALE, Meaning.PRICE, Meaning.VOICE_OVER,
    )  # fmt: skip
    if not rest:
        words = all(is_known(key, context.section) for key in either)
        return expected or (not words and max(scores) >= _DOUBTFUL)
    sure = sum(
        score >= _DOUBTFUL and not is_known(key, context.section) for key, score in zip(either, scores, strict=True)
    )
    return sure >= (1 if expected else 2)


def _languages_first(languages: dict[str, LocaleReading], markets: dict[str, MarketReading]) -> bool:
    """Return True if codes that are both, such as DE, are languages here."""
    if languages.keys() - markets.keys():
        return True
    if markets.keys() - languages.keys():
        return False
    return sum(r.score for r in languages.values()) >= sum(r.score for r in markets.values())


def _place(
    key: str, languages: dict[str, LocaleReading], markets: dict[str, MarketReading], languages_first: bool
) -> KeyValue:
    language, market = languages.get(key), markets.get(key)
    if language and (language.stated or not market or languages_first):
        return KeyValue("locale", key, language)
    return KeyValue("market", key)


def _placements(node: MapNode, keys: list[str], context: Context) -> dict[str, KeyValue]:
    named = [key for key in keys if _names_a_placement(key) and not _is_of_all(key)]
    expected = context.section is Section.PLACEMENTS or context.best is Meaning.PLACEMENT
    if not named or (not expected and (len(named) < len(keys) or not any(_is_shape(key) for key in keys))):
        return {}
    return {key: KeyValue("placement", key) for key in named if not (is_known(key) and _holds_text(node, key))}


@lru_cache(maxsize=4096)
def _names_a_placement(key: str) -> bool:
    return bool(placements_in(key.replace("_", " ")))


def _is_shape(key: str) -> bool:
    return any(letter.isdigit() for letter in key)


def _holds_text(node: MapNode, key: str) -> bool:
    return any(name == key and isinstance(child, Leaf) and child.kind == "text" for name, child in node.entries)


def _speaks(node: MapNode) -> bool:
    """Return True if a map holds copy, a language or a place, as that of a market does."""
    for key, child in node.entries:
        senses = senses_of(key, Section.MARKETS)
        if senses and senses[0].meaning in _OF_MARKETS and senses[0].score >= ENOUGH:
            return True
        if _language(key) or _market(key) or (isinstance(child, MapNode) and _speaks(child)):
            return True
    return False


def _unknown_names(node: MapNode, context: Context) -> dict[str, KeyValue]:
    """Return keys that the vocabulary does not know, where the section holds things by their names."""
    unknown = [
        (key, child) for key, child in node.entries
        if not is_known(key, context.section) and not sections_of(key) and not _is_of_all(key)
    ]  # fmt: skip
    if context.section is Section.MARKETS and context.best is not Meaning.AUDIENCE:
        return {key: KeyValue("market", key) for key, child in unknown if isinstance(child, MapNode) and _speaks(child)}
    if len(unknown) < len(node.entries):
        return {}
    if context.section is Section.PRODUCTS and context.scope.product is None:
        by_name = context.several is Section.PRODUCTS or all(isinstance(child, MapNode) for _, child in unknown)
        return {key: KeyValue("product", key) for key, child in unknown if by_name and not isinstance(child, ListNode)}
    if context.section is Section.SCENES and context.scope.scene is None and context.several is Section.SCENES:
        return {key: KeyValue("scene", key) for key, _ in unknown}
    return {}
