"""Admission beside the polling loop, in real worker processes: limits, deaths, bugs, outages; one record at a time."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from foundry.brief.brief import Brief
from foundry.retrying import RetryPolicy
from pipelines.bus.messages import brief_message, cancel_message
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.admission_desk import Admission, AdmissionDesk, AdmissionLimits
from pipelines.dispatcher.admission_queue import WaitingRecord
from pipelines.dispatcher.admission_work import AdmittedBrief, Broke, Cancellation, Refused
from pipelines.dispatcher.order import RecordPosition, TakenRecord, plain_record
from tests.pipelines.dispatcher.orders import TOPIC, a_record, folders_in, tenants_and_files
from tests.support.briefs import a_brief
from tests.support.swapping import swap
from tests.support.waiting import until

QUICK = RetryPolicy(first_pause_s=0.05, longest_pause_s=0.2)
Open = Callable[..., AdmissionDesk]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    tenants_and_files(tmp_path)
    return folders_in(tmp_path)


@pytest.fixture
def opened(folders: Folders) -> Iterator[Open]:
    desks: list[AdmissionDesk] = []

    def make(**limits: Any) -> AdmissionDesk:
        desk = AdmissionDesk(folders, 200, AdmissionLimits(**limits), QUICK)
        desks.append(desk)
        desk.open()
        until(lambda: "aurelle" in desk.tenants)
        return desk

    yield make
    for desk in desks:
        desk.close()


def taken(offset: int, value: bytes | None = None, topic: str = TOPIC, **changes: Any) -> TakenRecord:
    tenant = changes.get("tenant", "aurelle")
    if value is None:
        message = brief_message(Brief.model_validate(a_brief(placements=["google/leaderboard"], **changes)))
        record = a_record(offset, key=message.key, value=message.value, headers=message.headers)
    else:
        record = a_record(offset, key=str(tenant).encode(), value=value)
    record.topic = topic
    return TakenRecord(RecordPosition(topic, 0, offset, 1), plain_record(record))


def answered(desk: AdmissionDesk, *records: TakenRecord) -> list[Admission]:
    for record in records:
        desk.add(record)
    found: list[Admission] = []
    until(lambda: found.extend(desk.answers(10)) or len(found) >= len(records), 120)
    return found


def workers(desk: AdmissionDesk) -> list[psutil.Process]:
    process = desk._factory._process
    assert process is not None
    return psutil.Process(process.pid).children()


def test_records_are_read_admitted_cancelled_and_refused_in_their_order(opened: Open) -> None:
    desk = opened()
    message = cancel_message("aurelle", "test")
    cancelled = a_record(2, key=b"aurelle", value=message.value, headers=message.headers)
    records = [
        taken(1), TakenRecord(RecordPosition(TOPIC, 0, 2, 1), plain_record(cancelled)), taken(3, b"{"),
        taken(4, tenant="nobody", value=json.dumps(a_brief(tenant="nobody")).encode()),
    ]  # fmt: skip
    found = {one.taken.position.offset: one.answer for one in answered(desk, *records)}
    assert [type(found[offset]) for offset in (1, 2, 3, 4)] == [AdmittedBrief, Cancellation, Refused, Refused]
    order = found[1]
    assert isinstance(order, AdmittedBrief)
    assert {"digest", "variant_count"} <= set(order.admitted.plan.__dict__), "the polling thread computes nothing"
    assert isinstance(found[3], Refused)
    assert (found[3].stage, found[4].stage) == ("read", "admit")  # type: ignore[union-attr]


def test_a_record_that_takes_too_long_is_refused_and_the_next_one_is_admitted(opened: Open) -> None:
    desk = opened(seconds=0.001)
    [slow] = answered(desk, taken(1))
    assert isinstance(slow.answer, Refused)
    assert (slow.answer.error.code, slow.taken.position.offset) == ("admission_too_costly", 1)
    assert "took more than 0.001 s" in str(slow.answer.error)
    desk.limits = AdmissionLimits()
    assert isinstance(answered(desk, taken(2))[0].answer, AdmittedBrief)


def test_a_record_that_takes_too_much_memory_is_refused_and_its_worker_replaced(opened: Open) -> None:
    desk = opened(memory=8 << 20)
    heavy = json.dumps(a_brief(metadata={"rows": [{"k": f"v{number}"} for number in range(80_000)]})).encode()
    found = answered(desk, taken(1, heavy), taken(2, heavy))
    for one in found:
        assert isinstance(one.answer, Refused | Broke), one.answer
        assert isinstance(one.answer, Broke) or one.answer.error.code == "admission_too_costly"


def test_a_worker_that_was_killed_is_replaced_and_its_record_is_tried_again(opened: Open) -> None:
    desk = opened()
    answered(desk, taken(1))
    for worker in workers(desk):
        os.kill(worker.pid, signal.SIGSTOP)
    for offset in (2, 3):
        desk.add(taken(offset))
    until(lambda: desk.running_since is not None)
    for worker in workers(desk):
        os.kill(worker.pid, signal.SIGKILL)
    found: list[Admission] = []
    until(lambda: found.extend(desk.answers(10)) or len(found) == 2, 120)
    assert {type(one.answer) for one in found} == {AdmittedBrief}


def test_a_worker_that_was_killed_while_it_was_idle_costs_no_record_a_try(opened: Open) -> None:
    desk = opened()
    for signals in ([signal.SIGKILL], [signal.SIGSTOP, signal.SIGKILL]):
        idle = desk._factory.new_worker()
        for number in signals:
            os.kill(idle.pid, number)
        answer, fresh = desk._try(WaitingRecord(taken(1), "key aurelle"), idle)
        assert isinstance(answer, AdmittedBrief)
        assert fresh is not None
        assert fresh.pid != idle.pid


def test_the_forking_process_is_started_again_when_it_was_killed(opened: Open) -> None:
    desk = opened()
    answered(desk, taken(1))
    process = desk._factory._process
    assert process is not None
    process.kill()
    [good] = answered(desk, taken(2))
    assert isinstance(good.answer, AdmittedBrief)
    assert desk.trouble == ""


def test_an_error_that_may_pass_is_tried_twice_and_then_told_by_its_type_alone(opened: Open, folders: Folders) -> None:
    file = folders.tenants / "aurelle" / "tenant.yaml"
    file.unlink()
    file.mkdir()
    [broken] = answered(opened(), taken(1))
    assert isinstance(broken.answer, Refused | Broke)
    assert str(folders.tenants) not in str(getattr(broken.answer, "error", ""))


def test_folders_that_are_away_hold_everybody_up_and_refuse_nobody(opened: Open, folders: Folders) -> None:
    desk, away = opened(), folders.files.with_name("elsewhere")
    folders.files.rename(away)
    desk.add(taken(1))
    until(lambda: ("folders", "") in desk.outages(), 60)
    assert desk.answers(1) == []
    away.rename(folders.files)
    found: list[Admission] = []
    until(lambda: found.extend(desk.answers(1)) or found, 60)
    assert isinstance(found[0].answer, AdmittedBrief)
    assert desk.outages() == {}


def test_one_tenants_folder_that_cannot_be_read_is_that_tenants_outage(opened: Open, folders: Folders) -> None:
    desk, own = opened(), folders.files / "aurelle"
    circle = own.with_name("circle")
    circle.symlink_to(own)
    swap(circle, own)  # the folder's name is now a link to itself, which nobody can list
    for offset in (1, 2):
        desk.add(taken(offset))
    until(lambda: ("folders", "aurelle") in desk.outages(), 60)
    [other] = answered(desk, taken(3, tenant="northpeak"))
    assert isinstance(other.answer, AdmittedBrief)
    swap(circle, own)  # a folder that is missing for a moment would be a tenant without files
    found: list[Admission] = []
    until(lambda: found.extend(desk.answers(2)) or len(found) == 2, 60)
    assert [one.taken.position.offset for one in found] == [1, 2]
    assert {type(one.answer) for one in found} == {AdmittedBrief}


def test_the_lane_is_the_topics_tenant_or_a_known_key_and_never_a_claim(opened: Open) -> None:
    desk = opened()
    lanes = [
        desk._lane_of(taken(1, b"{}", topic=f"{TOPIC}.northpeak")), desk._lane_of(taken(2, b"{}")),
        desk._lane_of(taken(3, b'{"tenant": "aurelle"}', tenant="stranger")),
    ]  # fmt: skip
    assert lanes == ["topic northpeak", "key aurelle", "others"]


def test_closing_ends_the_workers_at_once(opened: Open) -> None:
    desk = opened()
    answered(desk, taken(1))
    processes = workers(desk)
    assert processes
    desk.close()
    assert psutil.wait_procs(processes, timeout=10)[1] == []
