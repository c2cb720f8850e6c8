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
from foundry.names import campaign_folder, campaign_source, digest
from foundry.plan.plan import Plan

ASSET_FINISHED = "campaign-foundry.asset.finished"
ASSET_FAILED = "campaign-foundry.asset.failed"
CAMPAIGN_FINISHED = "campaign-foundry.campaign.finished"
MOST_REASON = 1000
"""Characters of the reason for which a file was given up."""
TOLD_OF_ASSETS = (
    "address", "file_name", "placement", "locale", "product", "scene", "alternative", "format", "width_px",
    "height_px", "size_bytes", "crc32c", "cost_usd", "embargo", "expiry", "priority",
)  # fmt: skip


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


def asset_finished(plan: Plan, record: ManifestRecord) -> Event:
    """Return the event that a file of the campaign can be fetched."""
    told = {name: getattr(record, name) for name in TOLD_OF_ASSETS}
    return _event(plan, ASSET_FINISHED, record.asset, **told)


def asset_failed(plan: Plan, letter: DeadLetter) -> Event:
    """Return the event that a shot or a file of the campaign was given up."""
    told = {name: value for name, value in asdict(letter).items() if name != "brief"}
    told["reason"] = clipped(letter.reason, MOST_REASON)
    return _event(plan, ASSET_FAILED, letter.key, **told)


@dataclass(frozen=True, kw_only=True)
class FinishedFiles:
    """The figures of a campaign whose manifest is written.

    cost_usd: of all its files, at the cards' prices, whether they were made now or before. size_bytes, crc32c: of
    manifest.parquet.
    """

    assets: int
    failed: int
    cost_usd: str
    size_bytes: int
    crc32c: str


def campaign_finished(plan: Plan, figures: FinishedFiles) -> Event:
    """Return the event that the campaign's manifest is written and nothing more will come."""
    folder = campaign_folder(plan.brief.campaign.id)
    return _event(plan, CAMPAIGN_FINISHED, folder, manifest=f"{folder}/manifest.parquet", **asdict(figures))


def _event(plan: Plan, kind: str, subject: str, **told: Any) -> Event:
    data = {"plan": plan.digest, **told}
    return Event(kind, campaign_source(plan.tenant.id, plan.brief.campaign.id), subject, data)
