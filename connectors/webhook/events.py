"""The events that a webhook is sent: CloudEvents 1.0 in structured JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.http.bodies import Plain
from connectors.target.outgoing import Outgoing
from foundry.delivery.receipt import Receipt
from foundry.names import campaign_source

DELIVERED = "campaign-foundry.asset.delivered"
EXPIRED = "campaign-foundry.asset.expired"
MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """One event. id: the same at each try. subject: the id of the file's slot."""

    id: str
    type: str
    source: str
    subject: str
    data: dict[str, Any]

    def body(self, now: float) -> Plain:
        """Return the body of a request. now: seconds since 1970."""
        attributes = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": _written(now),
            "datacontenttype": "application/json",
            "data": self.data,
        }
        text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
        return Plain(text.encode("utf-8", "replace"), MEDIA_TYPE)


@dataclass(frozen=True)
class Link:
    """An address under which a file can be fetched, and the moment at which it ends, in seconds since 1970."""

    address: str
    until: float


def delivered(file: Outgoing, event_id: str, link: Link, *, replaces: bool) -> WebhookEvent:
    """Return the event that a file can be fetched.

    replaces: the slot had another file before, of which this one is the new version.
    """
    data = {
        "slot": file.slot.id,
        "asset": file.asset,
        "path": file.path,
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.content.size_bytes,
        "sha256": file.content.sha256,
        "replaces": replaces,
        "link": link.address,
        "link_expires": _written(link.until),
        "place": {name: value for name, value in asdict(file.slot).items() if name != "tenant"},
        "metadata": asdict(file.metadata),
        "fields": file.fields,
    }
    source = campaign_source(file.slot.tenant, file.metadata.campaign)
    return WebhookEvent(id=event_id, type=DELIVERED, source=source, subject=file.slot.id, data=data)


def expired(tenant: str, slot: str, receipt: Receipt, event_id: str) -> WebhookEvent:
    """Return the event that a file must not be used any more."""
    data = {"slot": slot, "asset": receipt.asset, "path": receipt.path, "sha256": receipt.content}
    return WebhookEvent(id=event_id, type=EXPIRED, source=campaign_source(tenant, ""), subject=slot, data=data)


def _written(seconds: float) -> str:
    """Return a moment as RFC 3339 has it, in UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
