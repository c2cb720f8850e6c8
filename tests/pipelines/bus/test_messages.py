"""Records become orders or one sentence; no broker is needed to read bytes."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.bindings.kafka import KafkaMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.brief.brief import Brief
from foundry.errors import BadInput, FoundryError
from foundry.names import is_slug
from pipelines.bus.messages import (
    CANCELLED,
    BriefRequest,
    CancelRequest,
    Sender,
    Unreadable,
    brief_message,
    cancel_message,
    parse_record,
    sender_of,
)
from pipelines.bus.settings import BusSettings, bus_settings
from pipelines.bus.topics import BRIEFS, DEAD, TOPICS, briefs_topic, tenant_of_topic
from tests.support import briefs

BRIEF = b'{"tenant": "aurelle", "campaign": {"id": "c"}}'


def a_brief() -> Brief:
    return Brief.model_validate(briefs.a_brief())


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_a_brief_goes_there_and_back(mode: str) -> None:
    brief = a_brief()
    message = brief_message(brief, mode=mode)  # type: ignore[arg-type]
    assert message.key == brief.tenant.encode()
    found = parse_record(BRIEFS, message.value, message.headers, "here")
    assert isinstance(found, BriefRequest)
    assert (found.tenant, found.campaign) == (brief.tenant, brief.campaign.id)
    assert type(brief).model_validate(found.document) == brief


def test_somebody_elses_reader_understands_both_modes() -> None:
    for mode in ("binary", "structured"):
        message = brief_message(a_brief(), "order-7", mode)  # type: ignore[arg-type]
        told = KafkaMessage(headers=dict(message.headers), key=message.key, value=message.value)
        event = kafka.from_kafka_event(told)
        assert (event.get_id(), event.get_specversion()) == ("order-7", "1.0")
        assert event.get_data()["tenant"] == a_brief().tenant  # type: ignore[index,call-overload]


def test_the_same_brief_is_the_same_order_unless_the_caller_says_otherwise() -> None:
    first, again, other = (dict(brief_message(a_brief(), name).headers)["ce_id"] for name in ("", "", "mine"))
    assert first == again
    assert other == b"mine"


def test_a_plain_json_brief_is_an_order() -> None:
    document = a_brief().model_dump(mode="json")
    found = parse_record(BRIEFS, json.dumps(document).encode(), (), "here")
    assert isinstance(found, BriefRequest)
    assert found.document == document
    assert found.request_id == parse_record(BRIEFS, json.dumps(document).encode(), (), "there").request_id


def test_a_cancellation_names_its_campaign() -> None:
    message = cancel_message("aurelle", "spring")
    assert dict(message.headers)["ce_type"] == CANCELLED.encode()
    found = parse_record(BRIEFS, message.value, message.headers, "here")
    assert isinstance(found, CancelRequest)
    assert (found.tenant, found.campaign) == ("aurelle", "spring")


def test_a_tenant_speaks_for_itself_alone_on_its_own_topic() -> None:
    message = brief_message(a_brief())
    own = briefs_topic(a_brief().tenant).name
    assert isinstance(parse_record(own, message.value, message.headers, "here"), BriefRequest)
    with pytest.raises(Unreadable, match="speaks for tenant 'aurelle' on the topic of 'northpeak'"):
        parse_record(briefs_topic("northpeak").name, message.value, message.headers, "here")
    forged = cancel_message("aurelle", "spring")
    with pytest.raises(Unreadable, match="northpeak"):
        parse_record(briefs_topic("northpeak").name, forged.value, forged.headers, "here")
    assert (tenant_of_topic(BRIEFS), tenant_of_topic(DEAD)) == (None, None)


@pytest.mark.parametrize(
    ("value", "headers", "why"),
    [
        (b"\xff\xfe", (), "not JSON"),
        (b"", (), "not JSON"),
        (None, (), "not JSON"),
        (b"[1]", (), "no JSON object"),
        (b"[" * 100_000, (), "not JSON"),
        (b"{}", (("ce_type", b"com.example.other"),), "com.example.other"),
        (b"[]", (("content-type", b"application/cloudevents+json"),), "type None"),
        (b"{}", (("content-type", b"application/cloudevents+json"),), "type None"),
        (b'{"type": ["x"]}', (("Content-Type", b"application/cloudevents+json"),), r"type \['x'\]"),
        (BRIEF, (("ce_specversion", b"2.0"),), "CloudEvent of version '2.0'"),
        (BRIEF, (("ce_id", b"a"), ("ce_id", b"b")), "header 'ce_id' twice"),
        (BRIEF, (("ce_id", b"i" * 201),), "1 to 200 printable characters"),
        (BRIEF, (("ce_id", "a\u202eb".encode()),), "printable"),
        (BRIEF, (("ce_id", b"a\x1b[2J"),), "printable"),
        (BRIEF, (("ce_id", b"\xff\x00"),), "printable"),
        (BRIEF, tuple((f"x{n}", b"") for n in range(101)), "more than 100 headers"),
        (BRIEF, (("x", b"x" * 8001),), "more than 8000 bytes"),
        (BRIEF, (("x" * 8001, b""),), "more than 8000 bytes"),
        (b'{"tenant": "../northpeak", "campaign": {"id": "c"}}', (), "'../northpeak', which is no id"),
        (b'{"tenant": "aurelle\\n", "campaign": {"id": "c"}}', (), "which is no id"),
        (b'{"tenant": {"a": 1}}', (), "which is no id"),
        (b'{"campaign": {"id": "c"}}', (), "tenant '', which is no id"),
        (b'{"tenant": "aurelle", "metadata": {"note": "\\ud800"}}', (), "not JSON"),
        (b'{"tenant": "aurelle", "budget": NaN}', (), "not JSON"),
        (b'{"tenant": "aurelle", "n": ' + b"9" * 5000 + b"}", (), "not JSON"),
        (b'{"tenant": "aurelle"}', (("ce_type", CANCELLED.encode()),), "cancels '', which is no id"),
        (b'{"tenant": "aurelle", "campaign": "a/../b"}', (("ce_type", CANCELLED.encode()),), "cancels 'a/../b'"),
        (b'{"tenant": "aurelle", "campaign": {"id": "c"}}', (("ce_type", CANCELLED.encode()),), "which is no id"),
    ],
)
def test_what_is_no_order_is_named(value: bytes | None, headers: tuple[tuple[str, bytes], ...], why: str) -> None:
    with pytest.raises(Unreadable, match=why) as caught:
        parse_record(BRIEFS, value, headers, "campaign.briefs:3:17")
    assert "campaign.briefs:3:17" in str(caught.value)
    assert len(str(caught.value)) < 400
    assert "\x1b" not in str(caught.value)


def test_headers_that_decide_nothing_may_hold_null_and_come_twice() -> None:
    headers = (("traceparent", None), ("x", b"\xff"), ("x", None), ("ce_subject", None))
    assert isinstance(parse_record(BRIEFS, BRIEF, headers, "here"), BriefRequest)


def test_a_header_that_is_null_is_as_good_as_none() -> None:
    found = parse_record(BRIEFS, BRIEF, (("content-type", None), ("ce_id", None)), "here")
    assert found.request_id == parse_record(BRIEFS, BRIEF, (), "there").request_id


def test_a_campaign_that_is_no_id_is_left_to_the_one_who_names_all_that_is_wrong() -> None:
    for campaign in (b'{"id": "../x"}', b'{"id": 7}', b'{"id": ["x"]}', b"7", b'{"id": "%s"}' % (b"c" * 90_000)):
        found = parse_record(BRIEFS, b'{"tenant": "aurelle", "campaign": %s}' % campaign, (), "here")
        assert (found.tenant, found.campaign) == ("aurelle", "")


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["tenant", "campaign", "id", "type", "data", "source", "specversion"]) | st.text(max_size=8),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip
HeaderNames = st.sampled_from(["ce_type", "content-type", "CE_ID", "ce_source", "ce_specversion", "traceparent"])
HeaderValues = st.none() | st.binary(max_size=60) | st.sampled_from(
    [b"application/cloudevents+json", CANCELLED.encode(), b"/tenants/aurelle/campaigns/x", b"1.0"]
)  # fmt: skip
RecordValues = st.none() | st.binary(max_size=400) | Json.map(lambda value: json.dumps(value).encode())


@settings(max_examples=300, deadline=None)
@given(RecordValues, st.lists(st.tuples(HeaderNames | st.text(max_size=6), HeaderValues), max_size=8),
       st.sampled_from([BRIEFS, briefs_topic("aurelle").name, briefs_topic("NO").name]))  # fmt: skip
def test_no_record_does_worse_than_be_refused(value: bytes | None, headers: list[Any], topic: str) -> None:
    record = SimpleNamespace(topic=topic, value=value, headers=headers)
    sender = sender_of(record)
    assert not sender.tenant or is_slug(sender.tenant)
    assert not sender.campaign or is_slug(sender.campaign)
    assert len(sender.request_id) <= 200
    with contextlib.suppress(Unreadable):  # any other exception fails the test
        found = parse_record(topic, value, headers, "here")
        assert is_slug(found.tenant)
        assert found.request_id.isprintable()


def test_the_sender_of_a_record_that_cannot_be_read_is_known_where_it_says_so() -> None:
    wrong = SimpleNamespace(
        topic=BRIEFS, value=b"{not json",
        headers=[("ce_id", b"order-7"), ("ce_source", b"/tenants/aurelle/campaigns/spring"), ("x", None)],
    )  # fmt: skip
    assert sender_of(wrong) == Sender(tenant="aurelle", campaign="spring", request_id="order-7")
    no_brief = SimpleNamespace(topic=BRIEFS, value=BRIEF, headers=[("ce_type", b"other"), ("ce_id", b"a\nb")])
    assert sender_of(no_brief) == Sender(tenant="aurelle", campaign="c")


def test_on_a_tenants_own_topic_the_sender_is_that_tenant_whatever_the_record_says() -> None:
    forged = SimpleNamespace(topic=briefs_topic("northpeak").name, value=BRIEF, headers=[])
    assert sender_of(forged) == Sender(tenant="northpeak", verified=True, campaign="c")
    odd = SimpleNamespace(topic=briefs_topic("NO!").name, value=BRIEF, headers=[])
    assert sender_of(odd) == Sender(campaign="c")


def test_every_topic_keeps_what_it_says() -> None:
    for topic in TOPICS:
        assert topic.configs()["retention.ms"] == str(topic.days * 86_400_000)
        assert topic.compacted == ("compact" in topic.configs()["cleanup.policy"])


def test_secrets_are_named_and_never_written(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "kafka.yaml"
    file.write_text("{security: SASL_SSL, user: aurelle, password_variable: AURELLE_KAFKA, ca_file: /ca.pem}")
    bus = bus_settings("broker:9093", file)
    monkeypatch.delenv("AURELLE_KAFKA", raising=False)
    with pytest.raises(BadInput, match="AURELLE_KAFKA holds no password for aurelle; set it"):
        bus.client()
    monkeypatch.setenv("AURELLE_KAFKA", "hidden-word")
    told = bus.client()
    assert (told["sasl_plain_password"], told["security_protocol"]) == ("hidden-word", "SASL_SSL")
    assert "hidden-word" not in repr(bus)


@pytest.mark.parametrize("text", ["{security: SASL_SSL}", "{user: x}", "{bootstrup: x}", "[1]", "{{", "{timeout_s: 0}"])
def test_a_wrong_configuration_is_refused(text: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "kafka.yaml"
    file.write_text(text)
    with pytest.raises(FoundryError, match="is no Kafka configuration"):
        bus_settings(None, file)
    assert bus_settings(None, None) == BusSettings()
