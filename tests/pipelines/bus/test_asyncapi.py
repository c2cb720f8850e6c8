"""The published description of topics and messages, held against the code and against real messages."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from foundry.brief.brief import Brief
from foundry.brief.intake import brief_schema
from foundry.catalog.events import CatalogOrigin, restoration_events, run_event, withdrawal_events
from foundry.catalog.runs import RunState
from foundry.delivery.receipt import State
from foundry.delivery.slot import Part
from foundry.errors import BadInput
from foundry.event import Event
from foundry.store.object_store import LocalStore
from pipelines.bus import messages, order_progress
from pipelines.bus.catalog_changes import (
    CHANGE_REFUSED,
    ITEMS_CHANGED,
    CatalogChange,
    ChangeRequest,
    change_message,
    change_refusal,
)
from pipelines.bus.dead import to_dead_message
from pipelines.bus.messages import BusMessage, Sender, brief_message, cancel_message, event_message
from pipelines.bus.producing import MessageWriter
from pipelines.bus.topics import CHANGED, DELIVERED, REFRESHED, TOPICS, events_topic, own_topics
from pipelines.campaign.flow import build
from pipelines.catalog.announcing import TOPIC_OF as TOPIC_OF_RUNS
from pipelines.delivery.events import KIND_OF, delivery_event, scope_key
from pipelines.dispatcher.announcing import TOPIC_OF, Announcer
from pipelines.dispatcher.audience import Audience, refusal_messages
from tests.pipelines.dispatcher.orders import an_order
from tests.support import briefs
from tests.support.catalog_records import a_product_record, a_run_record
from tests.support.delivered import a_delivered, a_slot, an_attempt
from tests.support.fakes import PaintingHandler
from tests.support.memory_kafka import MemoryProducer

BUS = Path(messages.__file__).parent
DOCUMENT: dict[str, Any] = yaml.safe_load((BUS / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES, CHANNELS = DOCUMENT["components"]["messages"], DOCUMENT["channels"]
BY_TYPE = {said["name"]: key for key, said in MESSAGES.items()}


def schema(told: dict[str, Any]) -> Draft202012Validator:
    """A validator for a schema of the document, whose references start at the document."""
    if told.get("$ref") == "brief-schema.yaml":
        return Draft202012Validator(yaml.safe_load((BUS / "brief-schema.yaml").read_text(encoding="utf-8")))
    return Draft202012Validator({**told, "components": DOCUMENT["components"]})


def check(key: str, message: BusMessage) -> None:
    """Headers and payload of a message are as the document says."""
    headers = {name: value.decode() for name, value in message.headers}
    schema(MESSAGES[key]["headers"]).validate(headers)
    schema(MESSAGES[key]["payload"]).validate(json.loads(message.value))


def sent(folder: Path) -> list[tuple[str, BusMessage]]:
    """Topics and messages of a real run, some of whose shots are refused; then progress and a refusal."""
    each, store = briefs.admitted(folder), LocalStore(folder / "store")
    build(each.plan, each.inputs, store, generator=PaintingHandler(refuse="story"))
    producer, order = MemoryProducer(), an_order(each, 7)
    audience = Audience(lambda name: name == events_topic("aurelle").name)
    announcer = Announcer(MessageWriter(lambda: producer, timeout_s=1.0), audience=audience)
    announcer.send_campaign_events(order, store)
    announcer.send_progress(order, "running")
    for sender in (Sender("aurelle", campaign="test", request_id="r"), Sender("aurelle")):
        for shared, message in refusal_messages(sender, BadInput("tenant", "is unknown"), "campaign.briefs:0:7"):
            for topic in audience.topics(shared, "aurelle"):
                producer.send(topic, key=message.key, value=message.value, headers=list(message.headers))
    return [(one.topic, BusMessage(one.key, one.value, tuple(one.headers))) for one in producer.sent]


def test_the_version_is_one_that_readers_know() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"


def test_every_topic_is_described_and_no_other() -> None:
    addresses = {channel["address"] for channel in CHANNELS.values()}
    own = {topic.name.replace(".x", ".{tenant}") for topic in own_topics("x")}
    assert addresses == {topic.name for topic in TOPICS} | own


def test_every_channel_has_an_operation_and_every_reference_leads_somewhere() -> None:
    used = {operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values()}
    assert used == {f"#/channels/{name}" for name in CHANNELS}
    for told in _refs(DOCUMENT):
        if told.startswith("#"):
            found: Any = DOCUMENT
            for step in told[2:].split("/"):
                found = found[step]
        else:
            assert (BUS / told).exists()


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [ref for inner in value.values() for ref in _refs(inner)]
    return [ref for inner in value for ref in _refs(inner)] if isinstance(value, list) else []


def test_every_event_type_is_on_the_channel_that_the_dispatcher_sends_it_to() -> None:
    kinds = {**TOPIC_OF, messages.SUBMITTED: "campaign.briefs", messages.CANCELLED: "campaign.briefs"}
    kinds |= {**TOPIC_OF_RUNS, ITEMS_CHANGED: CHANGED, CHANGE_REFUSED: REFRESHED}
    kinds |= dict.fromkeys(KIND_OF.values(), DELIVERED)
    assert set(kinds) == set(BY_TYPE) - {"dead record"}
    for kind, topic in kinds.items():
        [channel] = [channel for channel in CHANNELS.values() if channel["address"] == topic]
        assert BY_TYPE[kind] in channel["messages"]


def test_changes_and_what_comes_of_them_are_as_described() -> None:
    change = CatalogChange(tenant="aurelle", catalog="autumn", items=({"id": "a", "price": None},), removed=("b",))
    check("itemsChanged", change_message(change))
    refused = change_refusal(ChangeRequest("r", change, verified=True), BadInput("a", "b"), "catalog.changed:0:1", "b")
    check("changeRefused", event_message(refused, "aurelle/autumn"))
    origin = CatalogOrigin("aurelle", "autumn")
    withdrawn = a_product_record(state="withdrawn", reason="gone", withdrawn_at="2026-11-30T01:30:00+00:00")
    events = [*withdrawal_events(origin, withdrawn), *restoration_events(origin, a_product_record())]
    events += [run_event(a_run_record()), run_event(a_run_record(state=RunState.STOPPED))]
    for event in events:
        check(BY_TYPE[event.type], event_message(event, "aurelle/autumn"))
    assert {event.type for event in events} == {kind for kind, topic in TOPIC_OF_RUNS.items() if topic == REFRESHED}


def test_events_of_deliveries_are_as_described() -> None:
    refused = a_delivered(State.SET_ASIDE, receipts=(), attempt=an_attempt(), code="file_refused", why="too large")
    changed = a_delivered(State.CONFLICT, code="foreign_change", why="was changed")
    of_a_catalog = a_delivered(State.EXPIRED, slot=a_slot(scope="catalog:shoes", part=Part.SUBTITLES))
    for record in (a_delivered(), refused, changed, of_a_catalog):
        event = delivery_event(record, record.why)
        assert event is not None
        check(BY_TYPE[event.type], event_message(event, scope_key("aurelle", record.slot.scope)))
    for state in (State.OPEN, State.WAITING):
        assert delivery_event(a_delivered(state)) is None


@pytest.mark.campaign
def test_real_events_are_as_described_and_a_tenants_own_topic_has_all_of_them(tmp_path: Path) -> None:
    found = sent(tmp_path)
    kinds = [dict(message.headers)["ce_type"].decode() for _, message in found]
    assert set(kinds) == set(TOPIC_OF)
    for kind, (_, message) in zip(kinds, found, strict=True):
        check(BY_TYPE[kind], message)
    own = [message for topic, message in found if topic == events_topic("aurelle").name]
    assert own == [message for topic, message in found if topic != events_topic("aurelle").name]


def test_briefs_and_cancellations_are_as_described() -> None:
    check("submitted", brief_message(Brief.model_validate(briefs.a_brief()), "order-7"))
    check("cancelled", cancel_message("aurelle", "test"))


def test_a_dead_record_has_the_headers_that_are_described() -> None:
    record = SimpleNamespace(
        topic="campaign.briefs", partition=1, offset=2, key=b"k", value=b"{", headers=[("x", b"y")]
    )
    message = to_dead_message(record, BadInput("a", "b"), "read")
    headers = {name: value.decode() for name, value in message.headers}
    schema(MESSAGES["dead"]["headers"]).validate(headers)
    described = set(DOCUMENT["components"]["schemas"]["Why"]["properties"])
    assert {name for name in headers if name != "x"} == described


def test_a_payload_with_a_field_that_is_not_described_is_found(tmp_path: Path) -> None:
    event = order_progress.refusal_event("aurelle", "test", "r", BadInput("tenant", "is unknown"), record="t:0:1")
    more = Event(event.type, event.source, event.subject, {**event.data, "surprise": 1})
    with pytest.raises(ValidationError, match="surprise"):
        check("refused", event_message(more, "k"))


def test_states_and_the_brief_are_those_of_the_code() -> None:
    described = DOCUMENT["components"]["schemas"]["Progress"]["properties"]["state"]["enum"]
    assert described == list(get_args(order_progress.State))
    stored = yaml.safe_load((BUS / "brief-schema.yaml").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(brief_schema()))
