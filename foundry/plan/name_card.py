"""Name cards: the picture of a product that has none, with its name as type in the brand's fonts and colours."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.brief.brief import Product
from foundry.fonts import fonts_digest
from foundry.inputs.picture import NAME_CARD
from foundry.names import digest
from foundry.plan.typesetting_inputs import typesetting_inputs
from foundry.tenant import Tenant

DRAWING_VERSION = "1"
"""Of the program that draws name cards; another one gives them other keys."""


@dataclass(frozen=True)
class NameCard:
    """A product's name that is to be set as type. `locale` decides on its faces and its direction of reading.

    `key` is what a plan and its shots refer to this picture by: a hash of everything that it is drawn from.
    """

    name: str
    category: str
    locale: str
    key: str


def name_card_of(product: Product, locale: str, tenant: Tenant) -> NameCard:
    """Return the name card of a product in the look of a tenant's brand."""
    brand = tenant.brand
    made = digest(
        "name-card",
        name=product.name,
        category=product.category,
        locale=locale,
        owner=tenant.name,
        palette=brand.palette.model_dump(mode="json"),
        corner=brand.corner_radius,
        fonts=fonts_digest(tuple(tenant.families)),
        drawing=DRAWING_VERSION,
        **typesetting_inputs(f"{product.name}\n{product.category}\n{tenant.name}", locale),
    )
    return NameCard(product.name, product.category, locale, f"{NAME_CARD}{made}")
