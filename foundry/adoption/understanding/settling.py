"""The last look at a campaign as a whole: what one leaf alone cannot tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from foundry.adoption.claims import Claim, Doubt, Listed, Scope, UnderstoodCampaign
from foundry.adoption.leaf import Leaf, Place
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import countries_in
from foundry.adoption.understanding.deciding import Outcome, Stated
from foundry.adoption.understanding.keys import phrase_of
from foundry.adoption.understanding.relaxing import relaxed, shared_by_products
from foundry.adoption.understanding.roster import plain
from foundry.adoption.understanding.senses import sections_of

_MAIN_LINES = (Meaning.HEADLINE, Meaning.MESSAGE)
_OF_BRANDS = (Meaning.BRAND_COLOUR, Meaning.BRAND_FONT, Meaning.BRAND_LOGO, Meaning.BRAND_TONE)
_OF_PRODUCTS = frozenset({
    Meaning.PRODUCT_ID, Meaning.PRODUCT_DESCRIPTION, Meaning.PRODUCT_CATEGORY, Meaning.PRODUCT_PICTURE,
    Meaning.PRODUCT_MODEL, Meaning.PRICE,
})  # fmt: skip


def settle(outcomes: Iterable[Outcome], products: int) -> UnderstoodCampaign:
    """Return the campaign that the outcomes of its leaves make. products: their number."""
    outcomes = list(outcomes)
    stated = [outcome for outcome in outcomes if isinstance(outcome, Stated)]
    stated = shared_by_products(relaxed(_of_products(stated, products)), products)
    claims = _with_main_lines([_in_its_market(one.claim) for one in stated])
    doubts = [outcome for outcome in outcomes if isinstance(outcome, Doubt)]
    claims, narrow = _without_narrow_brand_facts(claims, products)
    listed = [*(outcome for outcome in outcomes if isinstance(outcome, Listed)), *narrow]
    doubts, own_lines = _brand_lines(doubts, claims)
    return UnderstoodCampaign(*_each_leaf_once(claims, doubts, [*listed, *own_lines]))


def _of_products(stated: list[Stated], products: int) -> list[Stated]:
    """Return the claims with facts of a product that stand outside of it given to the product that they must mean."""
    names = {
        one.claim.scope.product: plain(one.claim.text)
        for one in reversed(stated) if one.claim.meaning is Meaning.PRODUCT_NAME
    }  # fmt: skip
    own = {one.claim.meaning for one in stated if one.claim.scope.product == 0}
    found = []
    for one in stated:
        claim = one.claim
        if claim.meaning in _OF_PRODUCTS and claim.scope.product is None:
            only = 0 if claim.meaning not in own else None
            product = only if products <= 1 else _product_of_file(claim, names)
            claim = replace(claim, scope=replace(claim.scope, product=product))
        found.append(replace(one, claim=claim))
    return found


def _product_of_file(claim: Claim, names: dict[int | None, str]) -> int | None:
    """Return the only product whose name a picture's file has in its own."""
    if claim.meaning not in (Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_MODEL):
        return None
    file = f" {plain(claim.text.rsplit('/', maxsplit=1)[-1])} "
    whole = [index for index, name in names.items() if f" {name} " in file]
    first = [index for index, name in names.items() if name and f" {phrase_of(name)[0]} " in file]
    return next((found[0] for found in (whole, first) if len(found) == 1), None)


def _in_its_market(claim: Claim) -> Claim:
    """Return a claim with the country of its market in its language, if that is one: Spanish in the US is es-US."""
    scope = claim.scope
    if not scope.market or not scope.locale or any(len(part) == 2 for part in scope.locale.split("-")[1:]):
        return claim
    countries = {country for reading in countries_in(scope.market) for country in reading.countries}
    if len(countries) != 1:
        return claim
    language = scope.locale.split("-")[0] if scope.locale == "zh-Hant" else scope.locale
    return replace(claim, scope=replace(scope, locale=f"{language}-{countries.pop()}"))


def _with_main_lines(claims: list[Claim]) -> list[Claim]:
    """Return the claims with a text in copy that has no line above it as its message: `{locale: de, text: Hallo}`."""
    led = {_line_scope(claim.scope) for claim in claims if claim.meaning in _MAIN_LINES}
    everywhere = _line_scope(Scope()) in led
    return [
        replace(claim, meaning=Meaning.MESSAGE, reason=f"{claim.reason}; no line stands above it")
        if claim.meaning is Meaning.SUBHEADLINE and claim.reason.startswith("inside the copy")
        and not everywhere and _line_scope(claim.scope) not in led
        else claim
        for claim in claims
    ]  # fmt: skip


def _without_narrow_brand_facts(claims: list[Claim], products: int) -> tuple[list[Claim], list[Listed]]:
    """Return the claims without colours, fonts and logos of one language or product, and these as listed."""
    narrow = [
        claim for claim in claims
        if claim.meaning in _OF_BRANDS
        and (claim.scope.locale or claim.scope.market or (claim.scope.product is not None and products > 1))
    ]  # fmt: skip
    kept = [claim for claim in claims if claim not in narrow]
    return kept, [
        Listed(claim.leaf, "it is not the brand's, but of one language, market or product") for claim in narrow
    ]


def _line_scope(scope: Scope) -> tuple[str, str, int | None]:
    return scope.locale, scope.market, scope.product


def _brand_lines(doubts: list[Doubt], claims: list[Claim]) -> tuple[list[Doubt], list[Listed]]:
    """Return the doubts without the brand's own line, if the campaign has a line, and that line as listed."""
    if not any(claim.meaning in _MAIN_LINES for claim in claims):
        return doubts, []
    own = [doubt for doubt in doubts if doubt.readings[0].meaning in _MAIN_LINES and _is_of_brand(doubt.leaf)]
    reason = "it is a line of the brand; the campaign has its own"
    return [doubt for doubt in doubts if doubt not in own], [Listed(doubt.leaf, reason, doubt.key) for doubt in own]


def _is_of_brand(leaf: Leaf) -> bool:
    return any(Section.BRAND in sections_of(str(key))[:1] for key in leaf.path[:-1])


def _each_leaf_once(
    claims: list[Claim], doubts: list[Doubt], listed: list[Listed]
) -> tuple[tuple[Claim, ...], tuple[Doubt, ...], tuple[Listed, ...]]:
    """Return the three without a leaf that stands in two of them; a claim on a key leaves its leaf where it is."""
    doubted = {_identity(doubt.leaf) for doubt in doubts}
    kept = [claim for claim in dict.fromkeys(claims) if claim.from_key or _identity(claim.leaf) not in doubted]
    known = doubted | {_identity(claim.leaf) for claim in kept if not claim.from_key}
    return (
        tuple(kept),
        tuple(dict.fromkeys(doubts)),
        tuple(one for one in dict.fromkeys(listed) if _identity(one.leaf) not in known),
    )


def _identity(leaf: Leaf) -> Leaf | Place:
    """Return what tells leaves apart. A cell that counts for the rows below it stands in their paths, too."""
    return leaf.place if leaf.place.cell else leaf
