"""Rows as products: their words, their price, and what enters their appearance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry.catalog.mapping import RowMapper, Shown, shown_by
from foundry.catalog.turns import next_sale_turn
from foundry.tenant import load_tenant
from tests.support.judged_rows import NOW, TEMPLATE, a_catalog, a_row, judged

EUROS = Shown(currencies=frozenset({"EUR"}))
NO_WORDS = Shown(name=False, description=False, category=False, currencies=frozenset({"EUR"}))
HOUR = timedelta(hours=1)
SALE = {"sale_minor": 999, "sale_from": NOW - HOUR, "sale_until": NOW + HOUR}


def mapped(row: dict[str, Any], shown: Shown = EUROS, **products: Any) -> dict[str, Any]:
    """Return one row as it is mapped."""
    mapper = RowMapper(a_catalog(products=products), shown, NOW)
    found: dict[str, Any] = mapper.map(judged([row]).columns).to_pylist()[0]
    return found


def look(row: dict[str, Any], shown: Shown = EUROS, **products: Any) -> bytes:
    """Return the appearance of one row."""
    found: bytes = mapped(row, shown, **products)["appearance"]
    return found


def test_patterns_are_filled_without_the_blanks_of_missing_values() -> None:
    row = a_row("a", title=" Trail\t Mug ", brand=None, color="Rot")
    assert mapped(row, name="{brand} {title} {color}")["name"] == "Trail Mug Rot"
    assert mapped(row, name="{title} ({own.margin})")["name"] == "Trail Mug ()"


def test_texts_are_in_normal_form_c_and_as_long_as_a_brief_takes() -> None:
    assert mapped(a_row("a", title="Mu\u0308sli"))["name"] == "M\u00fcsli"
    found = mapped(a_row("a", title="x" * 600, description="ä" * 3_000))
    assert (len(found["name"]), len(found["description"])) == (500, 2_000)


def test_two_spellings_of_one_letter_look_the_same() -> None:
    assert look(a_row("a", title="Mu\u0308sli")) == look(a_row("a", title="M\u00fcsli"))


@pytest.mark.parametrize("field", ["title", "description", "product_type", "price_minor", "image_link"])
def test_a_value_that_files_show_changes_the_appearance(field: str) -> None:
    other: object = 5 if field == "price_minor" else "other"
    assert look(a_row("a", **{field: other})) != look(a_row("a"))


@pytest.mark.parametrize("field", ["title", "description", "product_type"])
def test_a_value_that_no_file_shows_changes_nothing(field: str) -> None:
    assert look(a_row("a", **{field: "other"}), NO_WORDS) == look(a_row("a"), NO_WORDS)


@pytest.mark.parametrize(("field", "drawn"), [("title", True), ("description", True), ("description", False)])
def test_a_product_without_a_picture_is_shown_by_its_words(field: str, drawn: bool) -> None:
    shown = replace(NO_WORDS, drawn=drawn)
    differs = look(a_row("a", image_link=None, **{field: "other"}), shown) != look(a_row("a", image_link=None), shown)
    assert differs == (drawn or field != "description")


def test_a_name_within_a_fixed_text_keeps_its_words_together_and_counts() -> None:
    shown = replace(NO_WORDS, fixed=("Our Mug for you",))
    assert look(a_row("a", title="Mug"), shown) != look(a_row("a", title="Cup"), shown)
    assert look(a_row("a", title="Plate"), shown) == look(a_row("a", title="Cup"), shown)


def test_where_a_text_ends_and_the_next_begins_is_part_of_the_appearance() -> None:
    one = a_row("a", title="Mug", description="red")
    assert look(one) != look(a_row("a", title="Mugr", description="ed"))


def test_a_price_in_a_currency_that_no_locale_shows_changes_nothing() -> None:
    dollars = a_row("a", currency="USD", price_minor=100)
    assert mapped(dollars)["price_minor"] is None
    assert look(dollars) == look(a_row("a", currency="USD", price_minor=200))


@pytest.mark.parametrize(
    ("sale", "price"),
    [
        (SALE, 999),
        ({"sale_minor": 999}, 999),
        ({**SALE, "sale_from": NOW}, 999),
        ({**SALE, "sale_until": NOW}, 999),
        ({**SALE, "sale_from": NOW + HOUR, "sale_until": NOW + 2 * HOUR}, 1_299),
        ({**SALE, "sale_until": NOW - timedelta(seconds=1)}, 1_299),
    ],
)
def test_a_sale_price_is_shown_while_the_sale_lasts(sale: dict[str, Any], price: int) -> None:
    assert mapped(a_row("a", **sale))["price_minor"] == price
    assert mapped(a_row("a", **sale), price="regular")["price_minor"] == 1_299
    assert mapped(a_row("a", **sale), price="none")["price_minor"] is None


def test_the_next_turn_is_the_first_beginning_or_end_of_a_sale_that_lies_ahead() -> None:
    ahead = a_row("b", sale_minor=1, sale_from=NOW + 3 * HOUR, sale_until=NOW + 4 * HOUR)
    without_sale = a_row("c", sale_from=NOW + timedelta(minutes=1))
    columns = judged([a_row("a", **SALE), ahead, without_sale]).columns
    turns, moment = [], NOW
    while turn := next_sale_turn(columns, moment):
        turns.append(turn - NOW)
        moment = turn
    second = timedelta(seconds=1)
    assert turns == [HOUR + second, 3 * HOUR, 4 * HOUR + second]


def shown_with(**more: Any) -> Shown:
    """Return what a template shows on a square of the shipped layouts."""
    brief = a_catalog(campaign={**TEMPLATE, **more}).brief_of([{"id": "any", "name": "Any"}])
    return shown_by(brief, load_tenant(Path("examples/tenants"), "northpeak"))


def test_a_template_shows_what_its_messages_ask_for() -> None:
    plain = {"de-DE": {"headline": "Vor der Sonne", "offer": "{product.category}"}, "en-US": {"headline": "{price}"}}
    shown = shown_with(messages=plain)
    assert (shown.category, shown.description) == (True, False)
    assert "USD" in shown.currencies
    assert "Vor der Sonne" in shown.fixed


def test_a_template_without_placeholders_shows_no_description_and_no_category() -> None:
    shown = shown_with(messages={"de-DE": {"headline": "Neu"}})
    assert (shown.description, shown.category) == (False, False)
    assert shown_with(products_without_pictures="words").drawn is False
