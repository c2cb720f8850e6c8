"""The messages about an order: sent to each request, live ones at most once a second, all others for sure."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import KafkaError, KafkaTimeoutError, TopicAuthorizationFailedError

from foundry.errors import BadInput
from foundry.event import ASSET_FINISHED, Event
from foundry.letter_figures import LetterFigures
from foundry.manifest_index import ManifestIndex, ShardEntry, ShardFile
from foundry.row_figures import RowFigures
from foundry.store.bucket_store import BucketHome, BucketStore
from foundry.store.object_store import LocalStore, crc32c
from pipelines.bus.broker_errors import NotPermitted
from pipelines.bus.messages import Sender
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import CAMPAIGN_FINISHED as FINISHED_TOPIC
from pipelines.bus.topics import FINISHED, PROGRESS, events_topic
from pipelines.dispatcher.announcing import MOST_IN_FLIGHT, Announcer, RunFailed, as_refusal, located, order_id
from pipelines.dispatcher.audience import Audience, refusal_messages, server_folders
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
    order.tally.making = 9
    for number, seconds in enumerate((0.0, 0.5, 0.9, 1.0, 1.5)):
        now[0] = seconds
        announcer.send_live_progress(order, "running", {"files_made": number})
    announcer.send_live_progress(other, "running", {})
    assert len(producer.sent) == 3
    announcer.forget(order)
    announcer.send_live_progress(order, "running", {})
    assert len(producer.sent) == 4


def test_live_progress_is_sent_only_when_a_count_or_the_state_has_changed(order: Order) -> None:
    producer, now = MemoryProducer(), [0.0]
    announcer = an_announcer(producer, lambda: now[0])
    order.tally.making, order.tally.drawing = 2, 1
    steps: list[tuple[Any, dict[str, int]]] = [
        ("waiting", {}), ("waiting", {}), ("running", {}), ("running", {}), ("running", {"shots": 1}),
        ("running", {"shots": 1}), ("running", {"shots": 1, "files_made": 1}),
        ("running", {"shots": 9, "files_made": 1}),
    ]  # fmt: skip
    for state, live in steps:
        now[0] += 60
        order.tally.seconds += 1.0
        announcer.send_live_progress(order, state, live)
    reports = [json.loads(record.value) for record in producer.sent]
    assert [(report["state"], report["shots_done"], report["done"]) for report in reports] == [
        ("waiting", 0, 0), ("running", 0, 0), ("running", 1, 0), ("running", 1, 1),
    ]  # fmt: skip


def test_progress_names_the_records_that_ordered_it_and_what_it_cost(order: Order) -> None:
    producer = MemoryProducer()
    order.tally.money = Decimal("0.5")
    an_announcer(producer).send_progress(order, "finished")
    report = json.loads(producer.sent[0].value)
    assert (report["records"], report["cost_usd"]) == (["campaign.briefs:0:1"], "0.500000")


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
    own, data = store.for_tenant(order.tenant), "".join(event.as_json() + "\n" for event in events).encode()
    file = ShardFile("campaigns/test/events.jsonl", len(data), crc32c(data))
    figures, refused = RowFigures(rows=len(events)), LetterFigures()
    shard = ShardEntry(first=0, orders=1, figures=figures, refused=refused, parquet=file, lines=file, events=file)
    index = ManifestIndex(
        tenant=order.tenant, campaign=order.campaign, plan=order.plan.digest, rows=len(events), failed=0,
        cost_usd=Decimal(0), size_bytes=0, shards=(shard,),
    )  # fmt: skip
    for name, content in ((file.name, data), (index.name, index.as_json())):
        with own.replacing(name) as path:
            path.write_bytes(content)
    return store


def test_a_campaigns_events_go_to_their_topics_with_their_own_ids(order: Order, tmp_path: Path) -> None:
    source = f"/tenants/{order.tenant}/campaigns/{order.campaign}"
    events = [Event(ASSET_FINISHED, source, f"a{n}", {"number": n}) for n in range(MOST_IN_FLIGHT + 5)]
    producer = MemoryProducer()
    assert an_announcer(producer).send_campaign_events(order, events_in(tmp_path, order, events)) == len(events) + 1
    assert [record.topic for record in producer.sent] == [FINISHED] * (MOST_IN_FLIGHT + 5) + [FINISHED_TOPIC]
    ids = [dict(record.headers)["ce_id"].decode() for record in producer.sent]
    assert ids[:-1] == [event.id_within(order_id(order)) for event in events]
    assert len(set(ids)) == len(ids)


def ids_of(order: Order, folder: Path) -> list[str]:
    producer, event = MemoryProducer(), Event(ASSET_FINISHED, "/tenants/aurelle/campaigns/test", "a", {})
    an_announcer(producer).send_campaign_events(order, events_in(folder, order, [event]))
    return [dict(record.headers)["ce_id"].decode() for record in producer.sent]


def test_the_same_order_told_again_has_the_same_ids_and_a_later_order_others(tmp_path: Path) -> None:
    """Orders A, B, A of one campaign: a reader that keeps the first of each id learns that the last one ended."""
    first, revision = (admitted(tmp_path, alternatives=number) for number in (1, 2))
    told = [ids_of(an_order(each, offset), tmp_path) for offset, each in enumerate((first, revision, first))]
    assert len({tuple(ids) for ids in told}) == 3
    assert [ids_of(an_order(each, offset), tmp_path) for offset, each in enumerate((first, revision, first))] == told
    assert ids_of(an_order(first, 0, timestamp=5), tmp_path) != told[0]  # a topic that was created anew


def test_an_event_says_where_its_file_is_and_who_ordered_it(order: Order, tmp_path: Path) -> None:
    source = f"/tenants/{order.tenant}/campaigns/{order.campaign}"
    events = [Event(ASSET_FINISHED, source, "a", {"address": "ab/cd.webp"})]
    producer = MemoryProducer()
    order.request_ids.append("yours")
    an_announcer(producer).send_campaign_events(order, events_in(tmp_path, order, events))
    asset, end = (json.loads(record.value) for record in producer.sent)
    assert asset["uri"] == (tmp_path / "store/aurelle/ab/cd.webp").as_uri()
    assert end["uri"].endswith("/store/aurelle/campaigns/test/manifest.json")
    assert asset["requests"] == end["requests"] == ["r1", "yours"]
    assert asset["order"] == end["order"]


def test_in_a_bucket_the_address_is_bucket_prefix_and_name() -> None:
    own = BucketStore(BucketHome("assets", "prod/")).for_tenant("aurelle")
    assert located({"address": "ab/cd.webp"}, own) == {
        "uri": "gs://assets/prod/aurelle/ab/cd.webp", "bucket": "assets", "prefix": "prod/aurelle/",
    }  # fmt: skip
    assert located({"code": "x"}, own) == {}


def test_an_event_that_is_not_acknowledged_is_an_error(order: Order, tmp_path: Path) -> None:
    events = [Event(ASSET_FINISHED, "/tenants/aurelle/campaigns/test", "a", {})]
    announcer = an_announcer(MemoryProducer([KafkaError("no leader")]))
    with pytest.raises(NotSent, match=r"assets\.finished: .*no leader"):
        announcer.send_campaign_events(order, events_in(tmp_path, order, events))


def test_a_refusal_is_cut_and_names_no_folder_of_the_server() -> None:
    producer = MemoryProducer()
    audience = Audience(hidden=server_folders(["/srv/foundry/tenants", "/srv/foundry"]))
    error = BadInput(
        "/srv/foundry/tenants/aurelle/tenant.yaml", f"\x1b[2J {sys.prefix}/lib is bad in /srv/foundry " + "x" * 9000
    )
    for _, message in refusal_messages(Sender("aurelle", campaign="spring", request_id="r7"), error, "t:0:7", audience):
        producer.send("x", key=message.key, value=message.value, headers=list(message.headers))
    event, progress = (json.loads(record.value) for record in producer.sent)
    assert event["reason"] == progress["reason"]
    assert event["reason"].startswith("aurelle/tenant.yaml: ")
    assert "lib is bad in the server xxx" in event["reason"]
    assert "/srv" not in event["reason"]
    assert "\x1b" not in event["reason"]
    assert len(event["reason"]) <= 4000
    assert (event["record"], progress["records"]) == ("t:0:7", ["t:0:7"])
    assert list(refusal_messages(Sender(), error)) == []


OWN = events_topic("aurelle").name


def test_a_tenant_with_a_topic_of_its_own_is_told_there_too(order: Order, tmp_path: Path) -> None:
    producer = MemoryProducer()
    announcer = Announcer(MessageWriter(lambda: producer, timeout_s=1.0), audience=Audience(lambda name: name == OWN))
    announcer.send_progress(order, "finished")
    announcer.send_campaign_events(order, events_in(tmp_path, order, [Event(ASSET_FINISHED, "/t", "a", {})]))
    assert [record.topic for record in producer.sent] == [
        PROGRESS, OWN, FINISHED, OWN, FINISHED_TOPIC, OWN,
    ]  # fmt: skip


def test_a_tenants_topic_that_may_not_be_written_to_stops_nobody(order: Order, tmp_path: Path) -> None:
    class Guarded(MemoryProducer):
        def send(self, topic: str, **message: Any) -> Any:
            self.errors = [TopicAuthorizationFailedError(topic)] if topic == OWN else []
            return super().send(topic, **message)

    producer = Guarded()
    announcer = Announcer(MessageWriter(lambda: producer, timeout_s=1.0), audience=Audience(lambda name: name == OWN))
    announcer.send_progress(order, "finished")
    announcer.send_campaign_events(order, events_in(tmp_path, order, [Event(ASSET_FINISHED, "/t", "a", {})]))
    assert [record.topic for record in producer.sent] == [PROGRESS, FINISHED, FINISHED_TOPIC]
    with pytest.raises(NotPermitted):
        Announcer(
            MessageWriter(lambda: MemoryProducer([TopicAuthorizationFailedError("x")]), timeout_s=1.0)
        ).send_progress(order, "finished")


def test_tenants_learn_the_type_of_an_unforeseen_error_and_nothing_else() -> None:
    known = BadInput("a", "b")
    assert as_refusal(known) is known
    unknown = as_refusal(RuntimeError("password of the store"))
    assert isinstance(unknown, RunFailed)
    assert "password" not in str(unknown)
    assert "RuntimeError" in str(unknown)
