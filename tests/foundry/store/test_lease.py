"""Leases: one holder at a time, across threads, processes, suspended machines and wrong clocks."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foundry.errors import Unusable
from foundry.store.addresses import open_store
from foundry.store.lease import LEASE_S, Lease, LeaseHeld, LeaseLost, hold, read_state, take_lease
from foundry.store.object_store import LocalStore, ObjectStore, Revision
from infra.stack import running
from tests.support.buckets import client_of, named_bucket
from tests.support.fake_clock import FakeClock

NAME = "catalogs/shoes/lease.json"


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path)).for_tenant("aurelle")


class BusyClock(FakeClock):
    """A clock at whose every sleep another process does something."""

    def __init__(self, meanwhile: Iterator[None]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        next(self.meanwhile, None)


def renewing(lease: Lease) -> Iterator[None]:
    while True:
        lease.renew()
        yield


def test_a_free_lease_is_taken_at_once_and_one_that_was_given_back_too(own: ObjectStore) -> None:
    clock = FakeClock()
    first = take_lease(own, NAME, clock=clock)
    first.give_back()
    second = take_lease(own, NAME, clock=clock)
    assert second.token == first.token + 1
    assert clock.sleeps == []


def test_a_lease_whose_holder_renews_it_is_refused_with_the_holder(own: ObjectStore) -> None:
    first = take_lease(own, NAME, clock=FakeClock())
    with pytest.raises(LeaseHeld, match=f"lease {NAME} is held by .*:{os.getpid()}, which works") as refused:
        take_lease(own, NAME, clock=BusyClock(renewing(first)))
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_a_living_holder_is_waited_for_as_long_as_asked(own: ObjectStore) -> None:
    first = take_lease(own, NAME, clock=FakeClock())

    def works_three_times() -> Iterator[None]:
        for _ in range(3):
            first.renew()
            yield
        first.give_back()
        yield

    second = take_lease(own, NAME, patience_s=600, clock=BusyClock(works_three_times()))
    assert second.token == first.token + 1


def test_a_dead_holders_lease_is_taken_after_it_stood_still_for_its_time_and_not_before(own: ObjectStore) -> None:
    first = take_lease(own, NAME, seconds=30, clock=FakeClock())
    clock = FakeClock()
    second = take_lease(own, NAME, seconds=5, clock=clock)
    assert second.token == first.token + 1
    assert 30 < clock.now <= 30 * 1.2


def test_clocks_that_disagree_by_years_change_nothing(own: ObjectStore) -> None:
    first = take_lease(own, NAME, clock=FakeClock(today=0))
    future = BusyClock(renewing(first))
    future.today_at_start, future.now = 4_000_000_000.0, 9_000_000.0
    with pytest.raises(LeaseHeld):
        take_lease(own, NAME, clock=future)


def test_a_holder_that_was_suspended_learns_that_its_lease_is_anothers(own: ObjectStore) -> None:
    clock = FakeClock()
    first = take_lease(own, NAME, clock=clock)
    first.check()
    second = take_lease(own, NAME, clock=FakeClock())
    clock.now += LEASE_S
    with pytest.raises(LeaseLost, match="now; this process must not go on"):
        first.check()
    second.check()
    first.give_back()
    second.renew()


def test_a_lease_that_nobody_took_meanwhile_is_renewed_when_it_is_asked_for(own: ObjectStore) -> None:
    clock = FakeClock()
    lease = take_lease(own, NAME, clock=clock)
    clock.now += 10 * LEASE_S
    lease.check()
    assert read_state(own.get(NAME), NAME).beat == 1
    lease.check()
    assert read_state(own.get(NAME), NAME).beat == 1


class AwayStore(LocalStore):
    """A folder that does not answer while there is a file `away` in it."""

    def revise(self, name: str, change: Revision) -> None:
        if (self.root / "away").exists():
            raise OSError(errno.EIO, "the disk is away")
        super().revise(name, change)


def test_a_holder_whose_store_is_away_is_no_longer_sure_of_its_lease(tmp_path: Path) -> None:
    clock, away = FakeClock(), tmp_path / "away"
    lease = take_lease(AwayStore(tmp_path, "aurelle/"), NAME, clock=clock)
    away.touch()
    lease.check()
    clock.now += LEASE_S
    with pytest.raises(LeaseLost, match="cannot be renewed"):
        lease.check()
    away.unlink()
    lease.check()


def token_in(data: bytes) -> int:
    return int(json.loads(data)["token"])


def test_an_earlier_holder_cannot_replace_what_a_later_one_wrote(own: ObjectStore) -> None:
    frozen = FakeClock()
    first = take_lease(own, NAME, clock=frozen)
    second = take_lease(own, NAME, clock=FakeClock())
    written = [json.dumps({"token": lease.token, "of": name}).encode() for lease, name in ((first, "a"), (second, "b"))]
    first.replace("state", written[0], token_in)
    second.replace("state", written[1], token_in)
    with pytest.raises(LeaseLost, match="replaced state"):
        first.replace("state", written[0], token_in)
    assert own.get("state") == written[1]
    with pytest.raises(LeaseLost):
        first.check()


def test_a_lease_whose_object_was_removed_begins_above_the_tokens_of_before(own: ObjectStore) -> None:
    clock = FakeClock()
    first = take_lease(own, NAME, clock=clock)
    first.replace("state", json.dumps({"token": first.token}).encode(), token_in)
    own.remove(NAME)
    clock.now += 60
    second = take_lease(own, NAME, clock=clock)
    second.replace("state", json.dumps({"token": second.token}).encode(), token_in)
    assert second.token > first.token


def test_an_object_that_was_changed_on_the_disk_is_replaced(own: ObjectStore, tmp_path: Path) -> None:
    lease = take_lease(own, NAME, clock=FakeClock())
    lease.replace("state", b'{"token": 1}', token_in)
    (tmp_path / "aurelle" / "state").write_bytes(b"{'token': 1}")
    lease.replace("state", b'{"token": 2}', token_in)
    assert own.get("state") == b'{"token": 2}'


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"token": 1, "seconds": "x"}', b"[" * 100_000])
def test_an_object_that_is_no_lease_is_refused_and_left(own: ObjectStore, data: bytes) -> None:
    own.put_once(NAME, data)
    with pytest.raises(Unusable, match="is no lease; remove it"):
        take_lease(own, NAME)
    assert own.get(NAME) == data


def test_a_lease_is_renewed_while_its_block_runs_and_free_after_it(own: ObjectStore) -> None:
    with hold(own, NAME, seconds=0.3) as lease:
        deadline = time.monotonic() + 10
        while read_state(own.get(NAME), NAME).beat < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        lease.check()
        assert read_state(own.get(NAME), NAME).beat >= 3
    assert read_state(own.get(NAME), NAME).holder == ""


def work_alone(store: ObjectStore, rounds: int) -> None:
    """Add lines to a file that only the holder touches; a second one inside at the same time would be seen."""
    inside = Path(store.address("inside"))
    for _ in range(rounds):
        with hold(store, NAME, seconds=1.0, patience_s=120) as lease:
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.touch(exist_ok=False)
            with inside.with_name("tokens").open("a") as tokens:
                tokens.write(f"{lease.token}\n")
            time.sleep(0.005)
            lease.check()
            inside.unlink()


def test_of_several_processes_and_threads_one_is_inside_at_a_time(own: ObjectStore) -> None:
    spawned = multiprocessing.get_context("spawn")
    workers = [spawned.Process(target=work_alone, args=(own, 3)) for _ in range(2)]
    threads = [threading.Thread(target=work_alone, args=(own, 3)) for _ in range(2)]
    everyone: list[Any] = [*workers, *threads]
    for worker in everyone:
        worker.start()
    for worker in everyone:
        worker.join(120)
    tokens = [int(line) for line in Path(own.address("tokens")).read_text().split()]
    assert tokens == list(range(tokens[0], tokens[0] + 12))
    assert [worker.exitcode for worker in workers] == [0, 0]


def hold_for_ever(store: ObjectStore) -> None:
    with hold(store, NAME, seconds=0.5):
        time.sleep(600)


def await_holder(own: ObjectStore) -> None:
    deadline = time.monotonic() + 60
    while not own.exists(NAME) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_the_lease_of_a_killed_process_passes_to_the_next_one(own: ObjectStore) -> None:
    process = multiprocessing.get_context("spawn").Process(target=hold_for_ever, args=(own,))
    process.start()
    await_holder(own)
    with pytest.raises(LeaseHeld, match=f":{process.pid}, which works"):
        take_lease(own, NAME)
    os.kill(int(process.pid or 0), signal.SIGKILL)
    process.join(60)
    killed = read_state(own.get(NAME), NAME)
    with hold(own, NAME, seconds=0.5) as lease:
        assert lease.token == killed.token + 1


@pytest.mark.gcs
def test_a_lease_in_a_bucket_has_one_holder() -> None:
    with running("gcs") as server, client_of(f"http://127.0.0.1:{server.port('http')}"):
        own = open_store(f"gs://{named_bucket()}/live").for_tenant("aurelle")
        with hold(own, NAME, seconds=0.5) as lease:
            with pytest.raises(LeaseHeld):
                take_lease(own, NAME)
            lease.check()
        with hold(own, NAME, seconds=0.5) as second:
            assert second.token == lease.token + 1
