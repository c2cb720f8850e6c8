"""The product that each fact about products belongs to, where the file does not say it outright."""

from __future__ import annotations

from dataclasses import replace

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.saying.facts import PRODUCT, Facts, alike
from foundry.adoption.saying.ids import slug

_SHORTEST = 3
_COMMON = frozenset({Meaning.PRICE, Meaning.PRODUCT_CATEGORY})
"""What is said once beside several products is said of each of them, if none has its own."""
_SHARED = 0.8
_SHOWING = (Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_MODEL)


def placed(facts: Facts) -> Facts:
    """Return the facts of which each about products says which product it is about, where that is certain.

    Names without a product are products of their own. What is said of no certain product belongs to the only one, if
    there is only one; a price or category that no product has for itself, to each. A picture belongs to the product
    whose name stands in the file's name.
    """
    facts = _with_names(facts)
    products = facts.products
    if not products and facts.of(*PRODUCT):
        return Facts(tuple(_at(claim, 0) for claim in facts.claims))
    if len(products) == 1:
        shown = facts.of_product(products[0], *_SHOWING)
        return Facts(
            tuple(claim if shown and claim.meaning in _SHOWING else _at(claim, products[0]) for claim in facts.claims)
        )
    names = {at: _name_of(at, facts) for at in products}
    own = {claim.meaning for claim in facts.claims if claim.scope.product is not None}
    placed_claims: list[Claim] = []
    for claim in facts.claims:
        if claim.meaning in _COMMON - own and claim.scope.product is None:
            placed_claims += [_at(replace(claim, score=claim.score * _SHARED), at) for at in products]
        else:
            placed_claims.append(_matched(claim, names))
    return Facts(tuple(placed_claims))


def _with_names(facts: Facts) -> Facts:
    """Give each name without a product a product: one that lacks a name if there is no other, else a new one."""
    unplaced = [claim for claim in facts.of(Meaning.PRODUCT_NAME) if claim.scope.product is None]
    known = list(facts.products)
    unnamed = [at for at in known if not facts.of_product(at, Meaning.PRODUCT_NAME)]
    places: dict[str, int] = {}
    for group in alike(unplaced).values():
        own = unnamed.pop() if len(known) == 1 and unnamed else max([-1, *known]) + 1
        known.append(own)
        places |= dict.fromkeys((claim.text for claim in group), own)
    return Facts(
        tuple(
            _at(claim, places[claim.text])
            if claim.meaning == Meaning.PRODUCT_NAME and claim.scope.product is None
            else claim
            for claim in facts.claims
        )
    )


def _at(claim: Claim, product: int) -> Claim:
    if claim.scope.product is not None or claim.meaning not in PRODUCT:
        return claim
    return replace(claim, scope=replace(claim.scope, product=product))


def _name_of(product: int, facts: Facts) -> str:
    named = facts.of_product(product, Meaning.PRODUCT_NAME, Meaning.PRODUCT_ID)
    return slug(named[0].text) if named else ""


def _matched(claim: Claim, names: dict[int, str]) -> Claim:
    if claim.meaning not in _SHOWING or claim.scope.product is not None:
        return claim
    file = slug(claim.text.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    fitting = [at for at, name in names.items() if len(name) >= _SHORTEST and name in file]
    longest = [at for at in fitting if all(len(names[at]) >= len(names[other]) for other in fitting)]
    return _at(claim, longest[0]) if len(longest) == 1 else claim
