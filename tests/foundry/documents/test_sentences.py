"""Values that do not fit a model: a sentence for each problem, so many and no more."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from foundry.documents.sentences import Wording, parse_value, read_model
from foundry.errors import BadInput, Refusals
from foundry.strict_model import Items, StrictModel


class Price(StrictModel):
    amount: int
    currency: str


class Product(StrictModel):
    id: str
    prices: Annotated[tuple[Price, ...], Items(1_000)] = ()


class Order(StrictModel):
    products: Annotated[tuple[Product, ...], Items(200_000, least=1)]
    words: Annotated[dict[str, Product], Items(500)] = Field(default={})


ORDER = Wording(whole="order", code="bad_order")


def problems(value: Any) -> Refusals:
    with pytest.raises(Refusals) as refused:
        parse_value(Order, value, ORDER)
    return refused.value


def test_each_problem_has_path_value_limit_and_remedy() -> None:
    found = problems({"product": 1, "products": [{"id": 5, "prices": [{"amount": "x"}]}]})
    assert [str(problem) for problem in found.problems] == [
        "products[0].id: 5 is refused: Input should be a valid string; write it in quotes",
        "products[0].prices[0].amount: 'x' is refused: Input should be a valid integer, unable to parse string as an "
        "integer; change it",
        "products[0].prices[0].currency: it is missing; add it",
        "product: 'product' is refused: allowed are products, words; did you mean 'products'?",
    ]
    assert {problem.code for problem in found.problems} == {"bad_order"}


def test_a_value_that_is_no_map_is_refused() -> None:
    assert "a order is a map of keys" in str(problems([1]))


def test_a_long_list_is_validated_like_a_short_one() -> None:
    short, long = ({"products": [{"id": str(n)} for n in range(count)]} for count in (3, 250))
    assert [p.id for p in parse_value(Order, short, ORDER).products] == ["0", "1", "2"]
    assert len(parse_value(Order, long, ORDER).products) == 250
    words = {f"w{n}": {"id": str(n)} for n in range(250)}
    assert len(parse_value(Order, {**short, "words": words}, ORDER).words) == 250
    assert "needs at least 1" in str(problems({"products": []}))
    assert "it has 501 items, the limit is 500" in str(problems({**short, "words": {str(n): {} for n in range(501)}}))


def test_problems_of_a_long_list_keep_their_places_and_the_rest_are_counted() -> None:
    items: list[Any] = [{"id": str(n)} for n in range(1_000)]
    items[123], items[998] = {"id": 1}, {"id": "x", "prices": [{"amount": 1}]}
    assert [p.path for p in problems({"products": items}).problems] == [  # type: ignore[attr-defined]
        "products[123].id",
        "products[998].prices[0].currency",
    ]
    found = problems({"products": [{}] * 5_000, "words": {str(n): {} for n in range(400)}})
    assert (len(found.problems), found.count) == (100, 5_400)
    assert str(found).endswith("and 5380 more")


def test_a_hundred_thousand_wrong_items_cost_little_and_say_little() -> None:
    value = {"products": [{"prices": [{}, {}]} for _ in range(30_000)]}
    tracemalloc.start()
    start = time.process_time()
    found = problems(value)
    assert time.process_time() - start < 20
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert found.count == 150_000
    assert len(str(found)) <= 4_000


def test_an_own_sentence_stands_in_refusals_of_files(tmp_path: Path) -> None:
    path = tmp_path / "order.yaml"
    path.write_text("products: [{id: a}]\n")
    assert read_model(path, Order, ORDER).products[0].id == "a"
    path.write_text("products: [{id: 1}]\nx: 1\n")
    with pytest.raises(BadInput) as refused:
        read_model(path, Order, ORDER, where="the order")
    lines = str(refused.value).splitlines()
    assert lines[0] == "the order: is not a order: 2 reason(s):"
    assert str(tmp_path) not in str(refused.value)
    with pytest.raises(BadInput, match="cannot be read"):
        read_model(tmp_path / "none.yaml", Order, ORDER)
