"""What stands on a finished file besides the product."""

from __future__ import annotations

from dataclasses import replace

from foundry.catalog.shown import catalog_file, shown_by, shown_on
from foundry.channel.placement import placements
from foundry.layout.files import layout_for
from tests.support.report_records import RECORD

SQUARE = layout_for(placements()["meta/feed-square"])
WORDS = replace(RECORD, headline="Wake up", call_to_action="", price="", offer="", legal="")


def test_a_file_shows_the_fields_that_have_words_and_stand_in_its_layout() -> None:
    assert shown_on(WORDS, SQUARE, has_logo=False) == ("copy",)
    assert shown_on(replace(WORDS, price="$1"), SQUARE, has_logo=True) == ("copy", "logo", "price")
    assert shown_on(replace(WORDS, headline=""), SQUARE, has_logo=False) == ()


def test_a_field_that_gave_way_to_others_is_not_shown() -> None:
    offered = replace(WORDS, offer="-20%")
    assert shown_on(offered, SQUARE, has_logo=False) == ("copy", "offer")
    assert shown_on(replace(offered, dropped=("offer",)), SQUARE, has_logo=False) == ("copy",)


def test_a_badge_is_an_offer_whatever_stands_on_it() -> None:
    headline = SQUARE.styles["headline"].model_copy(update={"plate": "badge"})
    badge = SQUARE.model_copy(update={"styles": {**SQUARE.styles, "headline": headline}})
    assert shown_by(badge, {"headline"}, has_logo=False) == ("copy", "offer")


def test_a_products_name_counts_only_in_the_text_that_holds_it() -> None:
    assert shown_by(SQUARE, {"product_name"}, has_logo=False) == ()


def test_a_catalogs_file_has_the_facts_of_the_manifest() -> None:
    file = catalog_file(RECORD, SQUARE, has_logo=True)
    assert (file.variant, file.address, file.thumbnail) == (RECORD.asset, RECORD.address, RECORD.thumbnail)
    assert file.shows == ("copy", "logo", "price")
