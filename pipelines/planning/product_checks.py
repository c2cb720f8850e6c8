"""Checks of products that have neither picture nor model: a card draws them, or their names stand in their place."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.brief.brief import Brief, Product
from foundry.card.selection import Cards
from foundry.errors import Problem, shorten
from foundry.plan.name_card import NameCard, name_card_of
from foundry.tenant import Tenant
from models.registry import Registry, sound_cards

TOLD = 20
"""Products without a picture that are refused one by one; the others are counted."""


def name_cards(brief: Brief, tenant: Tenant) -> dict[str, NameCard]:
    """Return the name cards of the products without picture and model, by product id, if the brief asks for them."""
    if brief.products_without_pictures != "words":
        return {}
    locale = min(brief.messages)
    return {product.id: name_card_of(product, locale, tenant) for product in brief.products if _is_bare(product)}


def check_unpictured(brief: Brief, cards: Cards, tenant: Tenant, registry: Registry | None = None) -> Iterator[Problem]:
    """Yield a problem for each product that nothing could show, since a card of the scenes draws no products.

    The remedy names the cards of the registry that do and that the tenant may use.
    """
    used = (cards.of(scene.model).generate for scene in brief.settings() if cards.knows(scene.model))
    card = next((each for each in used if not each.draws_products), None)
    if brief.products_without_pictures != "draw" or card is None:
        return
    bare = [at for at, product in enumerate(brief.products) if _is_bare(product)]
    if not bare:
        return
    remedy = _remedy(tenant, registry)
    wrong = f"has no picture, and card {card.name} draws no products"
    for at in bare[:TOLD]:
        yield Problem(f"products[{at}].picture", shorten(brief.products[at].id), wrong, remedy)
    if len(bare) > TOLD:
        yield Problem("products", "", f"{len(bare) - TOLD} more have no picture either", remedy)


def _is_bare(product: Product) -> bool:
    return not (product.picture or product.model or product.shows)


def _remedy(tenant: Tenant, registry: Registry | None) -> str:
    able = [
        card.name
        for card in (sound_cards(registry) if registry else ())
        if card.task == "text-to-image" and card.draws_products and card.objection(tenant.id) is None
    ]
    drawn = f"let tenant {tenant.id} draw with a card that does ({', '.join(able) or 'there is none here yet'})"
    return f"give it a picture, write `products_without_pictures: words` to set its name as type, or {drawn}"
