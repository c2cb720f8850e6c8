"""Budgets, products that cannot be made, gates and bad feeds: what a run leaves undone, and says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from foundry.catalog.run_book import read_run, write_run
from foundry.catalog.runs import RunState
from foundry.errors import Outage
from pipelines.campaign.shared_run import RunOptions
from pipelines.catalog.planning import check_feed, plan_refresh
from pipelines.catalog.records import each_product_record
from pipelines.catalog.refresh import refresh
from pipelines.catalog.results import mark_ended
from tests.support.fakes import PaintingHandler
from tests.support.shops import Shop, a_row

pytestmark = pytest.mark.campaign
OPEN_GATES = {"bad_rows": None, "fewer_rows": None, "withdrawn": None, "moved_prices": None}


def live(shop: Shop) -> list[str]:
    records = each_product_record(shop.own, "shop")
    return sorted(each.product.items[0] for each in records if each.state == "live")


def test_a_budget_makes_the_first_in_priority_and_the_rest_on_the_next_nights(tmp_path: Path) -> None:
    order = [{"attribute": "custom_label_0", "values": ["hero"]}, {"attribute": "quantity", "largest_first": True}]
    shop = Shop.open(tmp_path, budget={"amount": "0.001"}, priority=order)
    shop.write([a_row(1, quantity="5"), a_row(2, quantity="9"), a_row(3, quantity="1", custom_label_0="hero")])
    plan = plan_refresh(shop.catalog, shop.setting)
    first = refresh(shop.catalog, shop.setting)
    assert (plan.products, plan.waiting, plan.estimate.shots) == (1, 2, 1)
    assert (first.work.files_made, first.work.waiting) == (1, 2)
    assert "budget" in first.reason
    assert live(shop) == ["SKU-3"]
    shop.next_night()
    second = refresh(shop.catalog, shop.setting)
    assert (second.state, second.work.files_made, second.work.waiting) == (RunState.FINISHED, 1, 1)
    assert live(shop) == ["SKU-2", "SKU-3"]


def test_a_refused_drawing_is_paid_for_once_and_told_until_something_changes(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.settings = {"options": RunOptions(generator=PaintingHandler(refuse="landscape"))}
    shop.write([a_row(1)])
    first = refresh(shop.catalog, shop.setting)
    assert first.unmade == {"failed": 1}
    PaintingHandler.forget()
    shop.settings = {}
    shop.next_night()
    second = refresh(shop.catalog, shop.setting)
    assert (second.unmade, PaintingHandler.pictures) == ({"failed": 1}, 0)
    assert "failed" in shop.own.get(second.objects["set_aside"]).decode()
    shop.next_night()
    third = refresh(shop.catalog, shop.setting, force=True)
    assert (third.unmade, third.work.files_made) == ({}, 1)


def test_a_gate_stops_a_run_before_anything_is_made_or_withdrawn(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(number) for number in range(4)])
    refresh(shop.catalog, shop.setting)
    before = {name: shop.own.get(name) for name in shop.own.list("catalogs/shop/products/")}
    state = shop.own.get("catalogs/shop/state.json")
    shop.next_night()
    shop.write([a_row(0, price="11.00 USD")])
    stopped = refresh(shop.catalog, shop.setting)
    assert stopped.state == RunState.STOPPED
    assert {each.gate for each in stopped.gates if each.stops} == {"fewer_rows", "withdrawn"}
    assert {name: shop.own.get(name) for name in shop.own.list("catalogs/shop/products/")} == before
    assert shop.own.get("catalogs/shop/state.json") == state
    (event,) = shop.own.lines(stopped.objects["events"])
    assert json.loads(event)["type"] == "campaign-foundry.catalog.stopped"
    shop.next_night()
    assert refresh(shop.catalog, shop.setting, force=True).withdrawn == 3


def test_a_feed_that_cannot_be_read_stops_the_run_and_withdraws_nothing(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, gate=OPEN_GATES)
    shop.write([a_row(1)])
    refresh(shop.catalog, shop.setting)
    shop.next_night()
    (tmp_path / "feed.tsv").write_bytes(b"")
    stopped = refresh(shop.catalog, shop.setting)
    assert stopped.state == RunState.STOPPED
    assert "feed.tsv" in stopped.reason
    assert live(shop) == ["SKU-1"]


def test_a_service_that_stops_leaves_a_run_that_goes_on_under_its_name(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.settings = {"stopping": lambda: True}
    shop.write([a_row(1)])
    with pytest.raises(Outage, match="told to stop"):
        refresh(shop.catalog, shop.setting, run="20261130T013000Z")
    shop.settings = {}
    record = refresh(shop.catalog, shop.setting, run="20261130T013000Z")
    assert (record.state, record.work.files_made) == (RunState.FINISHED, 1)
    assert refresh(shop.catalog, shop.setting, run="20261130T013000Z") == record


def test_a_run_that_died_before_its_record_was_written_has_it_from_the_next_one(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(1)])
    ended = refresh(shop.catalog, shop.setting)
    mark_ended(shop.own, ended)
    write_run(shop.own, replace(ended, state=RunState.RUNNING))
    assert refresh(shop.catalog, shop.setting, run=ended.run) == ended
    mark_ended(shop.own, ended)
    write_run(shop.own, replace(ended, state=RunState.RUNNING))
    shop.next_night()
    assert refresh(shop.catalog, shop.setting).state == RunState.UNCHANGED
    assert read_run(shop.own, "shop", ended.run) == ended


def test_a_run_whose_process_ended_is_marked_as_failed_by_the_next_one(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(1, price="free")])
    stopped = refresh(shop.catalog, shop.setting)
    write_run(shop.own, replace(stopped, state=RunState.RUNNING))
    shop.next_night()
    refresh(shop.catalog, shop.setting)
    found = read_run(shop.own, "shop", stopped.run)
    assert found.state == RunState.FAILED
    assert "its process ended" in found.reason


def test_a_state_that_is_lost_is_rebuilt_and_nothing_is_made_or_withdrawn(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(1), a_row(2)])
    refresh(shop.catalog, shop.setting)
    shop.own.remove("catalogs/shop/state.json")
    shop.next_night()
    record = refresh(shop.catalog, shop.setting)
    assert (record.state, record.work.files_made, record.withdrawn) == (RunState.FINISHED, 0, 0)
    assert record.changes["unchanged"] == 2


def test_a_changed_layout_of_copy_makes_only_files_again(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(1), a_row(2)])
    refresh(shop.catalog, shop.setting)
    shop.next_night()
    campaign = shop.catalog.campaign
    shop.more = {"campaign": {**campaign, "messages": {"en-US": {"headline": "Another line"}}}}
    record = refresh(shop.catalog, shop.setting)
    assert (record.changes["changed"], record.work.shots, record.work.files_made) == (2, 0, 2)


def test_a_feed_is_checked_and_nothing_written(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(1), a_row(1), a_row(2, price="free")])
    found = check_feed(shop.catalog, shop.setting)
    assert found.tally.codes == {"duplicate_id": 1, "bad_price": 1}
    assert [each.gate for each in found.gates if each.stops] == ["bad_rows"]
    assert not list((tmp_path / "store").rglob("*.json"))
