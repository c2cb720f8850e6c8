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
from foundry.errors import BadInput
from foundry.event import Event
from foundry.store.object_store import LocalStore
from pipelines.bus import messages, order_progress
from pipelines.bus.dead import to_dead_message
from pipelines.bus.messages import BusMessage, brief_message, cancel_message, event_message
from pipelines.bus.topics import TOPICS, briefs_topic
from pipelines.campaign.flow import build
from pipelines.dispatcher.announcing import TOPIC_OF
from tests.support import briefs
from tests.support.fakes import PaintingHandler

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


def events(folder: Path) -> list[Event]:
    """Of a real run, some of whose shots are refused; then progress and a refusal."""
    each = briefs.admitted(folder)
    build(each.plan, each.inputs, LocalStore(folder / "store"), generator=PaintingHandler(refuse="story"))
    lines = (folder / "store/aurelle/campaigns/test/events.jsonl").read_text(encoding="utf-8").splitlines()
    made = [Event(*(json.loads(line)[name] for name in ("type", "source", "subject", "data"))) for line in lines]
    progress = order_progress.OrderProgress(
        request="r", plan=each.plan.digest, state="running", total=6, done=1, mean_ms=7, left_ms=35, failed_ids=("a",)
    )
    refusal = order_progress.refusal_event("aurelle", "test", "r", BadInput("tenant", "is unknown"))
    return [*made, order_progress.progress_event("aurelle", "test", progress), refusal]


def test_the_version_is_one_that_readers_know() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"


def test_every_topic_is_described_and_no_other() -> None:
    addresses = {channel["address"] for channel in CHANNELS.values()}
    assert addresses == {topic.name for topic in TOPICS} | {briefs_topic("x").name.replace(".x", ".{tenant}")}


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
    assert set(kinds) == set(BY_TYPE) - {"dead record"}
    for kind, topic in kinds.items():
        [channel] = [channel for channel in CHANNELS.values() if channel["address"] == topic]
        assert BY_TYPE[kind] in channel["messages"]


@pytest.mark.campaign
def test_real_events_are_as_described(tmp_path: Path) -> None:
    found = events(tmp_path)
    assert {event.type for event in found} == set(TOPIC_OF)
    for event in found:
        check(BY_TYPE[event.type], event_message(event, "aurelle/test"))


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
    event = order_progress.refusal_event("aurelle", "test", "r", BadInput("tenant", "is unknown"))
    more = Event(event.type, event.source, event.subject, {**event.data, "surprise": 1})
    with pytest.raises(ValidationError, match="surprise"):
        check("refused", event_message(more, "k"))


def test_states_and_the_brief_are_those_of_the_code() -> None:
    described = DOCUMENT["components"]["schemas"]["Progress"]["properties"]["state"]["enum"]
    assert described == list(get_args(order_progress.State))
    stored = yaml.safe_load((BUS / "brief-schema.yaml").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(brief_schema()))
