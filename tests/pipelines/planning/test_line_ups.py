"""Products that show others, at their true sizes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from foundry.brief.brief import Brief, Product
from foundry.plan.line_up import line_ups
from tests.support.briefs import a_brief

PAIR = (
    {"id": "serum", "name": "Serum", "picture": "serum.png", "height_mm": "118"},
    {"id": "cream", "name": "Cream", "picture": "cream.png", "height_mm": "52.5"},
)
SET = {"id": "set", "name": "Serum and cream", "shows": ["serum", "cream"]}
KEYS = {"serum": "ab" * 32, "cream": "cd" * 32}


def brief_of(*products: dict[str, Any]) -> Brief:
    """Return a brief of these products."""
    return Brief.model_validate(a_brief(products=list(products)))


def test_a_bundle_is_shown_by_a_line_up_of_its_products() -> None:
    found = line_ups(brief_of(*PAIR, SET), KEYS)

    assert list(found) == ["set"]
    assert [str(height) for _, height in found["set"].members] == ["118", "52.5"]
    assert found["set"].key.startswith("line-up-")


def test_another_height_or_order_is_another_picture() -> None:
    taller = {**PAIR[0], "height_mm": "119"}
    turned = {**SET, "shows": ["cream", "serum"]}

    keys = {
        line_ups(brief_of(*products), KEYS)["set"].key
        for products in ((*PAIR, SET), (taller, PAIR[1], SET), (*PAIR, turned))
    }

    assert len(keys) == 3


def test_products_without_the_new_fields_read_as_before() -> None:
    product = Product.model_validate({"id": "serum", "name": "Serum", "picture": "serum.png"})

    assert not {"height_mm", "shows"} & set(product.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ((*PAIR, {**SET, "shows": ["serum", "soap"]}), "soap is no product"),
        ((*PAIR, SET, {"id": "all", "name": "All", "shows": ["serum", "set"]}), "shows others itself"),
        (({"id": "serum", "name": "S", "picture": "s.png"}, PAIR[1], SET), "serum has no height_mm"),
        ((*PAIR, {**SET, "shows": ["serum", "serum"]}), "two or more"),
        ((*PAIR, {**SET, "picture": "set.png"}), "file of its own"),
    ],
)
def test_a_bundle_that_cannot_be_shown_is_refused(products: tuple[dict[str, Any], ...], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        brief_of(*products)
