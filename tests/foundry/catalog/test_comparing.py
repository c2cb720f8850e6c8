"""Runs of a catalog one after another: what became of each product, and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry.catalog.comparing import HELD_RUNS
from foundry.catalog.comparison import AT_ONCE
from foundry.catalog.products import Change
from tests.support.judged_rows import NOW, a_catalog, a_row
from tests.support.remembered import Memory

RED = {"item_group_id": "shirt", "title": "Shirt", "image_link": "red.png"}


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """Return the memory of a catalog whose files show names and prices."""
    return Memory(tmp_path, a_catalog())


def test_a_first_feed_is_new_and_the_same_one_again_asks_for_nothing(memory: Memory) -> None:
    rows = [a_row("a", title="A"), a_row("b", title="B")]
    assert memory.run(rows) == {"new": ("a", "b")}
    assert memory.run(rows) == {}


def test_items_of_a_group_that_look_the_same_share_a_product(memory: Memory) -> None:
    rows = [a_row("r-m", **RED), a_row("r-s", **RED), a_row("b-s", **{**RED, "image_link": "blue.png"})]
    with memory.comparison(rows) as found:
        products = [change.product for change in found.to_make() if change.product]
    assert [(product.id, product.items) for product in products] == [("r-m", ("r-m", "r-s")), ("b-s", ("b-s",))]


def test_without_sharing_each_item_has_its_own_product(tmp_path: Path) -> None:
    memory = Memory(tmp_path, a_catalog(products={"share": "none"}))
    assert memory.run([a_row("r-m", **RED), a_row("r-s", **RED)]) == {"new": ("r-m", "r-s")}


def test_items_of_different_groups_share_nothing(memory: Memory) -> None:
    assert memory.run([a_row("a"), a_row("b"), a_row("c", item_group_id="a")]) == {"new": ("a", "b", "c")}


def test_sizes_come_and_go_without_moving_a_file(memory: Memory) -> None:
    small, middle, large = (a_row(item, **RED) for item in ("a-s", "b-m", "c-l"))
    assert memory.run([middle, large]) == {"new": ("b-m",)}
    assert memory.run([small, middle, large]) == {}
    assert memory.run([small, large]) == {}
    assert memory.run([large]) == {}
    with memory.comparison(None) as found:
        assert [(product.id, product.items) for product in found.products()] == [("b-m", ("c-l",))]


def test_an_item_that_comes_back_to_look_different_takes_its_own_id(memory: Memory) -> None:
    memory.run([a_row("a", **RED), a_row("b", **RED)])
    memory.run([a_row("b", **RED)])
    found = memory.run([a_row("a", **{**RED, "image_link": "blue.png"}), a_row("b", **RED)])
    assert found == {"changed": ("a",), "new": ("b",)}


def test_items_that_come_under_other_ids_keep_their_products(memory: Memory) -> None:
    blue = {**RED, "image_link": "blue.png"}
    reds = [a_row("1", **RED), a_row("2", **RED)]
    memory.run([*reds, a_row("3", **blue), a_row("4"), a_row("5"), a_row("6", title="Cup")])
    other = [a_row("a", **blue), a_row("b", **RED), a_row("c"), a_row("d"), a_row("e"), a_row("f", title="Jug")]
    assert memory.run(other) == {"new": ("e", "f"), "gone": ("6",)}
    with memory.comparison(None) as now:
        shared = {product.id: product.items for product in now.products()}
    assert (shared["1"], shared["3"], shared["4"], shared["5"]) == (("b",), ("a",), ("c",), ("d",))


def test_an_old_id_that_comes_back_takes_its_product_from_the_new_one(memory: Memory) -> None:
    memory.run([a_row("old")])
    memory.run([a_row("new")])
    assert memory.run([a_row("new"), a_row("old", title="Cup")]) == {"new": ("new",), "changed": ("old",)}


def test_a_price_of_its_own_splits_a_product_and_the_old_price_joins_it_again(memory: Memory) -> None:
    both = [a_row("a", **RED), a_row("b", **RED)]
    memory.run(both)
    assert memory.run([both[0], a_row("b", **RED, price_minor=999)]) == {"new": ("b",)}
    with memory.comparison(both) as found:
        (gone,) = found.to_withdraw()
        assert (gone.id, gone.change, gone.why) == ("b", Change.GONE, ("items are in a",))
        assert found.withdrawn == 0
        assert list(found.to_make()) == []


def test_a_product_whose_items_went_to_one_that_was_not_made_stays(memory: Memory) -> None:
    memory.run([a_row("a", **RED), a_row("b", **{**RED, "image_link": "blue.png"})])
    joined = [a_row(item, **{**RED, "image_link": "green.png"}) for item in ("a", "b")]
    assert memory.run(joined, left={"a"}) == {"changed": ("a",)}
    assert memory.run(joined) == {"changed": ("a",), "gone": ("b",)}
    assert memory.run(joined) == {}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"title": "Cup"}, ("name",)),
        ({"price_minor": 5}, ("price",)),
        ({"currency": "USD"}, ("price",)),
        ({"image_link": "b.png", "description": "new"}, ("description", "picture")),
    ],
)
def test_a_change_says_what_differs(memory: Memory, value: dict[str, Any], why: tuple[str, ...]) -> None:
    memory.run([a_row("a"), a_row("b")])
    with memory.comparison([a_row("a"), a_row("b", **value)]) as found:
        assert [(change.id, change.change, change.why) for change in found.to_make()] == [("b", Change.CHANGED, why)]


def test_a_product_that_left_the_feed_is_withdrawn_and_comes_back(memory: Memory) -> None:
    a, b = a_row("a"), a_row("b")
    memory.run([a, b])
    assert memory.run([a]) == {"gone": ("b",)}
    assert memory.run([a]) == {}
    assert memory.run([a, b]) == {"back": ("b",)}


def test_a_product_is_withdrawn_when_all_its_items_are_out_of_stock(memory: Memory) -> None:
    memory.run([a_row("a", **RED), a_row("b", **RED)])
    assert memory.run([a_row("a", **RED, stock="out_of_stock"), a_row("b", **RED)]) == {}
    out = [a_row("a", **RED, stock="out_of_stock"), a_row("b", **RED, stock="out_of_stock")]
    assert memory.run(out) == {"out_of_stock": ("a",)}
    assert memory.run(out) == {}
    assert memory.run([a_row("b", **RED)]) == {"back": ("a",)}


def test_a_product_that_was_never_in_stock_is_not_made(memory: Memory) -> None:
    assert memory.run([a_row("a", stock="out_of_stock")]) == {}


def test_a_catalog_may_keep_what_is_missing_or_out_of_stock(tmp_path: Path) -> None:
    memory = Memory(tmp_path, a_catalog(withdraw={"missing": False, "out_of_stock": False}))
    memory.run([a_row("a"), a_row("b")])
    assert memory.run([a_row("a", stock="out_of_stock")]) == {}


def test_a_product_that_the_rules_leave_out_or_that_expired_is_gone(tmp_path: Path) -> None:
    memory = Memory(tmp_path, a_catalog(include=[{"attribute": "brand", "is_one_of": ["Nordpol"]}]))
    a, b = a_row("a", brand="nordpol"), a_row("b", brand="Nordpol", expiration_date="2026-12-02")
    memory.run([a, b])
    with memory.comparison([a, b]) as found:
        assert found.next_turn == "2026-12-03T00:00:00+00:00"
    assert memory.run([{**a, "brand": "Südpol"}, b]) == {"gone": ("a",)}
    memory.moment = NOW + timedelta(days=3)
    assert memory.run([a, b]) == {"back": ("a",), "gone": ("b",)}


def test_the_product_of_a_row_that_was_set_aside_stays_as_it_is(memory: Memory) -> None:
    a, b = a_row("a", **RED), a_row("b", **RED)
    memory.run([a, b, a_row("c")])
    for _ in range(HELD_RUNS + 2):
        assert memory.run([b], bad=["a", "c"]) == {}
    with memory.comparison([b], bad=["a", "c"]) as found:
        assert (found.counts[Change.HELD], found.counts[Change.UNCHANGED]) == (1, 1)
        assert sorted(product.items for product in found.products()) == [("a", "b"), ("c",)]


def test_an_item_that_was_set_aside_keeps_its_look_when_its_sibling_changes(memory: Memory) -> None:
    memory.run([a_row("a", **RED), a_row("b", **RED)])
    changed = a_row("a", **RED, price_minor=999)
    with memory.comparison([changed], bad=["b"]) as found:
        made = {change.id: change.product for change in found.to_make()}
        memory.keep(found)
    assert (made["a"].price_minor, made["b"].price_minor) == (999, 1_299)  # type: ignore[union-attr]
    assert memory.run([changed], bad=["b"]) == {}


@pytest.mark.parametrize("bad", ["", "unknown"])
def test_missing_products_are_held_while_they_may_be_rows_that_nobody_can_read(memory: Memory, bad: str) -> None:
    memory.run([a_row("a"), a_row("b")])
    for _ in range(HELD_RUNS):
        assert memory.run([a_row("a")], bad=[bad]) == {}
    assert memory.run([a_row("a")], bad=[bad]) == {"gone": ("b",)}


def test_a_strange_row_that_was_there_beside_a_product_is_not_that_product(memory: Memory) -> None:
    memory.run([a_row("a"), a_row("b")], bad=["unknown"])
    assert memory.run([a_row("a")], bad=["unknown"]) == {"gone": ("b",)}


def test_sold_out_sizes_are_not_withdrawn_while_one_that_is_missing_may_be_there(memory: Memory) -> None:
    memory.run([a_row(item, **RED) for item in "abc"])
    sold_out = [a_row(item, **RED, stock="out_of_stock") for item in "bc"]
    assert memory.run(sold_out, bad=[""]) == {}
    assert memory.run(sold_out) == {"out_of_stock": ("a",)}


def test_an_id_of_two_rows_changes_no_product_and_hides_no_other(memory: Memory) -> None:
    rows = [a_row("a"), a_row("b", title="B"), a_row("c")]
    memory.run(rows)
    assert memory.run([a_row("a", title="B?"), rows[2]], contested=["a"]) == {}
    assert memory.run(rows[:1], contested=["a"]) == {"gone": ("c",)}
    assert memory.run(rows) == {"back": ("c",)}


def test_a_new_id_of_two_rows_is_that_of_the_first(memory: Memory) -> None:
    assert memory.run([a_row("a")], contested=["a"]) == {"new": ("a",)}


def test_a_row_that_is_there_twice_counts_once(memory: Memory) -> None:
    assert memory.run([a_row("a", title="First"), a_row("a", title="Second"), a_row("b")]) == {"new": ("a", "b")}
    with memory.comparison(None) as found:
        assert [product.name for product in found.products()] == ["First", "Mug"]


def test_products_are_made_in_the_order_of_priority(tmp_path: Path) -> None:
    orders = [{"attribute": "custom_label_0", "values": ["hero"]}, {"attribute": "quantity", "largest_first": True}]
    memory = Memory(tmp_path, a_catalog(priority=orders))
    rows = [a_row(str(number), quantity=str(number % 7)) for number in range(20)]
    rows[11]["custom_label_0"] = "Hero"
    made = memory.run(rows)["new"]
    assert made[:4] == ("11", "6", "13", "5")
    assert made[-1] == "14"


def test_prices_that_moved_by_half_are_counted_by_item(memory: Memory) -> None:
    memory.run([a_row(str(number), price_minor=1_000) for number in range(8)])
    prices = [1_000, 501, 500, 1_499, 1_500, None, 1_000, 0]
    rows = [a_row(str(number), price_minor=price) for number, price in enumerate(prices)]
    rows[6]["currency"] = "USD"
    with memory.comparison(rows) as found:
        assert found.moved_prices == pytest.approx(100 * 4 / 7)


def test_shares_for_the_gates(memory: Memory) -> None:
    memory.run([a_row(str(number)) for number in range(10)])
    with memory.comparison([a_row("0", title="Cup"), *[a_row(str(number)) for number in range(1, 8)]]) as found:
        assert (found.withdrawn, found.changed, found.fewer_rows) == (20.0, 12.5, 20.0)


def test_a_sale_that_begins_changes_a_product_whose_feed_is_the_same(memory: Memory) -> None:
    begins = NOW + timedelta(hours=12)
    row = a_row("a", sale_minor=999, sale_from=begins, sale_until=begins + timedelta(days=1))
    memory.run([row])
    with memory.state() as state:
        assert state.facts.next_turn == begins.isoformat()
    assert memory.run([row]) == {"changed": ("a",)}
    assert memory.run([row]) == {"changed": ("a",)}
    assert memory.run([row]) == {}


def test_without_a_feed_all_products_stay(memory: Memory) -> None:
    memory.run([a_row("a"), a_row("b")])
    assert memory.run(None) == {}
    memory.template = "t2"
    with memory.comparison(None) as found:
        changes = [(change.id, change.why, change.product and change.product.name) for change in found.to_make()]
        memory.keep(found)
    assert changes == [("a", ("template",), "Mug"), ("b", ("template",), "Mug")]
    assert memory.run(None) == {}


def test_a_new_template_reaches_products_that_waited_or_were_held(memory: Memory) -> None:
    rows = [a_row(item) for item in "abc"]
    memory.run(rows)
    memory.template = "t2"
    assert memory.run(rows[:2], bad=["c"], left={"b"}) == {"changed": ("a", "b")}
    assert memory.run(rows) == {"changed": ("b", "c")}
    assert memory.run(rows) == {}


def test_pictures_are_rechecked_where_their_addresses_are_due(memory: Memory) -> None:
    rows = [a_row("a", image_link="one.png"), a_row("b", image_link="two.png"), a_row("c", image_link=None)]
    with memory.comparison(rows) as found:
        memory.keep(found, pictures={"b": "sha-two"})
    with memory.comparison(rows) as found:
        due = [(product.id, sha256) for product, sha256 in found.rechecks(lambda address: address == "two.png")]
        assert due == [("b", "sha-two")]
        memory.keep(found, pictures={"b": "sha-new"})
    with memory.comparison(rows) as found:
        assert [sha256 for _, sha256 in found.rechecks(lambda address: True)] == ["", "sha-new"]


def test_more_products_than_are_held_at_once_come_each_once(memory: Memory) -> None:
    count = AT_ONCE * 2 + 1
    rows = [a_row(f"{number:05d}", price_minor=number) for number in range(count)]
    made = memory.run(reversed(rows))["new"]
    assert list(made) == sorted((row["id"] for row in rows), reverse=True)
    with memory.comparison(None) as found:
        assert sum(1 for _ in found.products()) == count


def test_an_event_changes_only_its_items(memory: Memory) -> None:
    red = [a_row("a", **RED), a_row("b", **RED)]
    memory.run([*red, a_row("c"), a_row("d")])
    found = memory.run([a_row("b", **RED, price_minor=5)], removed=frozenset({"d", "never"}))
    assert found == {"new": ("b",), "gone": ("d",)}
    assert memory.run([*red[:1], a_row("b", **RED, price_minor=5), a_row("c")]) == {}


def test_an_item_that_an_event_takes_away_leaves_its_product(memory: Memory) -> None:
    memory.run([a_row(item, **RED) for item in "abc"])
    assert memory.run([], removed=frozenset("a")) == {}
    assert memory.run([a_row("b", **RED, price_minor=5)], removed=frozenset()) == {"new": ("b",)}
    with memory.comparison(None) as found:
        assert [(product.id, product.items) for product in found.products()] == [("a", ("c",)), ("b", ("b",))]
