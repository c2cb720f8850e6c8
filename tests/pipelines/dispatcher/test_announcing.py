"""The messages about an order: sent to each request, live ones at most once a second, all others for sure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import KafkaError, KafkaTimeoutError

from foundry.errors import BadInput
from foundry.event import ASSET_FINISHED, CAMPAIGN_FINISHED, Event
from foundry.names import campaign_folder
from foundry.store.object_store import LocalStore
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import CAMPAIGN_FINISHED as FINISHED_TOPIC
from pipelines.bus.topics import DEAD, FAILED, FINISHED, PROGRESS
from pipelines.dispatcher.announcing import MOST_IN_FLIGHT, Announcer, RunFailed, as_refusal
from pipelines.dispatcher.order import Order
from tests.pipelines.dispatcher.orders import an_order
from tests.support.briefs import admitted
from tests.support.memory_kafka import MemoryProducer


@pytest.fixture
def order(tmp_path: Path) -> Order:
    return an_order(admitted(tmp_path), 1)


def an_announcer(producer: MemoryProducer, clock: Any = lambda: 0.0) -> Announcer:
    return Announcer(MessageWriter(lambda: producer, timeout_s=1.0), clock)


def states(producer: MemoryProducer) -> list[tuple[str, str]]:
    reports = [json.loads(record.value) for record in producer.sent if record.topic == PROGRESS]
    return [(report["request"], report["state"]) for report in reports]


def test_each_request_is_told_with_its_own_id(order: Order) -> None:
    producer = MemoryProducer()
    order.request_ids.append("yours")
    an_announcer(producer).send_progress(order, "finished")
    assert states(producer) == [("r1", "finished"), ("yours", "finished")]
    assert {record.key for record in producer.sent} == {order.key.encode()}


def test_live_progress_is_sent_at_most_once_a_second_for_each_order(order: Order, tmp_path: Path) -> None:
    producer, now = MemoryProducer(), [0.0]
    announcer = an_announcer(producer, lambda: now[0])
    other = an_order(admitted(tmp_path, campaign={"id": "other", "name": "Other"}), 2)
    for seconds in (0.0, 0.5, 0.9, 1.0, 1.5):
        now[0] = seconds
        announcer.send_live_progress(order, "running", {"variants": 1})
    announcer.send_live_progress(other, "running", {})
    assert len(producer.sent) == 3
    announcer.forget(order)
    announcer.send_live_progress(order, "running", {})
    assert len(producer.sent) == 4


def test_live_progress_that_is_lost_stops_nothing_and_other_progress_says_so(order: Order) -> None:
    class Full(MemoryProducer):
        def send(self, topic: str, **message: Any) -> Any:
            raise KafkaTimeoutError("the buffer is full")

    announcer = an_announcer(Full())
    announcer.send_live_progress(order, "running", {})
    with pytest.raises(NotSent, match="the buffer is full"):
        announcer.send_progress(order, "finished")


def events_in(folder: Path, order: Order, events: list[Event]) -> LocalStore:
    store = LocalStore(folder / "store")
    with store.for_tenant(order.tenant).replacing(f"{campaign_folder(order.campaign)}/events.jsonl") as path:
        path.write_text("".join(event.as_json() + "\n" for event in events), encoding="utf-8")
    return store


def test_a_campaigns_events_go_to_their_topics_with_their_own_ids(order: Order, tmp_path: Path) -> None:
    source = f"/tenants/{order.tenant}/campaigns/{order.campaign}"
    events = [Event(ASSET_FINISHED, source, f"a{n}", {"number": n}) for n in range(MOST_IN_FLIGHT + 5)]
    events.append(Event(CAMPAIGN_FINISHED, source, "end", {}))
    producer = MemoryProducer()
    assert an_announcer(producer).send_campaign_events(order, events_in(tmp_path, order, events)) == len(events)
    assert [record.topic for record in producer.sent] == [FINISHED] * (MOST_IN_FLIGHT + 5) + [FINISHED_TOPIC]
    assert [dict(record.headers)["ce_id"].decode() for record in producer.sent] == [event.id for event in events]


def test_an_event_that_is_not_acknowledged_is_an_error(order: Order, tmp_path: Path) -> None:
    events = [Event(ASSET_FINISHED, "/tenants/aurelle/campaigns/test", "a", {})]
    announcer = an_announcer(MemoryProducer([KafkaError("no leader")]))
    with pytest.raises(NotSent, match=r"assets\.finished: .*no leader"):
        announcer.send_campaign_events(order, events_in(tmp_path, order, events))


def test_a_refused_brief_is_told_as_an_event_and_as_its_last_progress() -> None:
    producer = MemoryProducer()
    an_announcer(producer).send_refusal("aurelle", "spring", "r7", BadInput("tenant", "is unknown"))
    assert [record.topic for record in producer.sent] == [FAILED, PROGRESS]
    assert states(producer) == [("r7", "refused")]


def test_a_dead_record_goes_to_the_dead_topic(order: Order) -> None:
    producer = MemoryProducer()
    an_announcer(producer).send_dead_message(order.records[0], BadInput("a", "b"), "read")
    assert [record.topic for record in producer.sent] == [DEAD]


def test_tenants_learn_the_type_of_an_unforeseen_error_and_nothing_else() -> None:
    known = BadInput("a", "b")
    assert as_refusal(known) is known
    unknown = as_refusal(RuntimeError("password of the store"))
    assert isinstance(unknown, RunFailed)
    assert "password" not in str(unknown)
    assert "RuntimeError" in str(unknown)
