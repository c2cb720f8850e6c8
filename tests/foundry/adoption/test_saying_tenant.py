"""What a brief says of its brand becomes the tenant, and a draft of the tenant's file that can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.adoption.claims import Listed
from foundry.adoption.meaning import Meaning
from foundry.documents.writing import yaml_text
from foundry.tenant import load_tenant
from tests.foundry.adoption.handmade import asked, claim, leaf, plain, said

M = Meaning


def test_a_brands_facts_become_a_tenants_file_that_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"")
    one = said(
        *plain(
            claim(M.BRAND_COLOUR, "#3a2a1e", "palette", "primary"),
            claim(M.BRAND_COLOUR, "#FFF8EF", "palette", "background"),
            claim(M.BRAND_COLOUR, "#E07A3F", "palette", 2), claim(M.BRAND_LOGO, "logo.png"),
            claim(M.BRAND_TONE, "dry, warm"),
            claim(M.BRAND_FONT, "Archivo", "fonts", "heading"), claim(M.BRAND_FONT, "Inter", "fonts", "body"),
            claim(M.BANNED_WORD, "detox", "banned", 0), claim(M.BANNED_WORD, "cure", "banned", 1),
        ),
        folder=tmp_path,
    )  # fmt: skip
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "tenant.yaml").write_text(yaml_text(one.tenant), encoding="utf-8")
    tenant = load_tenant(tmp_path, "acme")
    palette = tenant.brand.palette
    assert (palette.primary, palette.paper, palette.accent) == ("#3A2A1E", "#FFF8EF", "#E07A3F")
    assert tenant.brand.fonts.display == "Archivo"
    assert (tenant.name, tenant.brand.tone, tenant.brand.banned_words) == ("Acme", "dry, warm", ("detox", "cure"))
    assert tenant.brand.logo is not None
    assert tenant.brand.logo.dark == "logo.png"


def test_what_the_brief_does_not_say_is_neutral_and_stated() -> None:
    one = said(*plain())
    assert one.tenant["brand"]["palette"]["paper"] == "#FFFFFF"
    stated = [each.field for each in one.decisions if "neutral" in each.reason]
    assert stated == [f"tenant: brand.palette.{role}" for role in ("primary", "accent", "ink", "paper", "scene")]


def test_a_known_tenant_of_whom_the_brief_says_nothing_new_has_no_draft() -> None:
    assert said(*plain(), tenants=frozenset({"acme"})).tenant == {}
    assert said(*plain(claim(M.BRAND_TONE, "dry")), tenants=frozenset({"acme"})).tenant["brand"]["tone"] == "dry"


def test_the_id_of_a_known_tenant_is_found_in_another_spelling() -> None:
    assert (
        said(*plain(claim(M.BRAND, "North Peak"), without=(M.BRAND,)), tenants=frozenset({"northpeak"})).draft["tenant"]
        == "northpeak"
    )


@pytest.mark.parametrize(
    ("first", "second", "tenant"), [("glossy", "Glossy Co", "glossy"), ("Acme", "Acme Cosmetics", "acme")]
)
def test_an_id_beside_a_name_and_a_longer_name_are_one_brand(first: str, second: str, tenant: str) -> None:
    brands = [claim(M.BRAND, first, "brand", "id"), claim(M.BRAND, second, "brand", "name")]
    assert said(*plain(*brands, without=(M.BRAND,))).draft["tenant"] == tenant


def test_two_brands_are_asked_about_and_the_known_tenants_are_offered_where_none_is_named() -> None:
    brands = [claim(M.BRAND, "Acme", "brand"), claim(M.BRAND, "Holding", "client")]
    assert asked(said(*plain(*brands, without=(M.BRAND,)))) == ["brand"]
    one = said(*plain(without=(M.BRAND,)), tenants=frozenset({"acme", "other"}))
    assert [choice.value for choice in one.questions[0].choices] == ["acme", "other"]


def test_logos_fonts_and_colours_that_cannot_be_used_are_listed(tmp_path: Path) -> None:
    claims = plain(
        claim(M.BRAND_LOGO, "logo.svg"), claim(M.BRAND_FONT, "Comic Sans"), claim(M.BRAND_COLOUR, "Pantone 186 C")
    )
    one = said(*claims, folder=tmp_path)
    assert {each.leaf.text for each in one.listed} == {"logo.svg", "Comic Sans", "Pantone 186 C"}
    assert "logo" not in one.tenant["brand"]


def test_the_metadata_of_tables_says_a_column_once_and_keeps_within_limits() -> None:
    from foundry.adoption.leaf import Leaf, Place
    from foundry.adoption.saying.metadata import metadata_of

    cells = [Leaf("Ida", "text", ("", row, "Owner"), Place(sheet="", cell=f"C{row}")) for row in (2, 3)]
    cells += [Leaf(f"note {row}", "text", ("", row, "Note"), Place(sheet="", cell=f"D{row}")) for row in (2, 3)]
    assert metadata_of(cells) == ({"Owner": "Ida", "2": {"Note": "note 2"}, "3": {"Note": "note 3"}}, 0)
    made, left_out = metadata_of(leaf("x" * 1_000, "notes", at) for at in range(1_000))
    assert len(made["notes"]) + left_out == 1_000
    assert metadata_of([leaf("deep", *("k",) * 60)])[1] == 0
    assert metadata_of([leaf("a", "tags", 0), leaf("b", "tags", 1)]) == ({"tags": ["a", "b"]}, 0)


def test_a_brands_name_is_the_text_with_letters_beside_its_id() -> None:
    numbered = [claim(M.BRAND, "42", "client", "id", score=0.78), claim(M.BRAND, "Volt & Ampere", "client", "name")]
    assert said(*plain(*numbered, without=(M.BRAND,))).tenant["name"] == "Volt & Ampere"
    named = [claim(M.BRAND, "weft", "brand", "id"), claim(M.BRAND, "Weft & Warp", "brand", "displayName")]
    one = said(*plain(*named, without=(M.BRAND,)))
    assert (one.draft["tenant"], one.tenant["name"]) == ("weft", "Weft & Warp")


def test_font_files_that_lie_beside_the_brief_are_brought_as_families(tmp_path: Path) -> None:
    for name in ("Lora-Regular.ttf", "Lora-Bold.ttf"):
        (tmp_path / name).write_bytes(b"")
    files = [
        claim(M.BRAND_FONT, name, "fonts", at) for at, name in enumerate(("Lora-Regular.ttf", "Lora-Bold.ttf", "x.otf"))
    ]
    one = said(*plain(*files), folder=tmp_path)
    fonts = one.tenant["brand"]["fonts"]
    assert (fonts["display"], fonts["body"]) == ("Lora", "Lora")
    assert [(family["name"], family["regular"], family["bold"]) for family in fonts["families"]] == [
        ("Lora", "Lora-Regular.ttf", "Lora-Bold.ttf")
    ]
    assert [each.leaf.text for each in one.listed] == ["x.otf"]
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "tenant.yaml").write_text(yaml_text(one.tenant), encoding="utf-8")
    assert load_tenant(tmp_path, "acme").brand.fonts.display == "Lora"


def test_names_that_no_rule_understood_are_offered_as_the_brand() -> None:
    firm = Listed(leaf("Bergkräuter GmbH", "Unternehmen"), "no rule knows the key 'Unternehmen'")
    one = said(*plain(without=(M.BRAND,)), listed=(firm, Listed(leaf("to be filled", "x"), "no rule")))
    assert [choice.value for choice in one.questions[0].choices] == ["Bergkräuter GmbH"]
    answered = said(*plain(without=(M.BRAND,)), listed=(firm,), answers={"brand": "Bergkräuter GmbH"})
    assert (answered.draft["tenant"], answered.listed) == ("bergkrauter-gmbh", ())
