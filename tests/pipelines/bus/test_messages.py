"""Records become orders or one sentence; no broker is needed to read bytes."""

from __future__ import annotations

import contextlib
import json

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.bindings.kafka import KafkaMessage
from hypothesis import given
from hypothesis import strategies as st

from foundry.brief.brief import Brief
from foundry.errors import BadInput, FoundryError
from pipelines.bus.messages import (
    CANCELLED,
    BriefRequest,
    CancelRequest,
    Unreadable,
    brief_message,
    cancel_message,
    parse_record,
)
from pipelines.bus.settings import BusSettings, bus_settings
from pipelines.bus.topics import BRIEFS, DEAD, TOPICS, briefs_topic, tenant_of_topic
from tests.support import briefs


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
        (b"[]", (("content-type", b"application/cloudevents+json"),), "without attributes"),
        (b"{}", (("content-type", b"application/cloudevents+json"),), "type 'None'"),
    ],
)
def test_what_is_no_order_is_named(value: bytes | None, headers: tuple[tuple[str, bytes], ...], why: str) -> None:
    with pytest.raises(Unreadable, match=why) as caught:
        parse_record(BRIEFS, value, headers, "campaign.briefs:3:17")
    assert "campaign.briefs:3:17" in str(caught.value)


@given(
    st.binary(max_size=400), st.lists(st.tuples(st.sampled_from(["ce_type", "content-type"]), st.binary(max_size=60)))
)
def test_no_record_does_worse_than_be_refused(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    with contextlib.suppress(Unreadable):  # any other exception fails the test
        assert parse_record(BRIEFS, value, headers, "here").request_id is not None


def test_every_topic_keeps_what_it_says() -> None:
    for topic in TOPICS:
        assert topic.configs()["retention.ms"] == str(topic.days * 86_400_000)
        assert topic.compacted == ("compact" in topic.configs()["cleanup.policy"])


def test_secrets_are_named_and_never_written(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "kafka.yaml"
    file.write_text("{security: SASL_SSL, user: aurelle, password_variable: AURELLE_KAFKA, ca_file: /ca.pem}")
    settings = bus_settings("broker:9093", file)
    monkeypatch.delenv("AURELLE_KAFKA", raising=False)
    with pytest.raises(BadInput, match="AURELLE_KAFKA holds no password for aurelle; set it"):
        settings.client()
    monkeypatch.setenv("AURELLE_KAFKA", "hidden-word")
    told = settings.client()
    assert (told["sasl_plain_password"], told["security_protocol"]) == ("hidden-word", "SASL_SSL")
    assert "hidden-word" not in repr(settings)


@pytest.mark.parametrize("text", ["{security: SASL_SSL}", "{user: x}", "{bootstrup: x}", "[1]", "{{", "{timeout_s: 0}"])
def test_a_wrong_configuration_is_refused(text: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "kafka.yaml"
    file.write_text(text)
    with pytest.raises(FoundryError, match="is no Kafka configuration"):
        bus_settings(None, file)
    assert bus_settings(None, None) == BusSettings()
