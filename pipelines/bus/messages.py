"""The messages on the topics: CloudEvents 1.0 over Kafka, in binary or structured mode, and plain briefs.

Spec: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from foundry.brief.brief import Brief
from foundry.documents import DocumentLimits, load_json
from foundry.errors import BadInput, FoundryError, Problem, shorten
from foundry.event import Event
from foundry.names import campaign_source, digest, is_slug
from pipelines.bus.client import Headers, KafkaRecord
from pipelines.bus.settings import MAX_MESSAGE_BYTES
from pipelines.bus.topics import BRIEFS, tenant_of_topic
from pipelines.bus.unpacking import UNREAD

SUBMITTED, CANCELLED = "campaign-foundry.brief.submitted", "campaign-foundry.campaign.cancelled"
MOST_HEADERS, MOST_HEADER_BYTES = 100, 8_000
MOST_ID, MOST_GLANCED_BYTES = 200, 64_000
LIMITS = DocumentLimits()
"""Of the JSON in a value: those of a brief in a file."""
DECIDING = frozenset(("content-type", "ce_type", "ce_id", "ce_source", "ce_specversion"))
"""The headers that decide how a record is read; the others are kept and not looked at."""
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
    """One record to send: key, value, headers. Kafka also knows records without key or value, and null in headers."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True)
class BriefRequest:
    """A request to make a campaign. `request_id` is the sender's, or a digest of the brief; `document` is the brief.

    `tenant` is a Slug. `campaign` is one too, or empty if the brief names none that could be an id; then the brief is
    refused when it is parsed, with all that is wrong in it.
    """

    request_id: str
    tenant: str
    campaign: str
    document: dict[str, Any]


@dataclass(frozen=True)
class CancelRequest:
    """A request to stop a campaign; `tenant` and `campaign` are Slugs."""

    request_id: str
    tenant: str
    campaign: str


@dataclass(frozen=True)
class Sender:
    """The sender of a record, as far as it is known: ids that can be used as keys, labels and names of files, or "".

    `verified`: the tenant is that of the topic, to which it alone may write. Otherwise it is the record's claim.
    """

    tenant: str = ""
    verified: bool = False
    campaign: str = ""
    request_id: str = ""


def brief_message(brief: Brief, request_id: str = "", mode: Mode = "binary") -> BusMessage:
    """Return a brief as a message, with its tenant as key and the id that `own_request_id` says."""
    document = brief.model_dump(mode="json")
    event = Event(SUBMITTED, campaign_source(brief.tenant, brief.campaign.id), brief.campaign.id, document)
    return event_message(event, brief.tenant, mode, request_id or own_request_id(brief))


def check_request_id(request_id: str) -> None:
    """Raise BadInput for a request id that would be refused; empty is none, and allowed."""
    if request_id and not is_request_id(request_id):
        raise BadInput("--request", f"{shorten(request_id)} is no id; use 1 to {MOST_ID} printable characters")


def own_request_id(brief: Brief) -> str:
    """Return the id of an order without one: a digest of the brief, so that the same brief sent twice has one id."""
    return digest_of(brief.model_dump(mode="json"))


def cancel_message(tenant: str, campaign: str) -> BusMessage:
    """Return a cancellation as a message, with the key of the campaign's brief, so that it comes after that brief."""
    return event_message(Event(CANCELLED, campaign_source(tenant, campaign), campaign, {"campaign": campaign}), tenant)


def event_message(event: Event, key: str, mode: Mode = "binary", event_id: str = "") -> BusMessage:
    """Return an event as a message; `event_id` replaces the id that the event makes of its content."""
    from cloudevents.core.bindings import kafka
    from cloudevents.core.v1.event import CloudEvent

    attributes = {
        "specversion": "1.0", "id": event_id or event.id, "type": event.type, "source": event.source,
        "datacontenttype": "application/json", "partitionkey": key,
        **({"subject": event.subject} if event.subject else {}),
    }  # fmt: skip
    cloud_event = CloudEvent(attributes=attributes, data=event.data)
    record = kafka.to_binary_event(cloud_event) if mode == "binary" else kafka.to_structured_event(cloud_event)
    value = record.value if isinstance(record.value, bytes) else str(record.value or "").encode()
    return BusMessage(key.encode(), value, tuple((name, bytes(text)) for name, text in record.headers.items()))


