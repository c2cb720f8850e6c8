"""Products without pictures: refused where no card in use draws them, drawn, or set as type."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from foundry.brief.intake import parse
from foundry.errors import Refusals
from foundry.plan.name_card import NameCard, name_card_of
from models.registry import CARDS, cards_of, open_registry
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import BRIEF, a_brief, a_tenant, admitted

BARE = {key: value for key, value in BRIEF["products"][0].items() if key != "picture"}


def refusals(folder: Path, products: list[dict[str, object]], cards: Path | None = None) -> list[str]:
    owner, brief = a_tenant(), parse(a_brief(products=products))
    with pytest.raises(Refusals) as refused:
        admit(brief, folder, owner, cards_of(owner), open_registry(cards) if cards else None)
    return [str(problem) for problem in refused.value.problems]


def drawing_card(folder: Path, identity: str, stage: str = "candidate") -> Path:
    """Write a card of a vendor's API that draws products, and return its folder."""
    text = (CARDS / "backdrop.yaml").read_text(encoding="utf-8")
    text = text.replace("id: backdrop", f"id: {identity}", 1).replace("draws_products: false", "draws_products: true")
    kept = [line for line in text.splitlines() if not line.startswith("stage:")]
    folder.mkdir(exist_ok=True)
    (folder / f"{identity}.yaml").write_text("\n".join([*kept, f"stage: {stage}", ""]), encoding="utf-8")
    return folder


def test_a_product_that_nothing_can_show_is_refused_with_three_ways_out(tmp_path: Path) -> None:
    (said,) = refusals(tmp_path, [BARE])
    assert said.startswith("products[0].picture: 'serum' has no picture, and card backdrop@")
    assert "draws no products" in said
    for way in ("give it a picture", "products_without_pictures: words", "a card that does (there is none here yet)"):
        assert way in said


def test_the_refusal_names_the_cards_that_draw_products_and_may_be_used(tmp_path: Path) -> None:
    cards = drawing_card(tmp_path / "cards", "painter")
    drawing_card(cards, "sketcher", stage="draft")
    (said,) = refusals(tmp_path, [BARE], cards)
    assert "a card that does (painter@" in said
    assert "sketcher" not in said


def test_twenty_products_are_refused_by_name_and_the_others_counted(tmp_path: Path) -> None:
    said = refusals(tmp_path, [{"id": f"p{at:02d}", "name": "Oil"} for at in range(25)])
    assert len(said) == 21
    assert "5 more have no picture either" in said[-1]


def test_a_card_that_draws_products_draws_them(tmp_path: Path) -> None:
    found = admitted(tmp_path, draws=True, products=[BARE])
    assert found.plan.pictures == (None,)
    assert "Product serum has no picture; model backdrop draws it from its description." in found.assumptions


@pytest.fixture
def lettered(tmp_path: Path) -> Admitted:
    oil = {**BARE, "id": "oil", "name": "Oil of the morning", "category": "skincare"}
    return admitted(tmp_path, products=[BRIEF["products"][0], oil], products_without_pictures="words")


def test_a_name_stands_in_for_the_picture_that_is_missing(lettered: Admitted) -> None:
    card = next(facts for facts in lettered.inputs if isinstance(facts, NameCard))
    assert (card.name, card.category, card.locale) == ("Oil of the morning", "skincare", "de-DE")
    assert card.key in lettered.plan.pictures
    assert all("Oil" not in shot.prompt for shot in lettered.plan.shots()), "the model draws the scene alone"
    assert "Product oil has no picture; its name stands in its place, as type." in lettered.assumptions


def test_a_brief_of_pictures_alone_is_named_as_before(lettered: Admitted, tmp_path: Path) -> None:
    assert admitted(tmp_path).plan.digest == admitted(tmp_path, products_without_pictures="draw").plan.digest
    assert lettered.plan.digest != admitted(tmp_path, products=[BRIEF["products"][0]]).plan.digest


def test_a_name_card_is_keyed_by_everything_that_it_is_drawn_from() -> None:
    product, owner = parse(a_brief(products=[BARE])).products[0], a_tenant()
    first = name_card_of(product, "en-US", owner).key
    assert first == name_card_of(product.model_copy(update={"description": "Of roses", "id": "x"}), "en-US", owner).key
    others = [
        name_card_of(product.model_copy(update={"name": "Cream"}), "en-US", owner),
        name_card_of(product.model_copy(update={"category": "balm"}), "en-US", owner),
        name_card_of(product, "ar-EG", owner),
        name_card_of(product, "en-US", a_tenant("northpeak")),
    ]
    assert len({first, *(card.key for card in others)}) == 5


@pytest.mark.parametrize("colour", ["white", "#00000000"])
def test_a_picture_that_shows_nothing_is_refused_in_the_plan(colour: str, tmp_path: Path) -> None:
    Image.new("RGBA", (200, 300), colour).save(tmp_path / "serum.png")
    with pytest.raises(Refusals, match=r"products\[0\]\.picture: 'serum\.png' shows no product: it is "):
        admitted(tmp_path)


def test_a_deep_grey_picture_is_admitted(tmp_path: Path) -> None:
    deep = np.tile(np.linspace(20_000, 50_000, 200).astype(np.uint16), (300, 1))
    assert cv2.imwrite(str(tmp_path / "serum.png"), deep)
    assert admitted(tmp_path).plan.pictures != (None,)
