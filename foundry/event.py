"""Events of a campaign for machines: CloudEvents 1.0, in JSON.

The id of an event is a hash of its content and, on topics, of the order that it belongs to: an event that is sent twice
(by a resumed run, or by a second delivery) has one id, and a reader keeps the first. The same campaign ordered again
later has events with other ids. For the same reason an event holds no time; the sender adds one.
Specification: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from foundry.errors import clipped
from foundry.manifest import DeadLetter, ManifestRecord
from foundry.manifest_index import ManifestIndex
from foundry.names import campaign_folder, campaign_source, digest

ASSET_FINISHED = "campaign-foundry.asset.finished"
ASSET_FAILED = "campaign-foundry.asset.failed"
CAMPAIGN_FINISHED = "campaign-foundry.campaign.finished"
MOST_REASON = 1000
"""Characters of the reason for which a file was given up."""
TOLD_OF_ASSETS = (
    "address", "file_name", "placement", "locale", "product", "scene", "alternative", "format", "width_px",
    "height_px", "size_bytes", "crc32c", "cost_usd", "embargo", "expiry", "priority",
)  # fmt: skip
TOLD_OF_FAILURES = ("stage", "code", "key", "reason", "cost_usd")


@dataclass(frozen=True)
class Event:
    """One CloudEvent. `source` names the campaign, `subject` a thing in it, `type` what happened to the thing."""

    type: str
    source: str
    subject: str
    data: dict[str, Any]

    @property
    def id(self) -> str:
        """32 hex digits, a hash of the event's content; floats in `data` raise TypeError."""
        return digest("event", **asdict(self))

    def id_within(self, order: str) -> str:
        """Return the id of this event as one of an order: 32 hex digits, other ones for each order."""
        return digest("event", order=order, **asdict(self))

    def as_json(self) -> str:
        """Return the structured JSON form, on one line."""
        attributes = {"specversion": "1.0", "id": self.id, "datacontenttype": "application/json", **asdict(self)}
        return json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))


def asset_finished(record: ManifestRecord) -> Event:
    """Return the event that a file of a campaign can be fetched."""
    told = {name: getattr(record, name) for name in TOLD_OF_ASSETS}
    return _event(Origin(record.tenant, record.campaign, record.brief), ASSET_FINISHED, record.asset, **told)


@dataclass(frozen=True)
class Origin:
    """The campaign that an event is about: its tenant, its id, and the digest of its plan."""

    tenant: str
    campaign: str
    plan: str


def asset_failed(origin: Origin, letter: DeadLetter) -> Event:
    """Return the event that a shot or a file of a campaign was given up."""
    told = {name: getattr(letter, name) for name in TOLD_OF_FAILURES}
    return _event(origin, ASSET_FAILED, letter.key, **{**told, "reason": clipped(letter.reason, MOST_REASON)})


def campaign_finished(index: ManifestIndex, size_bytes: int, crc32c: str) -> Event:
    """Return the event that a campaign's manifest is written and nothing more will come.

    size_bytes, crc32c: of the manifest's index, whose name is the event's `manifest`.
    """
    return _event(
        Origin(index.tenant, index.campaign, index.plan),
        CAMPAIGN_FINISHED,
        campaign_folder(index.campaign),
        manifest=index.name,
        assets=index.rows,
        failed=index.failed,
        cost_usd=f"{index.cost_usd:.6f}",
        size_bytes=size_bytes,
        crc32c=crc32c,
    )


def _event(origin: Origin, kind: str, subject: str, **told: Any) -> Event:
    data = {"plan": origin.plan, **told}
    return Event(kind, campaign_source(origin.tenant, origin.campaign), subject, data)
