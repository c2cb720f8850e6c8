"""Events of a catalog for machines: files that are withdrawn or restored, and runs that ended.

They are CloudEvents as those of campaigns (`foundry.event`): the id is a hash of the content, which holds no clock, so
a resumed run tells the same events again under the same ids. The moment for which a run was due names it, and is part
of its events: a product that is withdrawn, restored and withdrawn again is told three times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foundry.catalog.products import CatalogFile, ProductRecord
from foundry.catalog.runs import RunRecord
from foundry.errors import clipped
from foundry.event import MOST_REASON, Event

ASSET_WITHDRAWN = "campaign-foundry.asset.withdrawn"
ASSET_RESTORED = "campaign-foundry.asset.restored"
CATALOG_REFRESHED = "campaign-foundry.catalog.refreshed"
CATALOG_STOPPED = "campaign-foundry.catalog.stopped"
REPLACED = "replaced"
MOST_ITEMS = 1_000
"""The items of a product that an event names; `item_count` tells of all."""


@dataclass(frozen=True)
class CatalogOrigin:
    """The catalog that an event is about. keep_days: for how long a withdrawal can be undone."""

    tenant: str
    catalog: str
    keep_days: int = 30

    @property
    def source(self) -> str:
        """The `source` attribute of the catalog's events (CloudEvents 1.0)."""
        return f"/tenants/{self.tenant}/catalogs/{self.catalog}"


def withdrawal_events(origin: CatalogOrigin, record: ProductRecord) -> Iterator[Event]:
    """Yield the tombstone of each file of a product that was withdrawn; the record is the one that says so."""
    undo_until = _undo_until(record.withdrawn_at, origin.keep_days)
    for file in record.files:
        yield _asset(origin, ASSET_WITHDRAWN, record, file, reason=record.reason, undo_until=undo_until, replaced_by="")


def replacement_events(origin: CatalogOrigin, record: ProductRecord) -> Iterator[Event]:
    """Yield the tombstone of each file that a change of a live product replaced by another one.

    `replaced_by` is the variant for the same placement, locale, scene and alternative; "" where there is none.
    """
    kept = {file.variant for file in record.files}
    place_of = {_place(file): file.variant for file in record.files}
    for file in record.before:
        if file.variant not in kept:
            follower = place_of.get(_place(file), "")
            told = {"reason": REPLACED, "undo_until": "", "replaced_by": follower}
            yield _asset(origin, ASSET_WITHDRAWN, record, file, **told)


def restoration_events(origin: CatalogOrigin, record: ProductRecord) -> Iterator[Event]:
    """Yield the event of each file of a product that is live again after it had been withdrawn."""
    for file in record.files:
        yield _asset(origin, ASSET_RESTORED, record, file, reason=record.reason)


def run_event(record: RunRecord) -> Event:
    """Return the event that a run ended: refreshed if it came to its end, stopped if a gate or a fault ended it."""
    refreshed = record.state in ("finished", "unchanged")
    told = {
        "run": record.run,
        "state": str(record.state),
        "scheduled": record.scheduled,
        "rows": record.tally.rows,
        "usable": record.tally.usable,
        "set_aside": record.tally.set_aside,
        "changes": {str(kind): count for kind, count in record.changes.items()},
        "withdrawn": record.withdrawn,
        "restored": record.restored,
        "files_made": record.work.files_made,
        "files_kept": record.work.files_kept,
        "files_failed": record.work.files_failed,
        "waiting": record.work.waiting,
        "cost_usd": record.work.cost_usd,
        "campaigns": list(record.campaigns),
        "gates": [f"{each.gate}: {each.what}" for each in record.gates if each.stops],
        "reason": clipped(record.reason, MOST_REASON),
        "objects": dict(record.objects),
    }
    kind = CATALOG_REFRESHED if refreshed else CATALOG_STOPPED
    return Event(kind, CatalogOrigin(record.tenant, record.catalog).source, f"catalogs/{record.catalog}", told)


def _asset(origin: CatalogOrigin, kind: str, record: ProductRecord, file: CatalogFile, **told: Any) -> Event:
    items = record.product.items
    data = {
        "run": record.run,
        "campaign": record.campaign,
        "product": record.product.id,
        "items": list(items[:MOST_ITEMS]),
        "item_count": len(items),
        "address": file.address,
        "file_name": file.file_name,
        "placement": file.placement,
        "locale": file.locale,
        "scene": file.scene,
        "alternative": file.alternative,
        "format": file.format,
        **told,
    }
    return Event(kind, origin.source, file.variant, data)


def _place(file: CatalogFile) -> tuple[str, str, str, int]:
    return file.placement, file.locale, file.scene, file.alternative


def _undo_until(withdrawn_at: str, keep_days: int) -> str:
    """Return the last day, UTC, on which a withdrawal can be undone, from the moment that its record holds."""
    return (datetime.fromisoformat(withdrawn_at) + timedelta(days=keep_days)).date().isoformat() if withdrawn_at else ""
