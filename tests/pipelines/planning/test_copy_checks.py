"""What is said against a brief's words, text by text."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.brief.intake import parse
from foundry.tenant import Tenant
from pipelines.planning.copy_checks import check_copy
from tests.support.briefs import BRIEF, a_brief, a_tenant


def sentences(tenant: Tenant | None = None, **changes: Any) -> list[str]:
    return [str(problem) for problem in check_copy(parse(a_brief(**changes)), tenant or a_tenant())]


def headline(text: str) -> dict[str, Any]:
    return {"messages": {"en-US": {"headline": text}}}


def test_plain_copy_has_no_problem() -> None:
    assert sentences() == []


def test_a_banned_word_is_found_whatever_its_case_with_its_path_and_the_tenant() -> None:
    (sentence,) = sentences(**headline("A MIRACLE in a bottle"))
    assert sentence == (
        "messages.en-US.headline: 'A MIRACLE in a bottle' says 'miracle', which aurelle never says; choose another word"
    )


def test_each_banned_word_of_a_text_is_told() -> None:
    assert len(sentences(**headline("Anti-ageing miracle"))) == 2


def test_a_control_character_is_named_by_its_code_point() -> None:
    (sentence,) = sentences(**headline("Wake\u0007up"))
    assert "holds control characters (U+0007); remove them" in sentence


def test_characters_without_a_font_are_counted_and_the_first_five_named() -> None:
    cuneiform = "".join(chr(0x12000 + number) for number in range(7))
    (sentence,) = sentences(**headline(cuneiform))
    assert "has 7 character(s) that no font covers" in sentence
    assert sentence.count("U+12") == 5
    assert "(asked: Marcellus, Inter)" in sentence


def test_subtitles_and_product_names_are_checked_too() -> None:
    film = {"subtitles": {"en-US": [{"start": "0", "end": "2", "text": "A small miracle"}]}}
    products = [{**BRIEF["products"][0], "name": "Serum\u0000"}]
    found = sentences(film=film, products=products)
    assert any(sentence.startswith("film.subtitles.en-US[0].text: ") for sentence in found)
    assert any(sentence.startswith("products[0].name: ") for sentence in found)


def test_a_placeholder_that_a_product_cannot_fill_names_the_product_and_the_locale() -> None:
    products = [{key: value for key, value in BRIEF["products"][0].items() if key != "prices"}]
    (sentence,) = sentences(products=products, **headline("Now {price}"))
    assert "needs {price}, which product 'serum' lacks for en-US" in sentence
    assert "give the product that field" in sentence


def test_an_unknown_placeholder_is_answered_with_the_known_ones() -> None:
    (sentence,) = sentences(**headline("Hello {colour}"))
    assert "has the unknown placeholder {colour}" in sentence
    assert "{product.name}" in sentence


def test_words_that_a_field_brings_into_the_copy_are_checked_with_the_product_that_brings_them() -> None:
    products = [{**BRIEF["products"][0], "name": "Miracle Serum"}]
    found = sentences(products=products, **headline("Meet {product.name}"))
    assert [sentence for sentence in found if "filled for product serum" in sentence]


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Z")), min_size=1, max_size=40))
def test_any_ascii_headline_without_braces_and_banned_words_is_accepted(text: str) -> None:
    words = text.replace("{", "").replace("}", "").strip() or "Hello"
    banned = any(word in words.casefold() for word in ("miracle", "anti-ageing"))
    assert bool(sentences(**headline(words))) is banned


def test_a_figure_that_no_product_changes_is_checked_as_it_is_written() -> None:
    (plain, filled) = sentences(**headline("Anti-ageing in {number 1200} stores"))
    assert plain.startswith("messages.en-US.headline: ")
    assert filled.startswith("messages.en-US.headline, filled for product serum: 'Anti-ageing in 1,200 stores'")
