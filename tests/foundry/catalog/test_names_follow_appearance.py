"""A product's appearance against the names of its planned files: what renames a file changes the appearance."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from foundry.brief.brief import Brief
from foundry.catalog.catalog import Catalog
from foundry.catalog.mapping import RowMapper, Shown, shown_by
from foundry.channel.placement import resolve_placements
from foundry.plan.name_card import name_card_of
from foundry.plan.plan import Plan
from tests.support.briefs import a_tenant, small_cards
from tests.support.judged_rows import NOW, a_catalog, a_row, judged

FIELDS: dict[str, object] = {
    "title": "Tankard", "description": "of enamel", "product_type": "Cups", "price_minor": 1_399, "image_link": "b.png",
}  # fmt: skip
ROW = {"title": "Mug", "description": "of steel", "product_type": "Mugs"}
MESSAGES: dict[str, dict[str, Any]] = {
    "plain": {"de-DE": {"headline": "Neu im Herbst"}},
    "name": {"de-DE": {"headline": "{product.name}"}, "en-US": {"headline": "New"}},
    "price": {"de-DE": {"headline": "Nur {price}"}},
    "price elsewhere": {"en-US": {"headline": "Only {price}"}},
    "category": {"de-DE": {"headline": "Alles: {product.category}"}},
    "description": {"de-DE": {"headline": "Ein Becher", "subheadline": "{ product.description }"}},
    "name within a text": {"de-DE": {"headline": "Der Mug ist da"}},
}
PLACEMENTS = {"square": ["meta/feed-square"], "small": ["google/leaderboard"]}
OWNER = a_tenant()


def catalog_of(messages: str, placements: str, pictures: str) -> Catalog:
    without = {} if pictures == "pictures" else {"products_without_pictures": pictures}
    asked = {"messages": MESSAGES[messages], "placements": PLACEMENTS[placements], **without}
    return a_catalog(campaign=asked, tenant=OWNER.id)


def brief_of(catalog: Catalog, row: dict[str, Any]) -> Brief:
    """Return the brief of a row with all that the row says, whether files show it or not."""
    price = {"amount": str(Decimal(row["price_minor"]) / 100), "currency": row["currency"]}
    words = {"name": row["title"], "description": row["description"], "category": row["product_type"]}
    return catalog.brief_of([{"id": "mug", **words, "prices": [price]}])


def file_names(brief: Brief, picture: str | None) -> list[str]:
    """Return the names of all files that a brief of one product orders."""
    if picture:
        key = hashlib.sha256(picture.encode()).hexdigest()
    else:
        words = brief.products_without_pictures == "words"
        key = name_card_of(brief.products[0], "de-DE", OWNER).key if words else ""
    placements = resolve_placements(brief.placements)
    plan = Plan(brief=brief, tenant=OWNER, cards=small_cards(OWNER), pictures=(key or None,), placements=placements)
    return [plan.variant_at(at).name for at in range(plan.variant_count)]


def appearance(catalog: Catalog, shown: Shown, row: dict[str, Any]) -> bytes:
    found: bytes = RowMapper(catalog, shown, NOW).map(judged([row]).columns).column("appearance")[0].as_py()
    return found


@pytest.mark.parametrize(
    ("placements", "pictures"), [("square", "pictures"), ("small", "pictures"), ("small", "draw"), ("square", "words")]
)
@pytest.mark.parametrize("messages", MESSAGES)
def test_a_value_changes_the_appearance_just_where_it_renames_files(
    messages: str, placements: str, pictures: str
) -> None:
    catalog = catalog_of(messages, placements, pictures)
    shown = shown_by(catalog.brief_of([{"id": "any", "name": "Any"}]), OWNER)
    row = a_row("mug", **ROW, **({} if pictures == "pictures" else {"image_link": None}))
    names, look = file_names(brief_of(catalog, row), row["image_link"]), appearance(catalog, shown, row)
    for field, value in FIELDS.items():
        if field == "image_link" and pictures != "pictures":
            continue
        other = {**row, field: value}
        is_renamed = file_names(brief_of(catalog, other), other["image_link"]) != names
        may_hold_the_name = field == "title" and (shown.description or shown.category)
        assert (appearance(catalog, shown, other) != look) == (is_renamed or may_hold_the_name), field
