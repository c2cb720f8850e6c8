"""Destinations take only what their rules allow, on the day that is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from foundry.catalog.destinations import (
    OfferedFile,
    destination_faults,
    destination_of,
    destinations,
    table_lines,
    text_faults,
)

PLAIN = OfferedFile(
    name="mug-story.jpg", format="jpeg", width_px=1_080, height_px=1_080, size_bytes=200_000, shows=frozenset()
)
TODAY = date(2026, 11, 30)


def codes(destination: str, attribute: str, file: OfferedFile, on: date = TODAY) -> list[tuple[str, bool]]:
    found = destination_faults(destinations()[destination], attribute, file, on)
    assert all(fault.attribute == attribute and "; " in fault.what for fault in found)
    return [(fault.code, fault.stops) for fault in found]


@pytest.mark.parametrize("destination", sorted(destinations()))
def test_a_plain_picture_is_taken_everywhere(destination: str) -> None:
    for attribute in destinations()[destination].attributes:
        assert codes(destination, attribute, PLAIN) == []


@pytest.mark.parametrize("attribute", ["image_link", "additional_image_link"])
@pytest.mark.parametrize("thing", ["price", "offer", "copy", "logo"])
def test_merchant_center_takes_nothing_beside_the_product_in_its_pictures(attribute: str, thing: str) -> None:
    assert codes("google", attribute, replace(PLAIN, shows=frozenset({thing}))) == [(f"shows_{thing}", True)]
    assert codes("google", "lifestyle_image_link", replace(PLAIN, shows=frozenset({thing}))) == []


def test_the_sentence_names_the_way_out() -> None:
    priced = replace(PLAIN, shows=frozenset({"price"}))
    (fault,) = destination_faults(destinations()["google"], "image_link", priced, TODAY)
    assert fault.what == (
        "mug-story.jpg shows a price, which Google Merchant Center does not take in image_link; "
        "name it in lifestyle_image_link"
    )


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2026, 4, 13), []),
        (TODAY, [("small", False)]),
        (date(2027, 1, 30), [("small", False)]),
        (date(2027, 1, 31), [("small", True)]),
    ],
)
def test_small_pictures_are_advised_against_before_they_are_refused(on: date, found: list[tuple[str, bool]]) -> None:
    assert codes("google", "image_link", replace(PLAIN, width_px=499), on) == found


def test_a_tiny_picture_is_refused_by_the_limit_of_today() -> None:
    assert codes("google", "image_link", replace(PLAIN, width_px=99)) == [("small", True)]


def test_formats_bytes_and_pixels_have_limits() -> None:
    assert codes("google", "image_link", replace(PLAIN, format="avif")) == [("format", True)]
    assert codes("google", "image_link", replace(PLAIN, size_bytes=16_000_001)) == [("bytes", True)]
    assert codes("google", "image_link", replace(PLAIN, width_px=8_001, height_px=8_000)) == [("pixels", True)]
    assert codes("meta", "image_link", replace(PLAIN, format="webp")) == [("format", True)]


def test_an_attribute_that_takes_no_pictures_is_named() -> None:
    assert codes("meta", "lifestyle_image_link", PLAIN) == [("unknown_attribute", True)]


def test_texts_by_a_model_go_only_where_they_may() -> None:
    google, meta = destinations()["google"], destinations()["meta"]
    assert text_faults(google, "title", "Warm mug") == ()
    (fault,) = text_faults(google, "title", "Warm mug", made_by_model=True)
    assert fault.code == "made_text"
    assert "structured_title" in fault.what
    assert text_faults(google, "structured_title", "Warm mug", made_by_model=True) == ()
    assert text_faults(meta, "title", "Warm mug", made_by_model=True) == ()
    assert [each.code for each in text_faults(google, "title", "m" * 151)] == ["long"]


def test_kinds_of_feeds_have_a_destination() -> None:
    assert destination_of("google-xml").name == destination_of("csv").name == destination_of(None).name == "google"
    assert destination_of("meta-csv").name == "meta"


def test_every_destination_says_where_its_figures_are_from() -> None:
    for destination in destinations().values():
        assert destination.source
        assert destination.read_on <= date(2026, 12, 31)
        for field in destination.marks:
            held = destination.model_dump()
            for part in field.split("."):
                assert part in held, field
                held = held[part]


def test_the_page_shows_the_table() -> None:
    """To bring it up to date, replace its rows by the lines that `table_lines` gives."""
    page = Path(__file__).parents[3] / "docs" / "catalogs.md"
    assert "\n".join(table_lines()) in page.read_text(encoding="utf-8")
