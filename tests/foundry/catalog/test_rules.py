"""Which rows a catalog takes, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from foundry.catalog.catalog import Condition, Order
from foundry.catalog.rules import count_keys, included, numbers_of, priority_keys
from tests.support.judged_rows import a_row, judged

ROWS = judged(
    [
        a_row("a", brand="Nordpol", quantity="3", **{"own.margin": "12,5 %"}),
        a_row("b", brand=" NORDPOL", quantity=None, stock="out_of_stock"),
        a_row("c", brand="Südpol", quantity="12.0", price_minor=99_900),
        a_row("d", quantity="a few", **{"own.margin": "EUR 1.234,50"}),
    ]
).columns


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ({"attribute": "brand", "is_one_of": ["nordpol"]}, "ab"),
        ({"attribute": "brand", "is_none_of": ["Nordpol"]}, "cd"),
        ({"attribute": "brand", "starts_with": "SÜD"}, "c"),
        ({"attribute": "brand", "contains": "pol", "is_none_of": ["südpol"]}, "ab"),
        ({"attribute": "quantity", "at_least": "3"}, "ac"),
        ({"attribute": "quantity", "at_least": "3.5", "at_most": "12"}, "c"),
        ({"attribute": "price", "at_most": "12.99"}, "abd"),
        ({"attribute": "availability", "is_one_of": ["in_stock"]}, "acd"),
        ({"attribute": "own.margin", "at_least": "12.5"}, "ad"),
        ({"attribute": "size", "is_one_of": ["M"]}, ""),
        ({"attribute": "size", "is_none_of": ["M"]}, "abcd"),
    ],
)
def test_a_condition_takes_rows(condition: dict[str, Any], taken: str) -> None:
    mask = included(ROWS, (Condition.model_validate(condition),), decimal_mark="," if "own" in str(condition) else None)
    assert "".join(ROWS.filter(mask).column("id").to_pylist()) == taken


def test_all_conditions_must_hold_and_none_is_no_filter() -> None:
    both = (Condition(attribute="brand", contains="pol"), Condition(attribute="quantity", at_least=4))
    assert included(ROWS, both).to_pylist() == [False, False, True, False]
    assert included(ROWS, ()) is None


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("12", None, 12.0), ("-3.5", None, -3.5), ("1,234.50", None, 1234.5), ("12,5", None, 12.5),
        ("1,234", None, 1234.0), ("1.234,50 €", ",", 1234.5), ("€ 7", ".", 7.0), ("1 234", None, 1234.0),
        ("1'234.5", ".", 1234.5), ("", None, None), ("none", None, None), ("1.2.3", None, None), ("-", None, None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, mark: str | None, number: float | None) -> None:
    rows = judged([a_row("a", **{"own.margin": text})]).columns
    assert numbers_of(rows, "own.margin", mark).to_pylist() == [number]


@pytest.mark.parametrize(
    ("orders", "order"),
    [
        ([{"attribute": "quantity", "largest_first": True}], "cabd"),
        ([{"attribute": "quantity", "largest_first": False}], "acbd"),
        ([{"attribute": "brand", "values": ["südpol", "NORDPOL"]}], "cabd"),
        ([{"attribute": "own.margin"}, {"attribute": "price", "largest_first": True}], "adcb"),
        ([{"attribute": "brand", "values": ["Nordpol"], "largest_first": True}], "abcd"),
    ],
)
def test_orders_follow_one_another(orders: list[dict[str, Any]], order: str) -> None:
    parsed = tuple(Order.model_validate(each) for each in orders)
    keys = priority_keys(ROWS, parsed)
    assert len(keys) == count_keys(parsed)
    places = np.lexsort((np.arange(4), *reversed(keys)))
    assert "".join("abcd"[at] for at in places) == order
