"""Comparisons of a target with its receipts: every kind of difference is told, and mended as asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.target.errors import TargetAway
from foundry.delivery.receipt import State
from foundry.store.lease import LeaseHeld, hold
from pipelines.delivery.outbox import lease_name
from pipelines.delivery.reconciling import Difference, Kind, Mended, compare, mend
from tests.support.dam import Asset, DamConnector
from tests.support.deliveries import TENANT, a_row, write_campaign, write_product
from tests.support.delivery_desk import SHOP, DamDesk, Desk


def differences(desk: Desk) -> list[Difference]:
    """Return how the target differs."""
    return list(compare(TENANT, desk.target(), desk.setting()))


def mended(desk: Desk, take: str = "") -> list[Mended]:
    """Compare and mend."""
    return list(mend(TENANT, desk.target(), desk.setting(), differences(desk), take))  # type: ignore[arg-type]


@pytest.fixture
def delivered(dam_desk: DamDesk) -> DamDesk:
    """Return a desk whose DAM has five files."""
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(5)])
    dam_desk.deliver()
    return dam_desk


def test_a_target_that_has_what_was_brought_does_not_differ(delivered: DamDesk) -> None:
    before = delivered.dam.everything()
    assert differences(delivered) == []
    assert delivered.dam.everything() == before


def test_a_missing_file_is_told_and_sent_again(delivered: DamDesk) -> None:
    gone = delivered.assets()[2]
    del delivered.dam.assets[gone.id]
    (told,) = differences(delivered)
    assert (told.kind, told.path) == (Kind.MISSING, gone.path)
    assert [each.done for each in mended(delivered)] == [True]
    run = delivered.deliver()
    assert (run.sent, run.states) == (1, {State.DELIVERED: 5})
    assert differences(delivered) == []


def test_a_foreign_change_is_told_and_left_until_theirs_or_ours_is_taken(delivered: DamDesk) -> None:
    asset = delivered.assets()[1]
    delivered.dam.change(asset.id, b"theirs")
    (told,) = differences(delivered)
    assert (told.kind, told.path) == (Kind.FOREIGN, asset.path)
    assert [each.done for each in mended(delivered)] == [False]
    assert [each.done for each in mended(delivered, "theirs")] == [True]
    assert differences(delivered) == []
    assert delivered.deliver().sent == 0
    assert delivered.dam.assets[asset.id].data == b"theirs"


def test_ours_is_sent_over_a_foreign_change_as_a_new_version(delivered: DamDesk) -> None:
    asset = delivered.assets()[1]
    delivered.dam.change(asset.id, b"theirs")
    assert [each.done for each in mended(delivered, "ours")] == [True]
    assert delivered.deliver().sent == 1
    after = delivered.dam.assets[asset.id]
    assert (after.data, after.version) == (asset.data, 3)
    assert differences(delivered) == []


@pytest.mark.parametrize(("take", "left"), [("theirs", b"theirs"), ("ours", None)])
def test_a_conflict_with_a_newer_file_is_settled_by_taking_one_of_them(
    delivered: DamDesk, take: str, left: bytes | None
) -> None:
    asset = delivered.assets()[0]
    delivered.dam.change(asset.id, b"theirs")
    write_campaign(delivered.own, [a_row(delivered.own, number, "newer") for number in range(5)])
    assert delivered.deliver().states == {State.DELIVERED: 4, State.CONFLICT: 1}
    assert [each.done for each in mended(delivered, take)] == [True]
    assert delivered.deliver().states == {State.DELIVERED: 5}
    data = delivered.dam.assets[asset.id].data
    assert data == left if left else b"newer" in data
    assert differences(delivered) == []


def test_a_doubled_asset_is_told_and_taken_out_of_use(delivered: DamDesk) -> None:
    asset = delivered.assets()[3]
    delivered.dam.assets["copy"] = replace(asset, id="copy")
    (told,) = differences(delivered)
    assert (told.kind, told.found and told.found.target_id) == (Kind.DOUBLED, "copy")
    assert [each.done for each in mended(delivered)] == [True]
    assert delivered.dam.assets["copy"].expired
    assert not delivered.dam.assets[asset.id].expired
    assert differences(delivered) == []


def test_an_asset_that_bears_our_mark_and_no_record_is_told_and_left(delivered: DamDesk) -> None:
    delivered.dam.assets["stray"] = Asset("stray", "f" * 32, "old/file.jpg", b"x")
    (told,) = differences(delivered)
    assert told.kind is Kind.UNKNOWN
    assert [each.done for each in mended(delivered)] == [False]
    assert not delivered.dam.assets["stray"].expired


def test_an_expired_asset_that_is_in_use_again_is_told_and_expired_again(dam_desk: DamDesk) -> None:
    row = a_row(dam_desk.own, 0, campaign="shop.0123456789abcdef")
    write_campaign(dam_desk.own, [row], row.campaign)
    write_product(dam_desk.own, "shop", [row])
    dam_desk.deliver(SHOP)
    write_product(dam_desk.own, "shop", [row], state="withdrawn")
    dam_desk.deliver(SHOP)
    (asset,) = dam_desk.dam.everything()
    dam_desk.dam.assets[asset.id] = replace(asset, expired=False)
    (told,) = differences(dam_desk)
    assert told.kind is Kind.NOT_EXPIRED
    assert [each.done for each in mended(dam_desk)] == [True]
    assert dam_desk.assets() == []


def test_an_asset_that_somebody_took_out_of_use_is_not_brought_back(delivered: DamDesk) -> None:
    asset = delivered.assets()[0]
    delivered.dam.assets[asset.id] = replace(asset, expired=True)
    (told,) = differences(delivered)
    assert (told.kind, "out of use" in told.what) == (Kind.FOREIGN, True)
    write_campaign(delivered.own, [a_row(delivered.own, number, "newer") for number in range(5)])
    assert delivered.deliver().states == {State.DELIVERED: 4, State.CONFLICT: 1}
    assert delivered.dam.assets[asset.id].expired


def test_what_changed_between_the_comparison_and_the_mending_is_left(delivered: DamDesk) -> None:
    asset = delivered.assets()[0]
    gone = delivered.dam.assets.pop(asset.id)
    told = differences(delivered)
    delivered.dam.assets[asset.id] = gone
    (after,) = mend(TENANT, delivered.target(), delivered.setting(), told)
    assert (after.done, after.what) == (False, "it is there now")


def test_nothing_is_mended_while_a_delivery_is_at_work(delivered: DamDesk) -> None:
    with hold(delivered.own, lease_name("out"), seconds=0.3), pytest.raises(LeaseHeld):
        mended(delivered)


def test_a_target_that_does_not_answer_is_an_outage(delivered: DamDesk) -> None:
    delivered.dam.be(before=100)
    with pytest.raises(TargetAway):
        differences(delivered)


def test_a_target_without_listings_is_asked_for_each_asset(delivered: DamDesk) -> None:
    class Unlisted(DamConnector):
        """A connector that cannot list."""

        @property
        def facts(self):  # type: ignore[no-untyped-def]
            """The facts of the other, but for one."""
            return replace(super().facts, lists=False)

    gone, changed = delivered.assets()[:2]
    del delivered.dam.assets[gone.id]
    delivered.dam.change(changed.id, b"theirs")
    setting = delivered.setting(connect=lambda *_: Unlisted("out", delivered.dam))
    found = {each.path: each.kind for each in compare(TENANT, delivered.target(), setting)}
    assert found == {gone.path: Kind.MISSING, changed.path: Kind.FOREIGN}


def test_differences_of_a_folder_are_told_by_content_and_not_by_its_clock(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(4)])
    desk.deliver()
    paths = [desk.folders / TENANT / "out" / path for path in desk.files()]
    paths[0].touch()
    paths[1].unlink()
    paths[2].write_bytes(b"retouched")
    kinds = {each.path: each.kind for each in differences(desk)}
    below = desk.folders / TENANT / "out"
    assert kinds == {
        str(paths[1].relative_to(below)): Kind.MISSING,
        str(paths[2].relative_to(below)): Kind.FOREIGN,
    }
