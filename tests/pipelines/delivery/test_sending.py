"""A DAM that must be asked before a step is repeated, and that misbehaves: each file arrives once, whole."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from foundry.delivery.receipt import Attempt, State
from foundry.errors import FoundryError
from foundry.store.lease import LeaseLost, hold
from pipelines.delivery.delivering import deliver
from pipelines.delivery.outbox import lease_name, write_delivered
from pipelines.delivery.reconciling import retry
from pipelines.delivery.stopped import Stopped
from tests.support.deliveries import TENANT, a_row, write_campaign
from tests.support.delivery_desk import SPRING, DamDesk


def test_answers_that_are_lost_after_the_step_was_done_make_no_second_asset(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(40)])
    dam_desk.dam.be(before=15, after=15)
    run = dam_desk.deliver()
    while run.away:
        run = dam_desk.deliver()
    assert run.states == {State.DELIVERED: 40}
    assert len({asset.slot for asset in dam_desk.assets()}) == len(dam_desk.assets()) == 40


def test_a_file_that_never_arrives_is_set_aside_while_the_others_arrive(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(10)])
    dam_desk.dam.be(poison="p00004")
    run = dam_desk.deliver()
    assert run.states == {State.DELIVERED: 9, State.SET_ASIDE: 1}
    assert "p00004" in run.notices[0].path
    assert "after 10 tries" in run.notices[0].why
    assert dam_desk.deliver().sent == 0
    dam_desk.dam.be(poison="")
    assert retry(TENANT, dam_desk.target(), dam_desk.setting()) == 1
    assert dam_desk.deliver().states == {State.DELIVERED: 10}


def test_a_refused_file_is_set_aside_at_once_and_tried_again_when_it_is_made_anew(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(3)])
    dam_desk.dam.be(refused="p00001")
    run = dam_desk.deliver()
    assert run.states == {State.DELIVERED: 2, State.SET_ASIDE: 1}
    assert [notice.code for notice in run.notices] == ["file_refused"]
    dam_desk.dam.be(refused="")
    assert dam_desk.deliver().sent == 0
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number, "new" * (number == 1)) for number in range(3)])
    assert dam_desk.deliver().states == {State.DELIVERED: 3}


def test_a_target_that_is_away_is_left_alone_and_everything_stays_open(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(100)])
    dam_desk.dam.be(before=100)
    run = dam_desk.deliver()
    assert run.states == {State.OPEN: 100}
    assert "did not answer" in run.away
    assert dam_desk.dam.requests <= 12 * 4
    assert sum(dam_desk.clock.sleeps) > 60
    dam_desk.dam.be(before=0)
    assert dam_desk.deliver().states == {State.DELIVERED: 100}


def test_a_pause_that_is_too_long_ends_the_run_and_is_told(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own)])
    dam_desk.dam.be(before=100)
    dam_desk.after_s = 3_600.0
    run = dam_desk.deliver()
    assert (run.after_s, run.refused, dam_desk.dam.requests) == (3_600.0, False, 1)


def test_a_pause_that_the_target_asks_for_is_kept_by_all_threads(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(20)])
    dam_desk.dam.be(before=30)
    dam_desk.after_s = 40.0
    run = dam_desk.deliver()
    assert run.states == {State.DELIVERED: 20}
    assert sum(dam_desk.clock.sleeps) >= 40


def test_a_refused_sign_in_stops_the_target_and_sets_nothing_aside(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(30)])
    dam_desk.dam.be(locked=True)
    run = dam_desk.deliver()
    assert (run.states, run.refused) == ({State.OPEN: 30}, True)
    assert dam_desk.dam.requests <= 4


def test_a_new_version_whose_receipt_was_lost_is_no_foreign_change(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own)])
    dam_desk.deliver()
    write_campaign(dam_desk.own, [a_row(dam_desk.own, 0, "cheaper")])
    dam_desk.dam.be(after=100)  # every answer is lost, so no receipt is written
    assert dam_desk.deliver().states == {State.OPEN: 1}
    dam_desk.dam.be(after=0)
    run = dam_desk.deliver()
    (asset,) = dam_desk.assets()
    assert run.states == {State.DELIVERED: 1}
    assert b"cheaper" in asset.data


@pytest.mark.parametrize(("md5", "state"), [("", State.DELIVERED), ("0" * 32, State.CONFLICT)])
def test_a_file_made_anew_while_its_receipt_was_lost_becomes_a_version_of_what_arrived_and_of_nothing_else(
    dam_desk: DamDesk, md5: str, state: State
) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own)])
    dam_desk.deliver()
    (record,), (asset,) = dam_desk.records(), dam_desk.assets()
    receipt = record.receipts[0]
    attempt = Attempt(
        asset=receipt.asset,
        content=receipt.content,
        metadata=receipt.metadata,
        step="saving",
        hashes={"md5": md5 or asset.etag},
    )
    with hold(dam_desk.own, lease_name("out")) as lease:
        write_delivered(replace(record, state=State.OPEN, receipts=(), attempt=attempt), lease)
    write_campaign(dam_desk.own, [a_row(dam_desk.own, 0, "newer")])
    assert dam_desk.deliver().states == {state: 1}
    (after,) = dam_desk.dam.everything()
    assert (b"newer" in after.data, after.version) == ((True, 2) if state is State.DELIVERED else (False, 1))


def test_a_foreign_change_is_a_conflict_until_somebody_decides(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own)])
    dam_desk.deliver()
    dam_desk.dam.change(dam_desk.assets()[0].id, b"theirs")
    write_campaign(dam_desk.own, [a_row(dam_desk.own, 0, "ours")])
    assert dam_desk.deliver().states == {State.CONFLICT: 1}
    assert dam_desk.deliver().states == {State.CONFLICT: 1}
    assert [asset.data for asset in dam_desk.assets()] == [b"theirs"]


def test_a_run_that_is_asked_to_stop_ends_and_the_next_one_goes_on(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(60)])
    run = dam_desk.deliver(stopping=lambda: dam_desk.dam.requests > 30)
    assert run.stopped
    assert 0 < len(dam_desk.assets()) < 60
    run = dam_desk.deliver()
    assert (run.stopped, run.states) == (False, {State.DELIVERED: 60})
    assert len(dam_desk.assets()) == 60


def test_a_bug_in_a_connector_ends_the_run_with_its_error(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(5)])
    dam_desk.dam.uploads = None  # type: ignore[assignment]
    with pytest.raises(TypeError):
        dam_desk.deliver()


def test_a_process_whose_lease_was_taken_writes_nothing_more(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(30)])
    setting = dam_desk.setting(lease_s=0.05)

    def steal() -> bool:
        if dam_desk.dam.requests > 20:
            dam_desk.own.remove(lease_name("out"))
        return False

    with pytest.raises(LeaseLost):
        deliver(SPRING, dam_desk.target(), replace(setting, stopping=steal))
    assert len(dam_desk.assets()) < 30
    assert dam_desk.deliver().states == {State.DELIVERED: 30}
    assert len(dam_desk.assets()) == 30


def test_the_error_of_a_run_that_was_stopped_survives_pickling() -> None:
    error: FoundryError = pickle.loads(pickle.dumps(Stopped("out")))
    assert str(error) == str(Stopped("out"))


def test_a_record_that_was_damaged_doubles_nothing(dam_desk: DamDesk) -> None:
    write_campaign(dam_desk.own, [a_row(dam_desk.own, number) for number in range(6)])
    dam_desk.deliver()
    names = list(dam_desk.own.list("deliveries/out/records/"))
    dam_desk.own.path(names[0]).write_bytes(b"{")
    with dam_desk.own.replacing(names[1]) as file:
        file.write_bytes(b"{}")
    assert len(dam_desk.records()) == 4
    run = dam_desk.deliver()
    assert run.states == {State.DELIVERED: 6}
    assert len(dam_desk.dam.everything()) == len(dam_desk.records()) == 6
