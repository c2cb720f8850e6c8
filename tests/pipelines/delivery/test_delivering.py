"""Deliveries into folders: what is sent, what waits, what is replaced, and what is taken out of use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from pipelines.delivery.delivering import deliver, deliver_to_each
from pipelines.delivery.scopes import Scope, scope_of
from pipelines.delivery.selecting import Lost
from tests.support.deliveries import TENANT, a_row, write_campaign, write_product, write_tenant
from tests.support.delivery_desk import SHOP, SPRING, Desk


def test_the_files_of_a_campaign_arrive_once_each_with_a_receipt(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(9)])
    run = desk.deliver()
    assert (run.sent, run.states, run.proofs, run.whole) == (9, {State.DELIVERED: 9}, {Proof.REREAD: 9}, True)
    files = desk.files()
    assert len(files) == 9
    assert all(path.startswith("spring/meta/") for path in files)
    assert sorted(record.receipts[0].path for record in desk.records()) == sorted(files)
    again = desk.deliver()
    assert (again.sent, again.states) == (0, {State.DELIVERED: 9})
    assert desk.files() == files


def test_what_arrives_is_the_finished_file_with_its_metadata_and_the_same_bytes_each_time(
    desk: Desk, tmp_path: Path
) -> None:
    row = a_row(desk.own)
    write_campaign(desk.own, [row])
    desk.deliver()
    (path, data), (record,) = desk.files().popitem(), desk.records()
    assert data != desk.own.get(row.address)
    assert f"xmp.did:{record.slot.id}".encode() in data
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other", embed=False)
    row = a_row(other.own)
    write_campaign(other.own, [row])
    other.deliver()
    assert other.files() == {path: other.own.get(row.address)}


def test_only_changed_files_become_new_versions_and_keep_their_paths(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(5)])
    desk.deliver()
    before = desk.files()
    write_campaign(desk.own, [a_row(desk.own, number, "cheaper" if number == 3 else "") for number in range(5)])
    run = desk.deliver()
    after = desk.files()
    assert (run.sent, run.versions) == (1, 1)
    assert list(after) == list(before)
    assert [path for path in after if after[path] != before[path]] == [path for path in after if "p00003" in path]
    (changed,) = [record for record in desk.records() if len(record.receipts) == 2]
    assert changed.slot.product == "p00003"


def test_a_changed_extension_moves_the_asset_and_takes_the_old_path_out_of_use(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own)])
    desk.deliver()
    (before,) = desk.files()
    row = a_row(desk.own, 0, "moved")
    moved = row.address.replace(".jpg", ".jpeg")
    desk.own.put_once(moved, desk.own.get(row.address))
    write_campaign(desk.own, [replace(row, address=moved)])
    run = desk.deliver()
    below = desk.folders / TENANT / "out"
    assert run.states == {State.DELIVERED: 1}
    assert [path for path in desk.files() if not path.endswith(".jpeg")] == []
    assert (below / before.replace(".jpg", ".jpeg")).exists()
    assert (below / "_expired" / before).exists()


def test_files_under_embargo_wait_and_leave_on_their_day(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, 0, embargo="2026-12-24"), a_row(desk.own, 1)])
    run = desk.deliver()
    assert (run.states, run.next_day, run.whole) == ({State.WAITING: 1, State.DELIVERED: 1}, "2026-12-24", True)
    assert len(desk.files()) == 1
    desk.day = "2026-12-23"
    assert desk.deliver().sent == 0
    desk.day = "2026-12-24"
    run = desk.deliver()
    assert (run.sent, run.states, run.next_day) == (1, {State.DELIVERED: 2}, "")


def test_files_past_their_expiry_never_leave_and_those_that_are_there_are_taken_out_of_use(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, 0, expiry="2026-11-30"), a_row(desk.own, 1, expiry="2026-11-29")])
    run = desk.deliver()
    assert (run.states, run.next_day) == ({State.DELIVERED: 1, State.EXPIRED: 1}, "2026-12-01")
    desk.day = "2026-12-01"
    run = desk.deliver()
    assert (run.states, run.expired) == ({State.EXPIRED: 2}, 1)
    assert desk.files() == {}
    again = desk.deliver()
    assert (again.states, again.expired) == ({State.EXPIRED: 2}, 0)


def test_a_filter_lets_through_what_it_names_and_a_narrower_one_takes_nothing_away(desk: Desk) -> None:
    rows = [a_row(desk.own, number, locale=locale) for number, locale in enumerate(("de-DE", "fr-FR", "de-AT"))]
    write_campaign(desk.own, rows)
    desk.deliver(SPRING)
    narrow = {**desk.target_fields, "filter": {"locales": ["fr-*"]}}
    write_tenant(desk.tenants, narrow)
    run = desk.deliver(expire_removed=True)
    assert (run.states, run.expired, run.removed) == ({State.DELIVERED: 1}, 0, 0)
    assert len(desk.files()) == 3


def test_files_that_a_campaign_has_no_more_are_told_and_go_only_where_that_is_asked_for(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(3)])
    desk.deliver()
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(2)])
    told = list[Delivered]()
    setting = desk.setting()
    target = setting.tenant(TENANT).delivery.target("out")
    assert target
    run = deliver(SPRING, target, setting, told.append)
    assert (run.states, run.removed, len(desk.files())) == ({State.DELIVERED: 2}, 1, 3)
    assert len(told) == 3
    run = desk.deliver(expire_removed=True)
    assert (run.expired, len(desk.files())) == (1, 2)


def test_subtitles_go_beside_their_film(desk: Desk) -> None:
    row = a_row(desk.own)
    desk.own.put_once("renditions/aa/words.vtt", b"WEBVTT\n")
    write_campaign(desk.own, [replace(row, sidecar="renditions/aa/words.vtt")])
    run = desk.deliver()
    assert run.states == {State.DELIVERED: 2}
    (subtitles,) = (desk.folders / TENANT / "out").rglob("*.vtt")
    assert subtitles.read_bytes() == b"WEBVTT\n"


def test_a_file_that_the_store_has_lost_is_set_aside_and_the_others_arrive(desk: Desk) -> None:
    rows = [a_row(desk.own, number) for number in range(4)]
    write_campaign(desk.own, rows)
    desk.own.set_aside(rows[1].address)
    run = desk.deliver()
    assert run.states == {State.DELIVERED: 3, State.SET_ASIDE: 1}
    (notice,) = run.notices
    assert (notice.code, rows[1].address in notice.why) == ("no_such_object", True)
    assert not run.whole


def test_what_somebody_changed_at_the_target_is_told_and_not_overwritten(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(2)])
    desk.deliver()
    path = next(path for path in desk.files() if "p00001" in path)
    (desk.folders / TENANT / "out" / path).write_bytes(b"retouched by hand")
    write_campaign(desk.own, [a_row(desk.own, number, "cheaper") for number in range(2)])
    run = desk.deliver()
    assert run.states == {State.DELIVERED: 1, State.CONFLICT: 1}
    assert desk.files()[path] == b"retouched by hand"
    assert [(notice.path, notice.code) for notice in run.notices] == [(path, "foreign_change")]


def test_a_product_that_ends_expires_its_files_alone_and_comes_back_with_it(desk: Desk) -> None:
    rows = [a_row(desk.own, number, campaign="shop.0123456789abcdef") for number in range(3)]
    write_campaign(desk.own, rows, rows[0].campaign)
    records = [write_product(desk.own, "shop", [row]) for row in rows]
    assert desk.deliver(SHOP).states == {State.DELIVERED: 3}
    everything = desk.files()
    assert all(path.startswith("shop/meta/") for path in everything)
    write_product(desk.own, "shop", [rows[1]], state="withdrawn", reason="out of stock")
    run = desk.deliver(SHOP)
    assert (run.states, run.expired) == ({State.DELIVERED: 2, State.EXPIRED: 1}, 1)
    assert [path for path in everything if path not in desk.files()] == [p for p in everything if "p00001" in p]
    write_product(desk.own, "shop", [rows[1]], state=records[1].state)
    run = desk.deliver(SHOP)
    assert (run.sent, desk.files()) == (1, everything)


def test_files_that_a_catalog_replaced_go_and_files_of_nights_before_stay(desk: Desk) -> None:
    first = [a_row(desk.own, number, campaign="shop.0000000000000000") for number in range(3)]
    write_campaign(desk.own, first, first[0].campaign)
    for row in first:
        write_product(desk.own, "shop", [row])
    desk.deliver(SHOP)
    night = [
        a_row(desk.own, 1, "cheaper", campaign="shop.1111111111111111"),
        a_row(desk.own, 1, "new place", campaign="shop.1111111111111111", scene="terrace"),
    ]
    write_campaign(desk.own, night, night[0].campaign)
    write_product(desk.own, "shop", night)
    run = desk.deliver(SHOP)
    assert (run.sent, run.versions, run.states) == (2, 1, {State.DELIVERED: 4})
    write_product(desk.own, "shop", night[1:])
    run = desk.deliver(SHOP)
    assert (run.sent, run.expired, len(desk.files())) == (0, 1, 3)


def test_nothing_is_taken_away_while_a_manifest_of_a_catalog_is_lost(desk: Desk) -> None:
    rows = [a_row(desk.own, number, campaign="shop.0000000000000000") for number in range(2)]
    write_campaign(desk.own, rows, rows[0].campaign)
    for row in rows:
        write_product(desk.own, "shop", [row])
    desk.deliver(SHOP)
    desk.own.remove("campaigns/shop.0000000000000000/manifest.json")
    run = desk.deliver(SHOP)
    assert (run.lost, run.expired, run.whole, len(desk.files())) == (("shop.0000000000000000",), 0, False, 2)


def test_a_campaign_of_a_catalogs_run_belongs_to_the_catalog(desk: Desk) -> None:
    with desk.own.replacing("catalogs/shop/catalog.json") as file:
        file.write_bytes(b"{}")
    assert scope_of(desk.own, TENANT, "shop.0123456789abcdef") == SHOP
    assert scope_of(desk.own, TENANT, "shop.0123456789abcde") == Scope(TENANT, "campaign", "shop.0123456789abcde")
    assert scope_of(desk.own, TENANT, "other.0123456789abcdef").kind == "campaign"
    assert scope_of(desk.own, TENANT, "spring") == SPRING


def test_a_campaign_that_was_never_run_is_refused_with_a_sentence(desk: Desk) -> None:
    with pytest.raises(Lost, match="spring has no manifest; run the campaign first"):
        desk.deliver()


def test_a_mistyped_store_is_not_begun(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Lost):
        desk.deliver(store=str(tmp_path / "stroe"))
    assert not (tmp_path / "stroe").exists()


def test_a_target_whose_settings_cannot_be_used_ends_its_own_run_alone(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own)])
    setting = desk.setting()
    webhook = {
        "id": "hook",
        "kind": "webhook",
        "url": "https://hooks.example/x",
        "secret": {"variable": "DELIVERY_AURELLE__UNSET"},
    }
    write_tenant(desk.tenants, desk.target_fields, webhook)
    runs = deliver_to_each(SPRING, setting.tenant(TENANT).delivery.targets, setting)
    assert [(run.target, run.sent, run.refused) for run in runs] == [("out", 1, False), ("hook", 0, True)]
    assert "DELIVERY_AURELLE__UNSET is not set" in runs[1].away
