"""Titles and descriptions are cleaned where that is safe, and set aside where a file would show what nobody meant."""

from __future__ import annotations

import pytest

from foundry.catalog.judging.texts import has_tags
from tests.support.judged import a_row, judged

SOUND = (
    "Tom & Jerry Pyjamas",
    "Shelf 5 < 6 feet",
    "Große Käsereibe",
    "Garrafa de maçã São João",
    "MAÇÃ VERDE",
    "МОЛОКО 3,2 %",
    "قميص أزرق",
    "青いシャツ",
    "Ð Sword of Þór",
    "1984",
    "911 Carrera T-Shirt",
    "LG OLED55C47LA 55 inch",
    "Emoji mug 🔥☕",
    "I ❤️ NY",
    "Title with\u200dzero-width joiner",
    "iPhone 15 Case - 20% off-white",
    "In Stock Market Board Game",
)
DAMAGED = {
    "GrÃ¼ner Tee": "broken_letters",
    "Caf\ufffd Press": "broken_letters",
    "Itâ€™s a mug": "broken_letters",
    "ÐœÐ¾Ð»Ð¾ÐºÐ¾": "broken_letters",
    "Ø³Ù„Ø§Ù…": "broken_letters",
    "Bell \x07": "control_characters",
    "\u202egnihton": "control_characters",
    "\ufeffMug": "control_characters",
    "Nul\x00l": "control_characters",
    "&#x202e;nihton": "control_characters",
    "&nbsp;&nbsp;": "wordless_title",
    "<b>Bold</b> Mug": "html_in_title",
    "Mug &lt;script&gt;alert(1)&lt;/script&gt;": "html_in_title",
    "Mug &amp;lt;br&amp;gt;": "html_in_title",
    "12.99 EUR": "swapped_value",
    "EUR 12,99": "swapped_value",
    "€ 12": "swapped_value",
    "https://shop.example/a": "swapped_value",
    "in stock": "swapped_value",
    "out_of_stock": "swapped_value",
    "\u200b\u200b": "wordless_title",
    "★ - !!": "wordless_title",
    "N/A": "missing_title",
    "null": "missing_title",
    "\u00a0 \t": "missing_title",
    "x" * 501: "oversized_title",
    "x" * 10_000_000: "oversized_title",
}


@pytest.mark.parametrize("title", SOUND)
def test_a_sound_title_is_used_as_it_is(title: str) -> None:
    found = judged(a_row(1, title=title))
    assert (found.faults, found.warnings) == ({}, {})
    assert found.row is not None
    assert found.row["title"] == title


@pytest.mark.parametrize("title", DAMAGED, ids=lambda title: ascii(title[:30]))
def test_a_damaged_title_is_set_aside(title: str) -> None:
    assert set(judged(a_row(1, title=title)).faults) == {DAMAGED[title]}


@pytest.mark.parametrize(
    ("title", "read"),
    [("Tom &amp; Jerry", "Tom & Jerry"), ("Caf&eacute; mug", "Café mug"), ("Fish &amp;amp; chips", "Fish & chips")],
)
def test_entities_in_titles_are_decoded_with_a_warning(title: str, read: str) -> None:
    found = judged(a_row(1, title=title))
    assert set(found.warnings) == {"entities_in_title"}
    assert found.row is not None
    assert found.row["title"] == read


def test_a_title_is_one_line() -> None:
    found = judged(a_row(1, title=" Blue\n mug,\t large  one "))
    assert found.row is not None
    assert found.row["title"] == "Blue mug, large one"


@pytest.mark.parametrize(
    ("title", "shouts"), [("BUY THIS LOVELY MUG", True), ("BUY THIS Lovely MUG", False), ("NASA MUG", False)]
)
def test_a_title_in_capital_letters_is_warned_of(title: str, shouts: bool) -> None:
    assert ("shouting_title" in judged(a_row(1, title=title)).warnings) is shouts


@pytest.mark.parametrize(
    "written", ['trained_algorithmic_media:"Warm mug: 2 litres"', "default:Warm mug: 2 litres", "Warm mug: 2 litres"]
)
def test_a_structured_title_stands_in_for_a_missing_one(written: str) -> None:
    found = judged(a_row(1, title="", structured_title=written))
    assert found.faults == {}
    assert found.row is not None
    assert found.row["title"] == "Warm mug: 2 litres"
    both = judged(a_row(1, title="Plain mug", structured_title=written))
    assert both.row is not None
    assert both.row["title"] == "Plain mug"


def test_a_structured_description_stands_in_for_a_missing_one() -> None:
    found = judged(a_row(1, description="", structured_description='trained_algorithmic_media:"It is warm."'))
    assert found.warnings == {}
    assert found.row is not None
    assert found.row["description"] == "It is warm."


def test_markup_and_control_characters_are_taken_out_of_descriptions() -> None:
    found = judged(a_row(1, description="<p>Warm\x07 &amp; soft</p><p>Wool</p>"))
    assert set(found.warnings) == {"html_in_description", "control_in_description"}
    assert found.row is not None
    assert found.row["description"] == "Warm & soft\nWool"


def test_a_control_character_that_is_an_entity_is_taken_out_too() -> None:
    found = judged(a_row(1, description="Warm &#x202e;wool&#7;"))
    assert found.row is not None
    assert found.row["description"] == "Warm wool"


def test_a_description_of_markup_alone_is_none() -> None:
    found = judged(a_row(1, description="<p></p>"))
    assert found.row is not None
    assert found.row["description"] is None


def test_html_is_no_fault_in_the_descriptions_of_a_kind_that_writes_html() -> None:
    found = judged(a_row(1, description="<p>Warm</p>"), kind="shopify-csv")
    assert found.warnings == {}
    assert found.row is not None
    assert found.row["description"] == "Warm"


def test_a_long_description_is_warned_of_and_cut() -> None:
    found = judged(a_row(1, description="word " * 2_000))
    assert set(found.warnings) == {"long_description"}
    assert found.row is not None
    assert len(found.row["description"]) == 5_000


def test_a_price_as_description_sets_the_row_aside() -> None:
    assert set(judged(a_row(1, description="12.99 EUR")).faults) == {"swapped_value"}


@pytest.mark.parametrize(("kind", "limit"), [("google-tsv", 150), ("meta-csv", 200)])
def test_lengths_are_those_of_the_kinds_destination(kind: str, limit: int) -> None:
    row = a_row(1, title="ab " * (limit // 3) + "a" * (limit % 3), availability="in stock")
    assert "long_title" not in judged(row, kind=kind).warnings  # type: ignore[arg-type]
    sentence = judged({**row, "title": f"{row['title']}bb"}, kind=kind).warnings["long_title"]  # type: ignore[arg-type]
    assert f"takes {limit}" in sentence


def test_tags_are_found_through_several_encodings() -> None:
    assert has_tags("&amp;amp;lt;b&amp;amp;gt;x&amp;amp;lt;/b&amp;amp;gt;")
    assert not has_tags("R&amp;amp;D")