def parse_record(topic: str, value: bytes | None, headers: Headers, where: str) -> BriefRequest | CancelRequest:
    """Return the request that a record of a briefs topic makes; Unreadable, with the reason, if it makes none.

    A record without CloudEvents headers or envelope is a brief in JSON. The tenant is the brief's. On a tenant's own
    topic it must be that tenant, because the broker checked the writer against the topic's name. `where` names the
    record in errors. Whatever the record holds, no other error is raised, and all ids that are returned are bounded.
    """
    texts = header_texts(headers)
    if UNREAD in texts:
        raise Unreadable(where, texts[UNREAD], "send the brief again")
    check_headers(headers, where)
    document = load_value(value, where)
    attributes = event_attributes(texts, document)
    kind = check_attributes(attributes, where, (SUBMITTED, CANCELLED))
    data = event_data(texts, document)
    if not isinstance(data, dict):
        raise Unreadable(where, "holds no JSON object", "send a brief; see `foundry schema brief`")
    tenant = check_tenant(topic, _claimed_tenant(data, attributes), where)
    request_id = attributes.get("id") or digest_of(data)
    if kind == CANCELLED:
        if not is_slug(data.get("campaign")):
            raise Unreadable(where, f"cancels {shorten(data.get('campaign', ''))}, which is no id", "name a campaign")
        return CancelRequest(request_id, tenant, data["campaign"])
    return BriefRequest(request_id, tenant, _campaign_of(data), data)


def sender_of_request(topic: str, request: BriefRequest | CancelRequest) -> Sender:
    """Return the sender of a request that was read from a topic."""
    own = tenant_of_topic(topic) is not None
    return Sender(request.tenant, verified=own, campaign=request.campaign, request_id=request.request_id)


def sender_of(record: KafkaRecord) -> Sender:
    """Return the sender of a record, whatever the record holds; for answers to records that could not be read.

    It costs milliseconds: of a value of more than MOST_GLANCED_BYTES, only topic and headers are looked at.
    """
    texts = header_texts(record.headers)
    document = None
    if record.value and len(record.value) <= MOST_GLANCED_BYTES:
        with suppress(Unreadable):
            document = load_value(record.value, "")
    attributes, data = event_attributes(texts, document), event_data(texts, document)
    data = data if isinstance(data, dict) else {}
    own, claimed = tenant_of_topic(record.topic), _claimed_tenant(data, attributes)
    tenant, request_id = claimed if own is None else own, attributes.get("id", "")
    campaign = data.get("campaign") if attributes.get("type") == CANCELLED else _campaign_of(data)
    campaign = campaign or id_in_source(attributes, "campaigns")
    return Sender(
        tenant=tenant if is_slug(tenant) else "",
        verified=own is not None and is_slug(own),
        campaign=campaign if isinstance(campaign, str) and is_slug(campaign) else "",
        request_id=request_id if is_request_id(request_id) else "",
    )


def header_texts(headers: Headers) -> dict[str, str]:
    """Return the first headers of a record as text, at most MOST_HEADERS; names in lower case, null as "".

    Bytes that are no UTF-8 become U+FFFD, and a value is cut after MOST_HEADER_BYTES.
    """
    return {
        name.lower(): bytes(value or b"")[:MOST_HEADER_BYTES].decode("utf-8", "replace")
        for name, value in headers[:MOST_HEADERS]
    }


def check_headers(headers: Headers, where: str) -> None:
    """Raise Unreadable for too many or too large headers, and for two of a name that decides how a record is read."""
    if len(headers) > MOST_HEADERS:
        raise Unreadable(where, f"has more than {MOST_HEADERS} headers", "send fewer")
    names = [name.lower() for name, _ in headers]
    for name, value in headers:
        if len(name) > MOST_HEADER_BYTES or len(value or b"") > MOST_HEADER_BYTES:
            raise Unreadable(where, f"has a header of more than {MOST_HEADER_BYTES} bytes", "put data into the value")
        if name.lower() in DECIDING and names.count(name.lower()) > 1:
            raise Unreadable(where, f"has the header {name!r} twice", "send it once")


