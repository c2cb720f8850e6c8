"""The destination's rules, held against a catalog before anything is made."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from foundry.errors import Refusals
from foundry.tenant import load_tenant
from pipelines.catalog.destination_gate import check_feed_back, destination_gate
from pipelines.catalog.registering import add_catalog
from tests.support.briefs import a_tenant
from tests.support.catalog_records import a_catalog
from tests.support.shops import Shop

TODAY = date(2026, 11, 30)
BARE = """
id: bare-square
version: 1
family: square
blocks: {}
styles: {}
"""


def reasons(form: str = "google-tsv", on: date = TODAY, **feed_back: Any) -> list[str]:
    catalog = a_catalog(feed_back={"format": form, **feed_back})
    return [str(each) for each in check_feed_back(catalog, a_tenant(), on)]


def test_a_file_with_copy_may_not_be_the_main_picture_at_google() -> None:
    found = reasons(links={"image_link": ["meta/feed-square"]})
    assert any("shows words" in each and "lifestyle_image_link" in each for each in found)
    assert any("shows a logo" in each for each in found)


def test_an_advertisement_may_be_a_lifestyle_picture_at_google_and_a_further_one_at_meta() -> None:
    assert reasons(links={"lifestyle_image_link": ["meta/feed-square"]}) == []
    assert reasons("meta-csv", links={"additional_image_link": ["meta/feed-square"]}) == []


def test_a_layout_without_words_and_logo_may_be_the_main_picture(tmp_path: Path) -> None:
    folder = tmp_path / "aurelle"
    (folder / "layouts").mkdir(parents=True)
    (folder / "layouts" / "bare-square.yaml").write_text(BARE)
    (folder / "tenant.yaml").write_text(
        "id: aurelle\nname: Aurelle\nbrand:\n  palette: {primary: '#9A4526', accent: '#C9A227', ink: '#1D1C1A', "
        "paper: '#FAF8F5', scene: ['#E7DED2']}\n  layouts: {square: bare-square}\n"
    )
    tenant = load_tenant(tmp_path, "aurelle")
    catalog = a_catalog(feed_back={"links": {"image_link": ["meta/feed-square"]}})
    (passed,) = destination_gate(catalog, tenant, TODAY)
    assert not passed.stops


@pytest.mark.parametrize(
    ("feed_back", "word"),
    [
        ({"links": {"title": ["meta/feed-square"]}}, "names no pictures"),
        ({"links": {"lifestyle_image_link": ["meta/feed-sqare"]}}, "meta/feed-square"),
        ({"links": {"lifestyle_image_link": ["meta/story"]}}, "is not ordered"),
        ({"locale": "fr-FR"}, "has no messages"),
        ({"base_address": "ftp://cdn.example"}, "no web address"),
        ({"form": "meta-csv", "links": {"lifestyle_image_link": ["meta/feed-square"]}}, "names no pictures"),
    ],
)
def test_a_feed_back_that_cannot_be_given_is_refused_with_a_sentence(feed_back: dict[str, Any], word: str) -> None:
    (reason,) = reasons(**feed_back)
    assert word in reason


def test_the_gate_stops_a_run_with_each_reason_and_says_nothing_where_no_feed_is_given() -> None:
    catalog = a_catalog(feed_back={"links": {"image_link": ["meta/feed-square"]}})
    found = destination_gate(catalog, a_tenant(), TODAY)
    assert found
    assert all(each.stops for each in found)
    assert destination_gate(a_catalog(), a_tenant(), TODAY) == ()


def test_a_catalog_that_would_give_a_forbidden_feed_is_not_added(tmp_path: Path) -> None:
    catalog = {
        **Shop.open(tmp_path).catalog.model_dump(mode="json"),
        "feed_back": {"links": {"image_link": ["google/medium-rectangle"]}},
    }
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps(catalog))
    with pytest.raises(Refusals, match="shows words, which Google Merchant Center does not take in image_link"):
        add_catalog(file, Shop.open(tmp_path).setting)


def test_a_placement_that_is_too_small_is_refused_from_the_day_of_the_rule() -> None:
    links = {"lifestyle_image_link": ["google/medium-rectangle"]}
    campaign = {**a_catalog().campaign, "placements": ["google/medium-rectangle"]}

    def small(on: date) -> bool:
        catalog = a_catalog(campaign=campaign, feed_back={"links": links})
        return any("500x500" in str(each) for each in check_feed_back(catalog, a_tenant(), on))

    assert (small(date(2027, 1, 30)), small(date(2027, 1, 31))) == (False, True)
