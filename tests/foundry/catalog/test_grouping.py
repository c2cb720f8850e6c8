"""Ids of products."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.catalog.grouping import product_id, product_ids
from foundry.names import is_slug


@pytest.mark.parametrize("item", ["mug", "sku-1.2_b", "0"])
def test_an_item_whose_id_is_a_slug_gives_it_to_its_product(item: str) -> None:
    assert product_id(item) == item


@pytest.mark.parametrize(
    ("item", "begin"),
    [("SKU 12/Rot", "sku-12-rot-"), ("マグ", "item-"), ("-x", "x-"), ("y" * 128, "y" * 40 + "-")],
)
def test_any_other_id_becomes_a_slug_that_people_recognise(item: str, begin: str) -> None:
    assert product_id(item).startswith(begin)
    assert len(product_id(item)) <= len(begin) + 20


@settings(max_examples=40, deadline=None)
@given(st.sets(st.text(min_size=1, max_size=128), max_size=40))
def test_different_items_have_different_ids_that_are_slugs(items: set[str]) -> None:
    spelled = items | {item.upper() for item in items} | {item.swapcase() for item in items}
    both = sorted(spelled | {product_id(item) for item in spelled})
    made = [product_id(item) for item in both]
    assert len(set(made)) == len(both)
    assert all(map(is_slug, made))
    assert product_ids(pa.array(both, pa.string())).to_pylist() == made
