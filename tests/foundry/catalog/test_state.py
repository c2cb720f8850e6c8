"""The state in the store: its parts, and what becomes of one that is damaged, lost, or written by a run that dies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from foundry.catalog.comparing import compare
from foundry.catalog.products import CatalogProduct, ProductRecord
from foundry.catalog.spool import Spool
from foundry.catalog.state import BrokenState, StateFacts, rebuild_state
from foundry.catalog.state_writing import PRODUCTS_PER_PART, write_state
from foundry.store.lease import LeaseLost, take_lease
from tests.support.fake_clock import FakeClock
from tests.support.judged_rows import NOW, a_catalog, a_row, judged
from tests.support.remembered import Memory

COUNT = PRODUCTS_PER_PART + 500
MANY = [a_row(f"{number:05d}", price_minor=number) for number in range(COUNT)]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """Return the memory of a catalog whose files show names and prices."""
    return Memory(tmp_path, a_catalog())


def objects(memory: Memory) -> set[str]:
    return set(memory.store.list("catalogs/mugs/state"))


def test_a_catalog_without_a_state_has_an_empty_one(memory: Memory) -> None:
    with memory.state() as state:
        assert (state.is_empty, state.products, state.facts) == (True, 0, StateFacts())


def test_only_parts_that_changed_are_written_again(memory: Memory) -> None:
    memory.run(MANY)
    before = objects(memory)
    memory.run([{**MANY[0], "price_minor": 77_777}, *MANY[1:]])
    after = objects(memory)
    assert (len(before), len(before - after), len(after - before)) == (3, 1, 1)
    memory.run([{**MANY[0], "price_minor": 77_777}, *MANY[1:]])
    assert objects(memory) == after


def test_the_same_products_give_the_same_parts_in_whatever_order_they_came(tmp_path: Path) -> None:
    memories = [Memory(tmp_path / name, a_catalog()) for name in "ab"]
    for memory, rows in zip(memories, (MANY[:50], MANY[49::-1]), strict=True):
        memory.folder.mkdir()
        memory.run(rows)
    assert objects(memories[0]) == objects(memories[1])


def test_a_state_tells_the_next_run_what_this_one_saw(memory: Memory) -> None:
    with memory.comparison([a_row("a"), a_row("b"), a_row("c")], bad=["x", ""]) as found:
        facts = StateFacts(run="r1", moment=NOW.isoformat(), feed_sha256="f", etag='"e"', template="t1", catalog="c")
        write_state(memory.store, found, facts, left={"b", "c"})
    with memory.state() as state:
        assert state.facts == replace(facts, usable=3, left=2, strangers=("x",))
        assert state.products == 1


def test_the_rows_of_an_event_leave_what_the_last_feed_told(memory: Memory) -> None:
    begins = NOW + timedelta(days=9)
    rows = [a_row("a"), a_row("b"), a_row("c", sale_minor=1, sale_from=begins, sale_until=begins + timedelta(days=1))]
    memory.run(rows, bad=["x"], left={"b"})
    memory.run(rows[:1], bad=[""])
    with memory.state() as state:
        before = state.facts
    memory.run([a_row("a", price_minor=5)], removed=frozenset())
    with memory.state() as state:
        assert replace(state.facts, run="", moment="") == replace(before, run="", moment="")
        assert state.rows.column("missing").to_pylist() == [0, 1]


def test_the_rows_of_an_event_touch_the_part_of_their_product_alone(memory: Memory) -> None:
    memory.run(MANY)
    before = objects(memory)
    memory.run([{**MANY[7], "price_minor": 99_999}], removed=frozenset({MANY[8]["id"]}))
    assert 1 <= len(objects(memory) - before) <= 2
    with memory.comparison(None) as found:
        shown = {product.id: product.price_minor for product in found.products()}
    assert shown == {**{row["id"]: row["price_minor"] for row in MANY if row is not MANY[8]}, MANY[7]["id"]: 99_999}


def test_a_run_that_lost_the_lease_leaves_the_old_state(memory: Memory) -> None:
    frozen = FakeClock()
    late = take_lease(memory.store, "lease", clock=frozen)
    next_one = take_lease(memory.store, "lease", clock=FakeClock())
    memory.run([a_row("a")])
    with memory.comparison([a_row("a"), a_row("b")]) as found:
        memory.keep(found, lease=next_one)
    with memory.comparison([a_row("c")]) as found, pytest.raises(LeaseLost):
        memory.keep(found, lease=late)
    assert memory.run([a_row("a"), a_row("b"), a_row("c")]) == {"new": ("c",)}


@pytest.mark.parametrize("damage", ["index", "index of another form", "part", "part of other bytes", "part of no rows"])
def test_a_damaged_state_is_refused_by_name(memory: Memory, damage: str) -> None:
    memory.run([a_row("a")])
    part = next(name for name in objects(memory) if name.endswith(".parquet"))
    name = part if damage.startswith("part") else "catalogs/mugs/state.json"
    if damage == "part":
        memory.store.remove(name)
    elif damage == "index of another form":
        with memory.store.replacing(name) as file:
            file.write_bytes(memory.store.get(name).replace(b'"form": 1', b'"form": 9'))
    elif damage == "part of no rows":
        memory.store.path(name).write_bytes(b"PAR1")
    else:
        with memory.store.replacing(name) as file:
            file.write_bytes(b"{}")
    with pytest.raises(BrokenState, match=name), memory.state():
        pass


def records(memory: Memory, template: str = "t1") -> list[ProductRecord]:
    """Return the records of all live products, and of one that is withdrawn."""
    with memory.comparison(None) as found:
        live = [_record(product, template) for product in found.products()]
    gone = replace(live[0].product, id="gone", items=("gone",), first="gone")
    return [*live, replace(_record(gone, template), state="withdrawn", withdrawn_at=NOW.isoformat())]


def _record(product: CatalogProduct, template: str) -> ProductRecord:
    return ProductRecord(
        product=product, state="live", picture_sha256="p", template=template, campaign="c", run="r", files=()
    )


def test_a_lost_state_is_rebuilt_from_the_records_of_products(memory: Memory) -> None:
    shirt = {"item_group_id": "shirt"}
    rows = [a_row("a", **shirt), a_row("b", **shirt), a_row("C d"), a_row("gone")]
    memory.run(rows[:3])
    memory.run([rows[1], *rows[2:3]])
    kept = records(memory)
    with (
        rebuild_state(kept, "mugs", memory.folder) as state,
        Spool(memory.folder, memory.catalog, shown=memory.shown, now=NOW) as spool,
    ):
        spool.add(judged(rows))
        found = compare(state, spool, catalog=memory.catalog, template="t1")
        assert [(change.change, change.id) for change in found.to_make()] == [("back", "gone")]
        assert list(found.to_withdraw()) == []
        memory.keep(found)
    assert memory.run(rows) == {}
    assert memory.run(rows[1:2]) == {"gone": (next(r.product.id for r in kept if r.product.first == "C d"), "gone")}


def test_products_of_a_lost_state_that_have_another_template_are_changed(memory: Memory) -> None:
    memory.run([a_row("a")])
    with rebuild_state(records(memory, "old")[:1], "mugs", memory.folder) as state:
        found = compare(state, None, catalog=memory.catalog, template="t1")
        assert [(change.id, change.why) for change in found.to_make()] == [("a", ("template",))]


def test_withdrawn_products_are_forgotten_after_their_days(memory: Memory) -> None:
    memory.run([a_row("a"), a_row("b")])
    memory.run([a_row("a")])
    memory.moment += timedelta(days=29)
    memory.run([a_row("a")])
    with memory.state() as state:
        assert len(state.rows) == 2
    memory.moment += timedelta(days=1)
    memory.run([a_row("a")])
    with memory.state() as state:
        assert len(state.rows) == 1
    assert memory.run([a_row("a"), a_row("b")]) == {"new": ("b",)}


def test_nothing_is_left_in_the_scratch_folder(memory: Memory) -> None:
    memory.run([a_row("a")])
    memory.run([a_row("a")])
    assert [path.name for path in memory.folder.iterdir()] == ["store"]
