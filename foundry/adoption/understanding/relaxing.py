"""Scopes as wide as the file allows: a headline that is the same for all products of a language belongs to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from foundry.adoption.claims import Claim, Scope
from foundry.adoption.meaning import COPY, Meaning
from foundry.adoption.understanding.deciding import Stated

_PARTS = ("product", "locale", "market", "placement")
_OF_PRODUCTS = (
    Meaning.PRODUCT_NAME, Meaning.PRODUCT_ID, Meaning.PRODUCT_DESCRIPTION, Meaning.PRODUCT_CATEGORY,
    Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_MODEL, Meaning.PRICE, Meaning.CURRENCY,
)  # fmt: skip
_KEPT: dict[Meaning, tuple[str, ...]] = {
    **dict.fromkeys((*COPY, Meaning.VOICE_OVER, Meaning.LOCALE), ("locale", "market")),
    **dict.fromkeys(_OF_PRODUCTS, ("product",)),
    Meaning.PLACEMENT: ("placement",),
}
"""The parts of a scope that a meaning always keeps, where the file states them."""
_FIXED = frozenset({Meaning.REGION, Meaning.LOCALE, Meaning.PLACEMENT, Meaning.APPROVAL})
"""Meanings that keep no other parts: they are what the others are told apart by."""


def relaxed(stated: Iterable[Stated]) -> list[Stated]:
    """Return the claims with the widest scopes under which those of rows and entries are still told apart."""
    stated = list(stated)
    by_meaning: dict[Meaning, list[Claim]] = defaultdict(list)
    for one in stated:
        if one.context.of_row:
            by_meaning[one.claim.meaning].append(one.claim)
    kept = {meaning: _needed(meaning, claims) for meaning, claims in by_meaning.items()}
    return [
        replace(one, claim=replace(one.claim, scope=_only(one.claim.scope, kept[one.claim.meaning])))
        if one.context.of_row else one
        for one in stated
    ]  # fmt: skip


def _needed(meaning: Meaning, claims: list[Claim]) -> tuple[str, ...]:
    """Return the fewest parts of a scope by which the values of a meaning can be told apart."""
    said: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for claim in claims:
        said[_values(claim.scope, _PARTS)].add(claim.text)
    if meaning in _FIXED:
        return _KEPT.get(meaning, ())
    for parts in _choices(_KEPT.get(meaning, ())):
        positions = [_PARTS.index(part) for part in parts]
        seen: dict[tuple[object, ...], set[str]] = {}
        if all(seen.setdefault(tuple(full[at] for at in positions), texts) == texts for full, texts in said.items()):
            return parts
    return _PARTS


def _choices(kept: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    others = [part for part in _PARTS if part not in kept]
    for count in range(len(others) + 1):
        for more in combinations(others, count):
            yield (*kept, *more)


def _values(scope: Scope, parts: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(scope, part) for part in parts)


def _only(scope: Scope, parts: tuple[str, ...]) -> Scope:
    """Return a scope with these parts and its scene alone."""
    return Scope(
        product=scope.product if "product" in parts else None,
        scene=scope.scene,
        locale=scope.locale if "locale" in parts else "",
        market=scope.market if "market" in parts else "",
        placement=scope.placement if "placement" in parts else "",
    )


def shared_by_products(stated: list[Stated], count: int) -> list[Stated]:
    """Return the claims with copy that all products have in the same words taken from its products."""
    having: dict[tuple[Meaning, Scope, str], set[int | None]] = defaultdict(set)
    for one in stated:
        having[_without_product(one.claim)].add(one.claim.scope.product)
    everyone = set(range(count))
    return [
        replace(one, claim=replace(one.claim, scope=replace(one.claim.scope, product=None)))
        if one.claim.meaning in COPY and having[_without_product(one.claim)] >= everyone else one
        for one in stated
    ]  # fmt: skip


def _without_product(claim: Claim) -> tuple[Meaning, Scope, str]:
    return claim.meaning, replace(claim.scope, product=None), claim.text
