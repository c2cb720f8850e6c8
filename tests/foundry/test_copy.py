"""Copy: the texts that a layout shows."""

from __future__ import annotations

from foundry.copy import COPY_FIELDS, Copy

WORDS = Copy(headline="Radiance Serum, now", subheadline="Quiet", price="48 €", product_name="Radiance Serum")


def test_fields_that_a_layout_does_not_show_are_dropped() -> None:
    assert WORDS.only(frozenset({"subheadline"})) == Copy(subheadline="Quiet")


def test_a_products_name_stays_where_a_shown_text_says_it() -> None:
    shown = WORDS.only(frozenset({"headline"}))
    assert shown == Copy(headline="Radiance Serum, now", product_name="Radiance Serum")


def test_empty_texts_are_left_out_of_the_texts() -> None:
    assert WORDS.texts() == {
        "headline": "Radiance Serum, now", "subheadline": "Quiet", "price": "48 €", "product_name": "Radiance Serum",
    }  # fmt: skip
    assert Copy().texts() == {}


def test_the_fields_are_those_of_the_class_in_its_order() -> None:
    assert COPY_FIELDS == (
        "headline", "subheadline", "call_to_action", "offer", "price", "legal", "product_name",
    )  # fmt: skip
