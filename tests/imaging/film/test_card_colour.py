"""A card on which the product can be seen."""

from __future__ import annotations

import pytest
from PIL import Image

from foundry.tenant import load_tenant
from imaging.film.card_colour import MOST_LOST, card_colour, hidden_share
from tests.support.briefs import EXAMPLES

PALETTE = load_tenant(EXAMPLES / "tenants", "northpeak").brand.palette


def product(name: str) -> Image.Image:
    return Image.open(EXAMPLES / "products" / f"{name}.png").convert("RGBA")


@pytest.mark.parametrize(
    ("name", "role", "found"),
    [
        ("northpeak-mug", "primary", PALETTE.primary),
        ("northpeak-flask", "primary", PALETTE.accent),
        ("northpeak-mug", "ink", PALETTE.primary),
        ("aurelle-cream", "paper", PALETTE.primary),
    ],
)
def test_a_product_is_never_lost_on_its_card(name: str, role: str, found: str) -> None:
    assert card_colour(role, PALETTE, product(name)) == found
    assert hidden_share(found, product(name)) < MOST_LOST


def test_a_card_without_a_product_is_as_the_timeline_says() -> None:
    assert card_colour("ink", PALETTE, None) == PALETTE.ink
    assert hidden_share(PALETTE.ink, Image.new("RGBA", (8, 8))) == 0
