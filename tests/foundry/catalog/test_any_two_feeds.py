"""Any feeds one after another: every product has one fate, and nothing is withdrawn that may still be there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.catalog.comparison import Comparison
from foundry.catalog.products import CatalogProduct, Change
from tests.support.judged_rows import a_catalog, a_row
from tests.support.remembered import Memory

ITEMS = ("a", "b", "C", "c", "d e", "f-0123456789abcdef0123", "ü")
VALUES = st.fixed_dictionaries(
    {
        "item_group_id": st.sampled_from((None, "g", "a", "b")),
        "title": st.sampled_from(("Mug", "Cup")),
        "price_minor": st.sampled_from((1_000, 2_000)),
        "image_link": st.sampled_from(("red.png", "blue.png")),
        "stock": st.sampled_from(("in_stock", "in_stock", "out_of_stock")),
    }
)
FEEDS = st.dictionaries(st.sampled_from(ITEMS), VALUES)
BAD = st.sets(st.sampled_from(("", "stranger", *ITEMS)), max_size=3)
RUNS = st.lists(st.tuples(FEEDS, BAD, st.sets(st.sampled_from(ITEMS), max_size=2)), min_size=1, max_size=4)
Feed = dict[str, dict[str, Any]]


@settings(max_examples=25, deadline=None)
@given(RUNS, st.sampled_from(("appearance", "none")))
def test_every_product_has_one_fate_and_none_is_withdrawn_that_may_be_there(
    runs: list[tuple[Feed, set[str], set[str]]], share: str
) -> None:
    with TemporaryDirectory() as folder:
        memory = Memory(Path(folder), a_catalog(products={"share": share}))
        for feed, bad, left in runs:
            before = live_products(memory)
            with memory.comparison([a_row(item, **values) for item, values in feed.items()], sorted(bad)) as found:
                holds_each_product_once(found, before)
                withdraws_nothing_that_is_there(found, before, feed, bad)
                shows_each_item_as_it_is(found, before, feed, bad)
                memory.keep(found, left=left)
            with memory.state() as state:
                ids = state.rows.column("id").to_pylist()
            assert len(ids) == len(set(ids))


@settings(max_examples=12, deadline=None)
@given(RUNS)
def test_a_feed_that_was_carried_out_asks_for_nothing_when_it_comes_again(
    runs: list[tuple[Feed, set[str], set[str]]],
) -> None:
    with TemporaryDirectory() as folder:
        memory = Memory(Path(folder), a_catalog())
        for feed, _, left in runs:
            rows = [a_row(item, **values) for item, values in feed.items()]
            memory.run(rows, left=left)
            memory.run(rows)
            assert memory.run(rows) == {}


@settings(max_examples=12, deadline=None)
@given(FEEDS, FEEDS, st.sets(st.sampled_from(ITEMS), max_size=2))
def test_rows_of_an_event_change_their_items_and_no_others(first: Feed, some: Feed, removed: set[str]) -> None:
    with TemporaryDirectory() as folder:
        memory = Memory(Path(folder), a_catalog(withdraw={"out_of_stock": False}))
        memory.run([a_row(item, **values) for item, values in first.items()])
        memory.run([a_row(item, **values) for item, values in some.items()], removed=frozenset(removed))
        expected = {**{item: row for item, row in first.items() if item not in removed}, **some}
        shown = {item: look_of(product) for product in live_products(memory) for item in product.items}
        assert shown == {item: look(row) for item, row in expected.items()}


def live_products(memory: Memory) -> list[CatalogProduct]:
    with memory.comparison(None) as comparison:
        return list(comparison.products())


def holds_each_product_once(found: Comparison, before: list[CatalogProduct]) -> None:
    made, withdrawn = list(found.to_make()), list(found.to_withdraw())
    counts = Counter(change.change for change in made + withdrawn)
    for change in (*Change,):
        if change not in (Change.UNCHANGED, Change.HELD):
            assert found.counts[change] == counts[change]
    assert max(Counter(change.id for change in made + withdrawn).values(), default=0) <= 1
    assert [change.product.rank for change in made if change.product] == list(range(len(made)))
    new = {Change.NEW, Change.BACK}
    assert sum(count for change, count in found.counts.items() if change not in new) == len(before)
    assert {product.id for product in before} >= {change.id for change in withdrawn}


def withdraws_nothing_that_is_there(found: Comparison, before: list[CatalogProduct], feed: Feed, bad: set[str]) -> None:
    products = {product.id: product for product in before}
    after = {item for product in found.products() for item in product.items}
    for change in found.to_withdraw():
        items = set(products[change.id].items)
        if change.change is Change.OUT_OF_STOCK:
            assert items & set(feed) <= sold_out(feed) | after
            assert not (items & bad - set(feed)) - after
        else:
            assert not (items & (set(feed) | bad)) - after - sold_out(feed)


def shows_each_item_as_it_is(found: Comparison, before: list[CatalogProduct], feed: Feed, bad: set[str]) -> None:
    """Hold each item of the feed to the product that has it, and each item that was set aside to what it was."""
    looks = {item: look_of(product) for product in before for item in product.items}
    after = [(item, look_of(product)) for product in found.products() for item in product.items]
    shown = dict(after)
    for item, row in feed.items():
        assert shown.get(item) == look(row) or row["stock"] == "out_of_stock"
    for item in bad - set(feed):
        assert shown.get(item) == looks.get(item)


def sold_out(feed: Feed) -> set[str]:
    return {item for item, row in feed.items() if row["stock"] == "out_of_stock"}


def look(row: dict[str, Any]) -> tuple[object, ...]:
    return row["title"], row["price_minor"], row["image_link"]


def look_of(product: CatalogProduct) -> tuple[object, ...]:
    return product.name, product.price_minor, product.picture
