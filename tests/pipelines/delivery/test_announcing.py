"""What a delivery did, as the topic is told: what happened since it was asked for, each thing under one id."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka.errors import KafkaTimeoutError, TopicAuthorizationFailedError

from foundry.delivery.receipt import State
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import DELIVERED, events_topic
from pipelines.delivery.announcing import DeliveryAnnouncer, EventSpool, ToldBefore
from pipelines.delivery.scopes import Scope
from pipelines.dispatcher.audience import Audience
from tests.support.delivered import a_delivered, a_receipt, a_slot
from tests.support.memory_kafka import MemoryProducer

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEFORE, AFTER = "2026-11-29T10:00:00+00:00", "2026-11-30T12:00:05+00:00"
SPRING = Scope("aurelle", "campaign", "spring")


@pytest.fixture
def spool(tmp_path: Path) -> EventSpool:
    return EventSpool(tmp_path / "events.jsonl", NOON)


def test_what_was_done_before_it_was_asked_for_is_not_told_again(spool: EventSpool) -> None:
    spool.add(a_delivered(receipts=(a_receipt(delivered_at=BEFORE),)))
    spool.add(a_delivered(State.EXPIRED, receipts=(a_receipt(delivered_at=BEFORE, expired_at=BEFORE),)))
    spool.add(a_delivered(State.OPEN))
    assert list(spool.events()) == []
    new = a_delivered(receipts=(a_receipt(delivered_at=AFTER),))
    ended = a_delivered(State.EXPIRED, receipts=(a_receipt(delivered_at=BEFORE, expired_at=AFTER),))
    spool.add(new)
    spool.add(ended)
    assert [event.type.rpartition(".")[2] for event in spool.events()] == ["delivered", "expired"]


def test_a_file_that_is_expired_again_later_has_another_event(spool: EventSpool) -> None:
    for moment in ("2026-11-30T12:00:05+00:00", "2026-12-24T12:00:05+00:00"):
        spool.add(a_delivered(State.EXPIRED, receipts=(a_receipt(expired_at=moment),)))
    assert len({event.id for event in spool.events()}) == 2


def test_a_reason_names_no_folder_of_the_server_and_is_cut(tmp_path: Path) -> None:
    spool = EventSpool(tmp_path / "events.jsonl", NOON, Audience(hidden=("/srv/foundry",)))
    why = f"/srv/foundry/scratch/x.jpg is too large {'x' * 5_000}"
    spool.add(a_delivered(State.SET_ASIDE, receipts=(), code="file_refused", why=why))
    (event,) = spool.events()
    assert event.data["reason"].startswith("scratch/x.jpg is too large")
    assert len(event.data["reason"]) <= 1_000


def test_events_go_to_the_shared_topic_and_the_tenants_own_and_are_remembered_once_all_have_them(
    tmp_path: Path,
) -> None:
    producer, own = MemoryProducer(), events_topic("aurelle").name
    audience = Audience(lambda name: name == own)
    announcer = DeliveryAnnouncer(MessageWriter(lambda: producer, timeout_s=1.0), audience)
    told = ToldBefore(most=1)
    for number, errors in ((1, [KafkaTimeoutError("away")]), (2, [])):
        producer.errors = list(errors)
        spool = EventSpool(tmp_path / f"{number}.jsonl", NOON, audience, told)
        for scene in ("one", "two"):
            spool.add(a_delivered(slot=a_slot(scene=scene), receipts=(a_receipt(delivered_at=AFTER),)))
        if errors:
            with pytest.raises(NotSent):
                announcer.send(SPRING, spool)
            producer.sent.clear()
        else:
            assert announcer.send(SPRING, spool) == 2
    assert [each.topic for each in producer.sent] == [DELIVERED, own] * 2
    last = [event.id for event in spool.events()][-1]
    assert last in told
    assert len(told) == 1  # the oldest are forgotten


def test_a_tenants_own_topic_that_may_not_be_written_stops_nothing(spool: EventSpool) -> None:
    producer = MemoryProducer()
    producer.errors = []
    writer = MessageWriter(lambda: producer, timeout_s=1.0)
    announcer = DeliveryAnnouncer(writer, Audience(lambda _: True))
    spool.add(a_delivered(receipts=(a_receipt(delivered_at=AFTER),)))
    plain = producer.send

    def refusing(topic: str, **fields: object) -> object:
        if topic != DELIVERED:
            producer.errors = [TopicAuthorizationFailedError("no")]
        return plain(topic, **fields)  # type: ignore[arg-type]

    producer.send = refusing  # type: ignore[method-assign, assignment]
    assert announcer.send(SPRING, spool) == 1
    assert [each.topic for each in producer.sent] == [DELIVERED]
