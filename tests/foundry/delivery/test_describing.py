"""What is said of a delivered file comes from its manifest and its tenant, and fills a target's own fields."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from pydantic import ValidationError

from foundry.delivery.describing import fields_of, metadata_of
from foundry.delivery.metadata import AssetMetadata
from foundry.delivery.slot import Part, Slot
from foundry.delivery.target import Delivery, FolderTarget
from foundry.manifest import ManifestRecord
from foundry.source_types import COMPOSITE, TRAINED
from tests.support.briefs import a_tenant
from tests.support.report_records import RECORD

TENANT = a_tenant()
SLOT = Slot(tenant="aurelle", scope="campaign:c", product="serum", scene="silk", locale="en-US", placement="meta/story")


def said(record: ManifestRecord = RECORD, **changes: Any) -> AssetMetadata:
    """What is said of a file of the tests' tenant."""
    return metadata_of(replace(record, **changes), TENANT, SLOT)


def test_a_still_is_described_from_its_row() -> None:
    assert said(embargo="2027-03-01", upscaler="crisp@2") == AssetMetadata(
        asset="a" * 32,
        slot=SLOT.id,
        tenant="aurelle",
        owner=TENANT.name,
        campaign="c",
        campaign_name="C",
        title="Serum – Wake up",
        description="Serum. Scene: Folds of silk in morning light. Text: Wake up. $1. Shop.",
        alt_text="Serum. Scene: Folds of silk in morning light. Text: Wake up. $1. Shop.",
        locale="en-US",
        copy=("Wake up", "$1", "Shop"),
        keywords=("Serum", "C", "serum", "silk", "meta", "meta/story"),
        product="serum",
        product_name="Serum",
        items=(),
        markets=("US",),
        audience="",
        scene="silk",
        placement="meta/story",
        channel="meta",
        format="jpeg",
        width_px=108,
        height_px=192,
        embargo="2027-03-01",
        expiry="",
        usage_terms="",
        licence_url="",
        source_type=TRAINED,
        models=("backdrop@1", "crisp@2"),
        provenance=f"foundry:asset/aurelle/{'a' * 32}",
    )


def test_the_same_row_has_the_same_digest_and_another_price_another() -> None:
    assert said().digest == said().digest
    assert said().digest != said(price="$2").digest


def test_a_given_product_makes_the_picture_a_composite() -> None:
    assert said(product_picture="f" * 64).source_type == COMPOSITE


def test_words_that_gave_way_are_not_said() -> None:
    one = said(offer="20% off", dropped=("offer", "price"))
    assert one.copy == ("Wake up", "Shop")
    assert "20%" not in one.alt_text + one.description


def test_a_scene_is_told_as_far_as_the_model_read_it() -> None:
    one = said(prompt="Folds of silk in morning light, a cat on the silk", ignored_words=("cat", "text"))
    assert one.alt_text == "Serum. Scene: Folds of silk in morning light. Text: Wake up. $1. Shop."


def test_the_title_names_a_product_once() -> None:
    assert said(headline="Serum, now").title == "Serum, now"
    assert said(headline="").title == "Serum – $1"
    assert said(headline="", price="", call_to_action="").title == "Serum"


def test_a_film_and_its_subtitles_are_called_so() -> None:
    film = replace(RECORD, format="mp4", seconds="6.000", sidecar="renditions/aa/x.vtt")
    assert said(film).alt_text == "Video: Serum. Text: Wake up. $1. Shop."
    subtitles = metadata_of(film, TENANT, replace(SLOT, part=Part.SUBTITLES))
    assert subtitles.format == "vtt"
    assert subtitles.slot != said(film).slot


def test_the_tenants_terms_are_told() -> None:
    terms = Delivery(usage_terms="Spring\nonly.", licence_url="https://aurelle.example/terms")
    one = metadata_of(RECORD, TENANT.model_copy(update={"delivery": terms}), SLOT, items=["4711", "\x00A"])
    assert (one.usage_terms, one.licence_url, one.items) == (
        "Spring only.",
        "https://aurelle.example/terms",
        ("4711", "A"),
    )


def test_texts_without_end_and_long_lists_are_bounded() -> None:
    one = metadata_of(
        replace(RECORD, headline="h" * 9_000, product_name="p" * 900, regions=("r",) * 900, audience="a" * 9_000),
        TENANT,
        SLOT,
        items=["i"] * 900,
    )
    sizes = {each.name: len(getattr(one, each.name)) for each in fields(one) if not each.name.endswith("_px")}
    assert len(one.alt_text) <= 250
    assert max(sizes.values()) <= 2_000
    assert (sizes["items"], sizes["markets"]) == (50, 50)


def test_patterns_are_filled_with_facts() -> None:
    one = said(regions=("United States", "Canada"))
    assert fields_of(
        one, {"dc:title": "{title}", "words": "{copy}", "where": "{markets}: {locale}", "px": "{width_px}"}
    ) == {
        "dc:title": "Serum – Wake up",
        "words": "Wake up · $1 · Shop",
        "where": "United States, Canada: en-US",
        "px": "108",
    }


def test_a_field_without_any_value_is_cleared() -> None:
    patterns = {"ends": "{expiry}T23:59:59Z", "days": "{embargo}/{expiry}", "fixed": "campaign"}
    assert fields_of(said(), patterns) == {"ends": "", "days": "", "fixed": "campaign"}
    assert fields_of(said(expiry="2027-05-31"), patterns) == {
        "ends": "2027-05-31T23:59:59Z", "days": "/2027-05-31", "fixed": "campaign",
    }  # fmt: skip


def test_a_value_that_looks_like_a_placeholder_stays_a_text() -> None:
    assert fields_of(said(headline="{owner} {title}"), {"a": "{copy}"})["a"].startswith("{owner} {title} · ")


def test_a_placeholder_that_is_no_fact_is_refused_in_the_tenants_file() -> None:
    with pytest.raises(ValidationError) as refused:
        FolderTarget(id="dam", kind="folder", folder="out", metadata={"x": "{titel} {title}"})
    assert "{titel} is no placeholder; take one of asset, slot, tenant, owner" in str(refused.value)
