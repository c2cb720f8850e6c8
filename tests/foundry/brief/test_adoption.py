"""Briefs as people write them become strict ones."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry.brief.adoption import UniqueIds, adopt, as_yaml
from foundry.brief.adoption_rules import locale_for, slug, written_money
from foundry.brief.intake import read_briefs
from foundry.errors import FoundryError

FOREIGN = Path(__file__).parent / "foreign_briefs"


@pytest.mark.parametrize("path", sorted(FOREIGN.iterdir()), ids=lambda path: path.name)
def test_a_foreign_brief_becomes_strict_and_reads_back_the_same(path: Path, tmp_path: Path) -> None:
    for adoption in adopt(path):
        written = tmp_path / "strict.yaml"
        written.write_text(as_yaml(adoption.brief), encoding="utf-8")
        assert read_briefs(written) == [adoption.brief]
        assert adoption.assumptions


def test_ratios_survive_yaml_and_unknown_keys_follow_in_the_metadata() -> None:
    (adoption,) = adopt(FOREIGN / "a-object-message.yaml")
    assert adoption.brief.placements == ("meta/feed-square", "meta/story", "web/hero")
    assert adoption.brief.messages["en-US"].call_to_action == "Buy now"
    assert adoption.brief.metadata == {"adopted": {"kpi": "reach"}}
    assert adoption.not_understood == ("kpi",)
    assert any("no picture of 'Aqua Mist'" in line for line in adoption.assumptions)


def test_a_picture_that_is_not_there_is_named_and_left_to_the_model() -> None:
    (adoption,) = adopt(FOREIGN / "b-string-message.json")
    assert adoption.brief.products[1].picture is None
    assert any("missing.png" in line for line in adoption.assumptions)
    assert str(adoption.brief.products[0].prices[0].amount) == "36.90"


def test_merged_cells_and_empty_rows_of_a_workbook_are_understood() -> None:
    (adoption,) = adopt(FOREIGN / "k-merged.xlsx")
    assert [product.name for product in adoption.brief.products] == ["Serum", "Mist"]
    assert adoption.brief.messages["ja-JP"].headline == "春の光"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("€49.90", ("49.90", "EUR")),
        ("49,90 EUR", ("49.90", "EUR")),
        ("5,000 USD", ("5000", "USD")),
        ("1.299,00 €", ("1299.00", "EUR")),
        (48, ("48", None)),
        ("cheap", None),
    ],
)
def test_money_is_read_as_people_write_it(text: object, amount: object) -> None:
    assert written_money(text) == amount


@pytest.mark.parametrize(
    ("text", "regions", "locale"),
    [("German", [], "de-DE"), ("pt_BR", [], "pt-BR"), ("", ["Japan"], "ja-JP"), ("", ["Utopia"], "en-US")],
)
def test_a_locale_follows_from_language_or_country(text: str, regions: list[str], locale: str) -> None:
    assert locale_for(text, regions) == locale


def test_a_slug_is_made_of_any_text() -> None:
    assert slug("Crème Brûlée 2!") == "creme-brulee-2"
    assert slug("春の光") == slug("春の光") != slug("夏の光")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99_999) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["brand", "name", "products", "message", "region", "price", "ratios", "scene", "budget", "x"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, json_values, max_size=7))
def test_whatever_is_sent_is_adopted_or_refused_in_a_sentence(tmp_path: Path, content: object) -> None:
    import json

    path = tmp_path / "any.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    for read in (adopt, read_briefs):
        with contextlib.suppress(FoundryError):  # any other exception fails the test
            assert read(path)


def test_ids_that_many_share_are_told_apart_in_linear_time() -> None:
    ids = UniqueIds()
    made = [
        ids.take(name, f"-{number}") for number, name in enumerate(["a", "a-3", "a", "a-3-3", "a", "x" * 62] * 5_000)
    ]
    assert len(set(made)) == len(made)
    assert made[:3] == ["a", "a-3", "a-2"]
    assert max(map(len, made)) <= 62


def test_a_table_whose_products_share_one_name_is_adopted(tmp_path: Path) -> None:
    lines = ["Brand,Campaign,Product,SKU", *(f"A,Spring,Serum {number},a-{number % 7}" for number in range(3_000))]
    (tmp_path / "b.csv").write_text("\n".join(lines))
    (found,) = adopt(tmp_path / "b.csv")
    assert len({product.id for product in found.brief.products}) == 3_000


@pytest.mark.parametrize(
    "price", ["1" + " " * 90_000 + "x", " " * 90_000, "1," * 45_000, ["1"] * 1_000, {"a": 1}, True]
)
def test_a_price_that_is_no_price_costs_nothing(price: object) -> None:
    assert written_money(price) is None


def test_a_name_of_a_picture_that_no_file_system_takes_is_a_picture_that_is_not_there(tmp_path: Path) -> None:
    for name in ("é" * 300, "/etc/passwd", "../x.png"):
        (tmp_path / "b.yaml").write_text(f"brand: A\ncampaign: S\nproducts: [{{name: P, picture: '{name}'}}]\n")
        (found,) = adopt(tmp_path / "b.yaml")
        assert found.brief.products[0].picture is None
