"""Products, their pictures, prices and scenes, said as a strict brief."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.saying.ids import UniqueIds, slug
from tests.foundry.adoption.handmade import adopted, asked, claim, plain, said

M = Meaning


def product(*claims: Claim, **more) -> dict:
    return said(*plain(*claims), **more).draft["products"][0]


def named(*names: str) -> list[Claim]:
    return [claim(M.PRODUCT_NAME, name, "products", at, "name", product=at) for at, name in enumerate(names)]


def test_products_have_unique_ids_and_their_own_facts() -> None:
    claims = plain(
        *named("Ruby", "Ruby"), claim(M.PRODUCT_ID, "R-1", product=0),
        claim(M.PRODUCT_DESCRIPTION, "red glass", product=1),
        claim(M.PRODUCT_CATEGORY, "tonic", product=1), without=(M.PRODUCT_NAME,),
    )  # fmt: skip
    assert said(*claims).draft["products"] == [
        {"id": "r-1", "name": "Ruby"},
        {"id": "ruby", "name": "Ruby", "description": "red glass", "category": "tonic"},
    ]


def test_names_without_a_position_are_products_and_the_only_one_takes_what_belongs_to_none() -> None:
    claims = [claim(M.PRODUCT_NAME, "Füller Linea"), claim(M.PRICE, "39,90 €")]
    one = said(*plain(*claims, without=(M.PRODUCT_NAME,)))
    assert one.draft["products"] == [
        {"id": "fuller-linea", "name": "Füller Linea", "prices": [{"amount": "39.90", "currency": "EUR"}]}
    ]


def test_a_product_without_a_name_is_called_by_its_id_or_asked_for() -> None:
    nameless = plain(claim(M.PRODUCT_ID, "SKU 7", product=0), without=(M.PRODUCT_NAME,))
    assert said(*nameless).draft["products"] == [{"id": "sku-7", "name": "SKU 7"}]
    shown = plain(claim(M.PRODUCT_DESCRIPTION, "red glass", product=0), without=(M.PRODUCT_NAME,))
    assert asked(said(*shown)) == ["name of product 1"]


def test_the_first_picture_that_is_there_is_taken_and_others_are_listed(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"")
    one = said(
        *plain(*(claim(M.PRODUCT_PICTURE, name, product=0) for name in ("a.png", "b.png", "c.png"))), folder=tmp_path
    )
    assert one.draft["products"][0]["picture"] == "b.png"
    assert {each.leaf.text for each in one.listed} == {"a.png", "c.png"}


def test_a_picture_that_is_not_there_yet_stays_named_and_is_said(tmp_path: Path) -> None:
    one = said(*plain(claim(M.PRODUCT_PICTURE, "packs/a.png", product=0)), folder=tmp_path)
    assert one.draft["products"][0]["picture"] == "packs/a.png"
    assert any("not beside the brief yet" in decision.reason for decision in one.decisions)


@pytest.mark.parametrize("there", [unicodedata.normalize("NFD", "Grün.png"), "GRÜN.PNG"])
def test_a_picture_is_found_by_the_spelling_of_the_file_system(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_bytes(b"")
    assert product(claim(M.PRODUCT_PICTURE, "Grün.png", product=0), folder=tmp_path)["picture"] == there


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x.png", "é" * 300 + ".png", "https://cdn.example/a.png", "see attached"]
)
def test_what_can_be_no_picture_is_listed(tmp_path: Path, name: str) -> None:
    one = said(*plain(claim(M.PRODUCT_PICTURE, name, product=0)), folder=tmp_path)
    assert "picture" not in one.draft["products"][0]
    assert [each.leaf.text for each in one.listed] == [name]


def test_pictures_of_no_product_go_to_the_one_that_they_are_named_for_or_are_asked_about() -> None:
    ruby = claim(M.PRODUCT_PICTURE, "img/ruby-front.png")
    one = said(*plain(*named("Ruby", "Amber"), ruby, without=(M.PRODUCT_NAME,)))
    assert [each.get("picture") for each in one.draft["products"]] == ["img/ruby-front.png", None]
    other = plain(*named("Ruby", "Amber"), claim(M.PRODUCT_PICTURE, "01.png"), without=(M.PRODUCT_NAME,))
    assert asked(said(*other)) == ["picture of ruby", "picture of amber"]
    answered = said(*other, answers={"picture of ruby": "01.png", "picture of amber": "none"})
    assert [each.get("picture") for each in answered.draft["products"]] == ["01.png", None]


@pytest.mark.parametrize(
    ("text", "region", "amount", "currency"),
    [
        ("€49.90", "US", "49.90", "EUR"), ("499 kr", "Sweden", "499", "SEK"), ("CHF 1'299.00", "CH", "1299.00", "CHF"),
        ("48", "Germany", "48", "EUR"), ("1.299,00 €", "DE", "1299.00", "EUR"),
    ],
)  # fmt: skip
def test_a_price_is_read_by_its_sign_or_by_its_market(text: str, region: str, amount: str, currency: str) -> None:
    claims = plain(
        claim(M.REGION, region),
        claim(M.MESSAGE, "Glow"),
        claim(M.PRICE, text, product=0),
        without=(M.REGION, M.HEADLINE),
    )
    assert said(*claims).draft["products"][0]["prices"] == [{"amount": amount, "currency": currency}]


def test_a_currency_beside_the_price_counts_before_the_campaigns() -> None:
    claims = [
        claim(M.PRICE, "3,980", "rows", 0, "price", product=0),
        claim(M.CURRENCY, "JPY", "rows", 0, "currency", product=0),
        claim(M.PRICE, "26,90", "rows", 1, "price", product=0),
        claim(M.CURRENCY, "EUR", "rows", 1, "currency", product=0),
    ]  # fmt: skip
    assert product(*claims)["prices"] == [{"amount": "3980", "currency": "JPY"}, {"amount": "26.90", "currency": "EUR"}]


def test_two_prices_in_one_currency_are_asked_about() -> None:
    claims = plain(claim(M.PRICE, "€48", product=0), claim(M.PRICE, "€52", product=0))
    assert asked(said(*claims)) == ["price of ruby-tonic"]
    answered = said(*claims, answers={"price of ruby-tonic": "52 EUR"})
    assert answered.draft["products"][0]["prices"] == [{"amount": "52", "currency": "EUR"}]


def test_scene_style_and_what_to_avoid_make_prompts() -> None:
    one = said(
        *plain(
            claim(M.SCENE, "a stone windowsill at dusk"),
            claim(M.STYLE, "calm"),
            claim(M.STYLE, "intimate"),
            claim(M.AVOID, "text"),
        )
    )
    assert [scene["prompt"] for scene in one.draft["scenes"]] == ["a stone windowsill at dusk, calm, intimate"]
    assert one.draft["negative_prompt"] == "text"
    assert said(*plain()).draft["scenes"][0]["id"] == "studio"
    assert said(*plain(claim(M.STYLE, "fresh"))).draft["scenes"] == [{"id": "style", "prompt": "fresh"}]


def test_named_scenes_keep_their_names_and_their_own_avoids() -> None:
    one = said(
        *plain(
            claim(M.SCENE_NAME, "terrace", scene=0), claim(M.SCENE, "empty terrace", scene=0),
            claim(M.AVOID, "crowds", scene=0), claim(M.SCENE, "breakfast table", scene=1),
        )
    )  # fmt: skip
    assert one.draft["scenes"] == [
        {"id": "terrace", "prompt": "empty terrace", "negative_prompt": "crowds"},
        {"id": "breakfast-table", "prompt": "breakfast table"},
    ]


def test_products_have_scenes_of_their_own_in_one_brief_or_apart() -> None:
    claims = plain(
        *named("Arc", "Desk"), claim(M.SCENE, "a corner at dusk", product=0), claim(M.STYLE, "warm", product=0),
        claim(M.SCENE, "an oak desk", product=1), without=(M.PRODUCT_NAME,),
    )  # fmt: skip
    one = said(*claims)
    assert [scene["prompt"] for scene in one.draft["scenes"]] == ["a corner at dusk, warm", "an oak desk"]
    assert [question.id for question in one.questions] == ["products without pictures", "scenes by product"]
    assert one.brief is not None
    arc, desk = adopted(*claims, answers={"scenes by product": "apart"}).campaigns
    assert [scene["prompt"] for scene in arc.draft["scenes"]] == ["a corner at dusk, warm"]
    assert [each["name"] for each in desk.draft["products"]] == ["Desk"]


def test_products_without_pictures_may_have_their_names_set_as_type() -> None:
    one = said(*plain(), answers={"products without pictures": "words"})
    assert one.brief is not None
    assert one.brief.products_without_pictures == "words"
    assert one.questions == ()


def test_an_id_is_made_of_any_name() -> None:
    assert slug("Crème Brûlée 2!") == "creme-brulee-2"
    assert slug("Straße") == "strasse"
    assert slug("春の光") == slug("春の光") != slug("夏の光")


def test_ids_that_many_share_are_told_apart_in_linear_time() -> None:
    ids = UniqueIds()
    made = [
        ids.take(name, f"-{number}") for number, name in enumerate(["a", "a-3", "a", "a-3-3", "a", "x" * 62] * 5_000)
    ]
    assert len(set(made)) == len(made)
    assert made[:3] == ["a", "a-3", "a-2"]
    assert max(map(len, made)) <= 62


def test_a_price_beside_several_products_is_each_ones_and_equal_pictures_are_one() -> None:
    pictures = [claim(M.PRODUCT_PICTURE, "ruby.png", "rows", at, "picture", product=0) for at in range(2)]
    one = said(*plain(*named("Ruby", "Amber"), *pictures, claim(M.PRICE, "€9"), without=(M.PRODUCT_NAME,)))
    assert [each["prices"] for each in one.draft["products"]] == [[{"amount": "9", "currency": "EUR"}]] * 2
    assert one.draft["products"][0]["picture"] == "ruby.png"
    assert one.listed == ()


def test_what_to_avoid_is_named_without_its_negation() -> None:
    avoided = [
        claim(M.AVOID, text) for text in ("no alcohol", "keine Hände", "pas de texte", "Don't show logos", "notebooks")
    ]
    assert said(*plain(*avoided)).draft["negative_prompt"] == "alcohol, Hände, texte, logos, notebooks"


def test_crowns_beside_english_copy_in_the_nordics_are_asked_about() -> None:
    claims = [
        claim(M.REGION, "Nordics"),
        claim(M.MESSAGE, "Feel the north with us"),
        claim(M.PRICE, "100 kr", product=0),
    ]
    assert asked(said(*plain(*claims, without=(M.REGION, M.HEADLINE)))) == ["price of ruby-tonic"]
