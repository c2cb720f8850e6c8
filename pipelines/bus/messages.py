"""What is on the topics: CloudEvents 1.0 over Kafka, binary or structured, and plain briefs.

Spec: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from foundry.brief.brief import Brief
from foundry.errors import FoundryError
from foundry.event import Event
from foundry.names import campaign_source, digest
from pipelines.bus.topics import tenant_of_topic

SUBMITTED, CANCELLED = "campaign-foundry.brief.submitted", "campaign-foundry.campaign.cancelled"
Mode = Literal["binary", "structured"]
Headers = Sequence[tuple[str, bytes]]


class Unreadable(FoundryError):
    """A message on a briefs topic that is neither a brief nor a cancellation, or not one that its writer may send."""

    code = "unreadable_message"

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        super().__init__(where, reason, remedy)
        self.where, self.reason, self.remedy = where, reason, remedy

    def __str__(self) -> str:
        return f"message {self.where} {self.reason}; {self.remedy}"


@dataclass(frozen=True)
class BusMessage:
    """One record as it goes over the wire: key, value, headers."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class BriefRequest:
    """A brief that somebody orders; `request` is the caller's id, or one made of the brief."""

    request: str
    tenant: str
    campaign: str
    document: dict[str, Any]


@dataclass(frozen=True)
class CancelRequest:
    """A campaign that is no longer wanted."""

    request: str
    tenant: str
    campaign: str


def brief_message(brief: Brief, request: str = "", mode: Mode = "binary") -> BusMessage:
    """A brief, keyed by its tenant; without a request id one is made of its content, so a repetition has the same."""
    document = brief.model_dump(mode="json")
    name = request or digest("request", brief=json.dumps(document, sort_keys=True, ensure_ascii=False))
    event = Event(SUBMITTED, campaign_source(brief.tenant, brief.campaign.id), brief.campaign.id, document)
    return event_message(event, brief.tenant, mode, name)


def cancel_message(tenant: str, campaign: str) -> BusMessage:
    """A cancellation, on the same key as the campaign's brief, so that it comes after it."""
    return event_message(Event(CANCELLED, campaign_source(tenant, campaign), campaign, {"campaign": campaign}), tenant)


def event_message(event: Event, key: str, mode: Mode = "binary", event_id: str = "") -> BusMessage:
    """An event as a Kafka record."""
    from cloudevents.core.bindings import kafka
    from cloudevents.core.v1.event import CloudEvent

    attributes = {
        "specversion": "1.0", "id": event_id or event.id, "type": event.type, "source": event.source,
        "subject": event.subject, "datacontenttype": "application/json", "partitionkey": key,
    }  # fmt: skip
    told = CloudEvent(attributes=attributes, data=event.data)
    made = kafka.to_binary_event(told) if mode == "binary" else kafka.to_structured_event(told)
    value = made.value if isinstance(made.value, bytes) else str(made.value or "").encode()
    return BusMessage(key.encode(), value, tuple((name, bytes(text)) for name, text in made.headers.items()))


def parse_record(topic: str, value: bytes | None, headers: Headers, where: str) -> BriefRequest | CancelRequest:
    """What a record of a briefs topic asks for; Unreadable says why it asks for nothing.

    A record without CloudEvents headers or envelope is a brief in JSON. The tenant is the brief's; on a tenant's own
    topic it must be that one, since the topic's name is what the broker has checked the writer against.
    """
    kind, request, data = _unwrap(value, headers, where)
    if not isinstance(data, dict):
        raise Unreadable(where, "holds no JSON object", "send a brief; see `foundry schema brief`")
    tenant = str(data.get("tenant", "")) or _tenant_of_source(headers, value)
    own = tenant_of_topic(topic)
    if own is not None and tenant != own:
        raise Unreadable(where, f"speaks for tenant {tenant!r} on the topic of {own!r}", "send it to its own topic")
    if kind == CANCELLED:
        return CancelRequest(request, tenant, str(data.get("campaign", "")))
    campaign = data.get("campaign")
    name = str(campaign.get("id", "")) if isinstance(campaign, dict) else ""
    made = request or digest("request", brief=json.dumps(data, sort_keys=True, ensure_ascii=False))
    return BriefRequest(made, tenant, name, data)


def _unwrap(value: bytes | None, headers: Headers, where: str) -> tuple[str, str, Any]:
    """(type, id, data) of a record, whichever way it is written."""
    told = {name: bytes(text).decode("utf-8", "replace") for name, text in headers}
    try:
        document = json.loads(value or b"")
    except (ValueError, RecursionError) as error:
        raise Unreadable(where, f"is not JSON ({str(error)[:80]})", "send a brief as JSON") from error
    if told.get("content-type", "").startswith("application/cloudevents+json"):
        if not isinstance(document, dict):
            raise Unreadable(where, "is a CloudEvent without attributes", "send CloudEvents 1.0 in JSON")
        return _check_type(str(document.get("type")), where), str(document.get("id", "")), document.get("data")
    kind = _check_type(told["ce_type"], where) if "ce_type" in told else SUBMITTED
    return kind, told.get("ce_id", ""), document


def _check_type(kind: str, where: str) -> str:
    if kind not in (SUBMITTED, CANCELLED):
        raise Unreadable(where, f"has the type {kind!r}", f"send {SUBMITTED} or {CANCELLED}")
    return kind


def _tenant_of_source(headers: Headers, value: bytes | None) -> str:
    """The tenant in a CloudEvent's source: /tenants/TENANT/campaigns/CAMPAIGN."""
    source = dict(headers).get("ce_source", b"").decode("utf-8", "replace")
    if not source:
        document = json.loads(value or b"{}")
        source = str(document.get("source", "")) if isinstance(document, dict) else ""
    parts = source.split("/")
    return parts[2] if len(parts) > 4 and parts[1] == "tenants" else ""
