"""Records of deliveries as a store holds them, without a delivery."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Attempt, Delivered, Receipt, State
from foundry.delivery.slot import Slot

ASSET = "0f" * 16


def a_slot(**fields: Any) -> Slot:
    """Return the slot of a file of the campaign `spring` of aurelle."""
    slot = Slot(
        tenant="aurelle", scope="campaign:spring", product="serum", scene="dawn", locale="de-DE",
        placement="meta/feed-square",
    )  # fmt: skip
    return replace(slot, **fields)


def a_receipt(**fields: Any) -> Receipt:
    """Return the receipt of a file of 1,000 bytes, proved by its hash."""
    content = hashlib.sha256(b"serum").hexdigest()
    receipt = Receipt(
        asset=ASSET, content=content, size_bytes=1_000, metadata="1" * 32, path="spring/meta/serum.jpg",
        target_id="dam-17", version="1", etag='"a1"', checksum=f"sha256:{content}", request_id="r-1", proof=Proof.HASH,
        delivered_at="2026-11-30T10:00:00+00:00",
    )  # fmt: skip
    return replace(receipt, **fields)


def an_attempt(**fields: Any) -> Attempt:
    """Return an attempt that has failed once."""
    attempt = Attempt(asset=ASSET, content=hashlib.sha256(b"serum").hexdigest(), metadata="1" * 32, tries=1)
    return replace(attempt, **fields)


def a_delivered(state: State = State.DELIVERED, **fields: Any) -> Delivered:
    """Return the record of a slot at the target `dam`, with one receipt unless `fields` says otherwise."""
    told: dict[str, Any] = {"target": "dam", "slot": a_slot(), "receipts": (a_receipt(),), **fields}
    return Delivered(state=state, **told)
