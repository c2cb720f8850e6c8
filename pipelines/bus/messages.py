"""The messages on the topics: CloudEvents 1.0 over Kafka, in binary or structured mode, and plain briefs.

Spec: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from foundry.brief.brief import Brief
from foundry.errors import FoundryError
from foundry.event import Event
from foundry.names import campaign_source, digest
from pipelines.bus.client import Headers
from pipelines.bus.topics import tenant_of_topic

SUBMITTED, CANCELLED = "campaign-foundry.brief.submitted", "campaign-foundry.campaign.cancelled"
Mode = Literal["binary", "structured"]


class Unreadable(FoundryError):
    """A message on a briefs topic that is no brief and no cancellation, or that its sender may not send."""

    code = "unreadable_message"

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        super().__init__(where, reason, remedy)
        self.where, self.reason, self.remedy = where, reason, remedy

    def __str__(self) -> str:
        return f"message {self.where} {self.reason}; {self.remedy}"


@dataclass(frozen=True)
class BusMessage:
    """One record to send: key, value, headers."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class BriefRequest:
    """A request to make a campaign. `request_id` is the sender's, or a digest of the brief; `document` is the brief."""

    request_id: str
    tenant: str
    campaign: str
    document: dict[str, Any]


@dataclass(frozen=True)
class CancelRequest:
    """A request to stop a campaign."""

    request_id: str
    tenant: str
    campaign: str


class _Envelope(NamedTuple):
    """Type, id and data of a CloudEvent; a plain brief has the type SUBMITTED and no id."""

    type: str
    id: str
    data: Any


def brief_message(brief: Brief, request_id: str = "", mode: Mode = "binary") -> BusMessage:
    """Return a brief as a message, with its tenant as key.

    Without a `request_id`, the id is a digest of the brief, so that the same brief sent twice has the same id.
    """
    document = brief.model_dump(mode="json")
    event = Event(SUBMITTED, campaign_source(brief.tenant, brief.campaign.id), brief.campaign.id, document)
    return event_message(event, brief.tenant, mode, request_id or _digest_of(document))


def cancel_message(tenant: str, campaign: str) -> BusMessage:
    """Return a cancellation as a message, with the key of the campaign's brief, so that it comes after that brief."""
    return event_message(Event(CANCELLED, campaign_source(tenant, campaign), campaign, {"campaign": campaign}), tenant)


def event_message(event: Event, key: str, mode: Mode = "binary", event_id: str = "") -> BusMessage:
    """Return an event as a message; `event_id` replaces the id that the event makes of its content."""
    from cloudevents.core.bindings import kafka
    from cloudevents.core.v1.event import CloudEvent

    attributes = {
        "specversion": "1.0", "id": event_id or event.id, "type": event.type, "source": event.source,
        "subject": event.subject, "datacontenttype": "application/json", "partitionkey": key,
    }  # fmt: skip
    cloud_event = CloudEvent(attributes=attributes, data=event.data)
    record = kafka.to_binary_event(cloud_event) if mode == "binary" else kafka.to_structured_event(cloud_event)
    value = record.value if isinstance(record.value, bytes) else str(record.value or "").encode()
    return BusMessage(key.encode(), value, tuple((name, bytes(text)) for name, text in record.headers.items()))


def parse_record(topic: str, value: bytes | None, headers: Headers, where: str) -> BriefRequest | CancelRequest:
    """Return the request that a record of a briefs topic makes; Unreadable, with the reason, if it makes none.

    A record without CloudEvents headers or envelope is a brief in JSON. The tenant is the brief's. On a tenant's own
    topic it must be that tenant, because the broker checked the writer against the topic's name. `where` names the
    record in errors.
    """
    envelope = _unwrap(value, headers, where)
    data = envelope.data
    if not isinstance(data, dict):
        raise Unreadable(where, "holds no JSON object", "send a brief; see `foundry schema brief`")
    tenant = str(data.get("tenant", "")) or _tenant_of_source(headers, value)
    own = tenant_of_topic(topic)
    if own is not None and tenant != own:
        raise Unreadable(where, f"speaks for tenant {tenant!r} on the topic of {own!r}", "send it to its own topic")
    if envelope.type == CANCELLED:
        return CancelRequest(envelope.id, tenant, str(data.get("campaign", "")))
    campaign = data.get("campaign")
    campaign_id = str(campaign.get("id", "")) if isinstance(campaign, dict) else ""
    return BriefRequest(envelope.id or _digest_of(data), tenant, campaign_id, data)


def _digest_of(document: dict[str, Any]) -> str:
    return digest("request", brief=json.dumps(document, sort_keys=True, ensure_ascii=False))


def _unwrap(value: bytes | None, headers: Headers, where: str) -> _Envelope:
    texts = {name: bytes(text).decode("utf-8", "replace") for name, text in headers}
    try:
        document = json.loads(value or b"")
    except (ValueError, RecursionError) as error:
        raise Unreadable(where, f"is not JSON ({str(error)[:80]})", "send a brief as JSON") from error
    if texts.get("content-type", "").startswith("application/cloudevents+json"):
        if not isinstance(document, dict):
            raise Unreadable(where, "is a CloudEvent without attributes", "send CloudEvents 1.0 in JSON")
        kind = _check_type(str(document.get("type")), where)
        return _Envelope(kind, str(document.get("id", "")), document.get("data"))
    kind = _check_type(texts["ce_type"], where) if "ce_type" in texts else SUBMITTED
    return _Envelope(kind, texts.get("ce_id", ""), document)


def _check_type(kind: str, where: str) -> str:
    if kind not in (SUBMITTED, CANCELLED):
        raise Unreadable(where, f"has the type {kind!r}", f"send {SUBMITTED} or {CANCELLED}")
    return kind


def _tenant_of_source(headers: Headers, value: bytes | None) -> str:
    """Return the tenant in a CloudEvent's source, /tenants/TENANT/campaigns/CAMPAIGN; "" if there is none."""
    source = dict(headers).get("ce_source", b"").decode("utf-8", "replace")
    if not source:
        document = json.loads(value or b"{}")
        source = str(document.get("source", "")) if isinstance(document, dict) else ""
    parts = source.split("/")
    return parts[2] if len(parts) > 4 and parts[1] == "tenants" else ""
