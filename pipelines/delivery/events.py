"""Events of deliveries for machines: files that a target has taken, has refused, or no longer shows.

They are CloudEvents as those of campaigns (`foundry.event`): the id is a hash of the content, which holds no clock of
its own, so what is told again after a crash has the same id, and a reader keeps the first.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from foundry.delivery.receipt import Delivered, State
from foundry.delivery.slot import Slot
from foundry.errors import clipped
from foundry.event import MOST_REASON, Event

ASSET_DELIVERED = "campaign-foundry.asset.delivered"
DELIVERY_FAILED = "campaign-foundry.asset.delivery_failed"
ASSET_EXPIRED = "campaign-foundry.asset.expired"
KIND_OF = {
    State.DELIVERED: ASSET_DELIVERED,
    State.SET_ASIDE: DELIVERY_FAILED,
    State.CONFLICT: DELIVERY_FAILED,
    State.EXPIRED: ASSET_EXPIRED,
}
TOLD_OF_RECEIPTS = (
    "asset", "content", "size_bytes", "path", "target_id", "version", "etag", "checksum", "request_id", "proof",
    "delivered_at", "expired_at",
)  # fmt: skip


def delivery_event(record: Delivered, reason: str = "") -> Event | None:
    """Return what a record's state says to the world; None for a file that is open or waits.

    reason: the sentence of the state, as the tenant may read it. The facts of the newest receipt are told where there
    is one: of a failed file, those of the version that the target still has.
    """
    kind = KIND_OF.get(record.state)
    if kind is None:
        return None
    receipt = asdict(record.receipts[0]) if record.receipts else {}
    slot = record.slot
    data: dict[str, Any] = {"target": record.target, "slot": slot.id, "scope": slot.scope, **_place(slot)}
    data["receipt"] = {name: _plain(receipt[name]) for name in TOLD_OF_RECEIPTS} if receipt else None
    if kind == DELIVERY_FAILED:
        tried = record.attempt.asset if record.attempt else ""
        told = {"state": str(record.state), "asset": tried, "code": record.code, "reason": clipped(reason, MOST_REASON)}
        data |= told
    return Event(kind, scope_source(slot.tenant, slot.scope), subject_of(record), data)


def scope_source(tenant: str, scope: str) -> str:
    """Return the `source` attribute of a scope's events (CloudEvents 1.0)."""
    kind, _, name = scope.partition(":")
    return f"/tenants/{tenant}/{'catalogs' if kind == 'catalog' else 'campaigns'}/{name}"


def scope_key(tenant: str, scope: str) -> str:
    """Return the key of all messages about a scope, so that they keep their order."""
    return f"{tenant}/{scope.partition(':')[2]}"


def subject_of(record: Delivered) -> str:
    """Return the `subject` attribute of a record's events: its place at its target."""
    return f"{record.target}/{record.slot.id}"


def _place(slot: Slot) -> dict[str, Any]:
    names = ("product", "scene", "locale", "placement", "audience", "alternative", "part")
    return {name: _plain(getattr(slot, name)) for name in names}


def _plain(value: object) -> str | int:
    return value if type(value) is int else str(value)