def load_value(value: bytes | None, where: str, what: str = "brief") -> Any:
    """Return the JSON value of a record; Unreadable for another one. `what`: the noun of what should be sent."""
    if not value:
        raise Unreadable(where, "is not JSON: it is empty", f"send a {what} as JSON")
    if len(value) > MAX_MESSAGE_BYTES:
        raise Unreadable(where, f"has {len(value)} bytes; the limit is {MAX_MESSAGE_BYTES}", f"split the {what}")
    try:
        return load_json(value, "the value", LIMITS)
    except Problem as error:
        raise Unreadable(where, f"is not JSON that can be read ({error})", f"send a {what} as JSON") from error


def _is_structured(texts: Mapping[str, str]) -> bool:
    return texts.get("content-type", "").startswith("application/cloudevents+json")


def event_attributes(texts: Mapping[str, str], document: Any) -> dict[str, Any]:
    """Return the CloudEvent's attributes; none for a plain brief, nor for an envelope that is no JSON object."""
    if _is_structured(texts):
        return {"type": None, **document, "data": None} if isinstance(document, dict) else {"type": None}
    return {name.removeprefix("ce_"): text for name, text in texts.items() if name.startswith("ce_")}


def event_data(texts: Mapping[str, str], document: Any) -> Any:
    """Return the data of the event; the whole value outside structured mode."""
    if _is_structured(texts):
        return document.get("data") if isinstance(document, dict) else None
    return document


def check_attributes(attributes: Mapping[str, Any], where: str, kinds: Sequence[str]) -> str:
    """Return the type of a record, the first of `kinds` if it says none.

    Unreadable for attributes that are missing, unknown, or no usable text.
    """
    kind, version = attributes.get("type", kinds[0]), attributes.get("specversion", "1.0")
    if kind not in kinds or not isinstance(kind, str):
        raise Unreadable(where, f"has the type {shorten(kind)}", f"send {' or '.join(kinds)}")
    if version != "1.0":
        raise Unreadable(where, f"is a CloudEvent of version {shorten(version)}", "send CloudEvents 1.0")
    request_id = attributes.get("id", "")
    if request_id != "" and not is_request_id(request_id):
        limit = f"the id {shorten(request_id)}; an id is 1 to {MOST_ID} printable characters"
        raise Unreadable(where, f"has {limit}", "send a shorter, plain one")
    return kind


def is_request_id(value: object) -> bool:
    """Return whether a value can be the id of a request."""
    return isinstance(value, str) and 0 < len(value) <= MOST_ID and value.isprintable()


def _claimed_tenant(data: Mapping[str, Any], attributes: Mapping[str, Any]) -> Any:
    """Return the tenant that the brief names, or else the one in the source."""
    return data.get("tenant") or id_in_source(attributes, "tenants")


def id_in_source(attributes: Mapping[str, Any], kind: str) -> str:
    """Return the id behind `tenants` or `campaigns` in a source, /tenants/TENANT/campaigns/CAMPAIGN; "" if none."""
    source = attributes.get("source")
    parts = source.split("/", 5) if isinstance(source, str) else []
    return dict(zip(parts[1::2], parts[2::2], strict=False)).get(kind, "") if len(parts) == 5 else ""


def check_tenant(topic: str, tenant: Any, where: str, shared: str = BRIEFS) -> str:
    """Return the tenant that a record names; Unreadable if it is no id, or if the topic is another tenant's own."""
    own = tenant_of_topic(topic, shared)
    if own is not None and tenant != own:
        raise Unreadable(
            where, f"speaks for tenant {shorten(tenant)} on the topic of {shorten(own)}", "send it to its own topic"
        )
    if not is_slug(tenant):
        raise Unreadable(where, f"names the tenant {shorten(tenant)}, which is no id", "name the tenant that orders")
    return str(tenant)


def _campaign_of(brief: Mapping[str, Any]) -> str:
    """Return the id of a brief's campaign; "" if there is none that could be an id."""
    campaign = brief.get("campaign")
    found = campaign.get("id") if isinstance(campaign, dict) else ""
    return found if isinstance(found, str) and is_slug(found) else ""


def digest_of(document: dict[str, Any]) -> str:
    """Return the id of a request that has none: a digest of its content."""
    return digest("request", brief=json.dumps(document, sort_keys=True, ensure_ascii=False))
