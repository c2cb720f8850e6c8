"""The loop without a broker: records in, messages out, offsets committed only for what is settled."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from kafka import TopicPartition

from foundry.brief.brief import Brief
from pipelines.bus.messages import BusMessage, brief_message, cancel_message
from pipelines.bus.producing import MessageWriter
from pipelines.bus.topics import CAMPAIGN_FINISHED, DEAD, FAILED, PROGRESS
from pipelines.dispatcher.admission_desk import AdmissionDesk
from pipelines.dispatcher.announcing import Announcer
from pipelines.dispatcher.claims import Claims
from pipelines.dispatcher.loop import Dispatcher
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.refusing import Refuser
from pipelines.dispatcher.scheduler import Limits
from tests.pipelines.dispatcher.orders import TOPIC, a_record, folders_in, impatient, tenants_and_files
from tests.support.briefs import a_brief
from tests.support.fakes import PaintingHandler
from tests.support.memory_kafka import MemoryConsumer, MemoryProducer
from tests.support.waiting import until

PART = TopicPartition(TOPIC, 0)


class Rig:
    """A dispatcher with one partition, whose records and messages are in memory."""

    def __init__(self, folder: Path) -> None:
        tenants_and_files(folder)
        self.consumer, self.producer, self.offset = MemoryConsumer(), MemoryProducer(), 0
        self.claims, budget = Claims(), impatient(5.0)
        self.claims.gain([PART])
        writer = MessageWriter(lambda: self.producer, timeout_s=1.0)
        announcer, offsets, metrics = Announcer(writer), OffsetBook(self.claims), Metrics()
        maker = RoundMaker(
            address=str(folder / "store"),
            announcer=announcer,
            outage_budget=budget,
            is_ours=lambda order: any(self.claims.owns(taken.position) for taken in order.records),
            generator=PaintingHandler(),
            reports=False,
        )
        self.dispatcher = Dispatcher(
            consumer=self.consumer,
            offsets=offsets,
            orders=OrderBook(Limits()),
            maker=maker,
            announcer=announcer,
            desk=AdmissionDesk(folders_in(folder), part_cost=200),
            refuser=Refuser(writer, offsets, budget, metrics),
            outage_budget=budget,
            metrics=metrics,
        )

    def receive(self, *messages: BusMessage) -> None:
        """The next poll brings these."""
        self.consumer.batches.append(self._records(messages))

    def admit(self, *messages: BusMessage) -> None:
        """These are taken and answered before a round can begin."""
        for record in self._records(messages):
            self.dispatcher._take(record)
            [answered] = until(lambda: self.dispatcher.desk.answers(1))
            self.dispatcher._apply(answered)

    def _records(self, messages: Sequence[BusMessage]) -> list[Any]:
        records = []
        for message in messages:
            records.append(a_record(self.offset, key=message.key, value=message.value, headers=message.headers))
            self.offset += 1
        return records

    def step_until_settled(self) -> None:
        ours = self.dispatcher
        while self.consumer.batches or not ours.desk.idle or ours.orders.waiting or ours._round:
            ours.step()
            time.sleep(0.001)

    def states(self) -> list[str]:
        reports = [json.loads(record.value) for record in self.producer.sent if record.topic == PROGRESS]
        return [report["state"] for report in reports]

    def topics(self) -> set[str]:
        return {record.topic for record in self.producer.sent}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    made.dispatcher.desk.open()
    yield made
    made.dispatcher.desk.close()


def a_message(**changes: Any) -> BusMessage:
    return brief_message(Brief.model_validate(a_brief(placements=["google/leaderboard"], **changes)))


def test_a_brief_is_made_announced_and_committed(rig: Rig) -> None:
    rig.receive(a_message())
    rig.step_until_settled()
    assert (rig.states()[0], rig.states()[-1]) == ("waiting", "finished")
    assert CAMPAIGN_FINISHED in rig.topics()
    assert rig.consumer.committed[-1] == {PART: 1}


def test_an_unreadable_record_dies_and_what_is_behind_it_goes_on(rig: Rig) -> None:
    rig.receive(BusMessage(b"aurelle", b"{not json", ()), BusMessage(b"aurelle", b"[]", ()))
    rig.step_until_settled()
    assert [record.topic for record in rig.producer.sent] == [DEAD, DEAD]
    assert rig.consumer.committed[-1] == {PART: 2}


def test_a_brief_that_cannot_be_planned_is_refused_with_its_reason(rig: Rig) -> None:
    rig.receive(a_message(tenant="nobody"))
    rig.step_until_settled()
    assert rig.topics() == {DEAD, FAILED, PROGRESS}
    assert rig.states() == ["refused"]
    assert rig.consumer.committed[-1] == {PART: 1}


def test_a_cancellation_ends_a_waiting_order_and_both_are_committed(rig: Rig) -> None:
    rig.admit(a_message(), cancel_message("aurelle", "test"))
    rig.dispatcher.step()
    rig.step_until_settled()
    assert rig.states() == ["waiting", "cancelled"]
    assert CAMPAIGN_FINISHED not in rig.topics()
    assert rig.consumer.committed[-1] == {PART: 2}


def test_orders_of_a_lost_partition_are_left_to_its_new_owner(rig: Rig) -> None:
    rig.admit(a_message())
    assert rig.dispatcher.orders.waiting == 1
    rig.claims.lose([PART])
    rig.dispatcher.step()
    assert rig.dispatcher.orders.waiting == 0
    assert rig.consumer.committed == []


def test_a_dispatcher_that_drains_takes_nothing_more_and_leaves(rig: Rig) -> None:
    rig.dispatcher.drain()
    rig.receive(a_message())
    rig.dispatcher.run()
    assert rig.producer.sent == []
    assert rig.consumer.committed == []


def test_readiness_follows_the_group_and_the_drain(rig: Rig) -> None:
    rig.dispatcher.step()
    assert rig.dispatcher.health.reasons == ()
    rig.dispatcher.drain()
    rig.dispatcher.step()
    assert rig.dispatcher.health.reasons == ("draining",)
