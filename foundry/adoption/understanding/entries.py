"""Entries of lists, and rows: maps that say themselves to which product, language, market and placement they belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from foundry.adoption.claims import Claim
from foundry.adoption.leaf import Leaf, ListNode, MapNode
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import approval_in, locales_in
from foundry.adoption.understanding.context import ENOUGH, Context, of_field
from foundry.adoption.understanding.deciding import Stated, decide
from foundry.adoption.understanding.locales import scope_of
from foundry.adoption.understanding.roster import Roster

OF_PRODUCTS = frozenset({
    Meaning.PRICE, Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_DESCRIPTION, Meaning.PRODUCT_CATEGORY, Meaning.PRODUCT_ID,
    Meaning.PRODUCT_MODEL,
})  # fmt: skip


def claims_of_entry(entry: MapNode, context: Context, answers: Mapping[str, str]) -> tuple[Claim, ...]:
    """Return the claims of the fields of an entry that hold one leaf each."""
    context = replace(context, in_entry=True)
    return tuple(
        outcome.claim
        for key, leaf in _single_leaves(entry)
        for outcome in decide(leaf, of_field(context, key)[0], answers)
        if isinstance(outcome, Stated)
    )


def _single_leaves(entry: MapNode) -> Iterator[tuple[str, Leaf]]:
    for key, child in entry.entries:
        inner = child.items[0] if isinstance(child, ListNode) and len(child.items) == 1 else child
        if isinstance(inner, Leaf):
            yield key, inner


def refused_by(claims: tuple[Claim, ...]) -> Claim | None:
    """Return the claim that says that an entry is not approved."""
    said = (claim for claim in claims if claim.meaning is Meaning.APPROVAL)
    return next((claim for claim in said if approval_in(claim.text) in ("no", "pending")), None)


def context_of_entry(claims: tuple[Claim, ...], context: Context, products: Roster, scenes: Roster) -> Context:
    """Return the context inside an entry, with the scope that its own fields state."""
    scope: dict[str, object] = {}
    if language := _only(claims, Meaning.LOCALE):
        found = locales_in(language)
        scope |= {"locale": scope_of(found[0])} if found else {}
    if market := _only(claims, Meaning.REGION):
        scope["market"] = market
    channel, several_slots = _placements(claims)
    if channel:
        scope["placement"] = " ".join((channel, *several_slots[:1]))
    names = [_only(claims, meaning) for meaning in (Meaning.PRODUCT_ID, Meaning.PRODUCT_NAME)]
    several = sum(claim.meaning is Meaning.PRODUCT_NAME for claim in claims) > 1
    if context.scope.product is None and not several and (context.section is Section.PRODUCTS or any(names)):
        scope["product"] = products.at(*names)
    if scene := _scene(claims, context, scenes):
        scope["scene"] = scene[0]
    return replace(context.within(**scope), channel=channel if several_slots else "", in_entry=True)


def _placements(claims: tuple[Claim, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the placement that fields name together ("Instagram", "9:16"), and those that one lists beside it."""
    found = [claim for claim in claims if claim.meaning is Meaning.PLACEMENT]
    counts = Counter(claim.leaf for claim in found)
    alone = dict.fromkeys(claim.text for claim in found if counts[claim.leaf] == 1)
    listed = dict.fromkeys(claim.text for claim in found if counts[claim.leaf] > 1)
    return " ".join(alone), tuple(listed)


def _only(claims: tuple[Claim, ...], meaning: Meaning) -> str:
    """Return the text of the only claim of a meaning; empty if there are none or several."""
    found = dict.fromkeys(claim.text for claim in claims if claim.meaning is meaning)
    return next(iter(found)) if len(found) == 1 else ""


def _scene(claims: tuple[Claim, ...], context: Context, scenes: Roster) -> tuple[int] | None:
    names = [_only(claims, Meaning.SCENE), _only(claims, Meaning.SCENE_NAME)]
    if context.scope.scene is not None or not (any(names) or context.section is Section.SCENES):
        return None
    return (scenes.at(*names),)


def section_of_entries(entries: list[MapNode], context: Context, answers: Mapping[str, str]) -> Section | None:
    """Return the section of a list's entries: products, if they have names and what only products have."""
    stated = bool(context.senses) and context.senses[0].score >= ENOUGH
    if context.section not in (None, Section.CAMPAIGN) or not entries or stated:
        return context.section
    as_products = replace(context, section=Section.PRODUCTS)
    plain = {claim.meaning for claim in claims_of_entry(entries[0], replace(context, section=None), answers)}
    if Meaning.CAMPAIGN_NAME in plain:
        return None
    if Meaning.PRODUCT_NAME in plain:
        named = {claim.meaning for claim in claims_of_entry(entries[0], context, answers)}
        return context.section if Meaning.CAMPAIGN_NAME in named else None
    meanings = {claim.meaning for claim in claims_of_entry(entries[0], as_products, answers)}
    return Section.PRODUCTS if Meaning.PRODUCT_NAME in meanings and meanings & OF_PRODUCTS else None
