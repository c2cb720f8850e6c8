"""Records of deliveries as a store holds them, without a delivery."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Attempt, Delivered, Receipt, State
from foundry.delivery.slot import Slot
from foundry.store.lease import hold
from foundry.store.object_store import ObjectStore
from foundry.tenant import Tenant, load_tenant
from pipelines.delivery.outbox import lease_name, write_delivered

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


def keep(own: ObjectStore, *records: Delivered) -> None:
    """Put records into a tenant's store, as the holder of their target's lease."""
    for target in {record.target for record in records}:
        with hold(own, lease_name(target)) as lease:
            for record in records:
                if record.target == target:
                    write_delivered(record, lease)


def a_tenant(folder: Path, *targets: dict[str, Any], name: str = "Aurelle", tenant: str = "aurelle") -> Tenant:
    """Write the file of a tenant with these targets below `folder`, and return the tenant."""
    file = folder / tenant / "tenant.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    palette = {"primary": "#9A4526", "accent": "#C77B30", "ink": "#221A14", "paper": "#FFFFFF", "scene": ["#D9C7B8"]}
    delivery = {"targets": [{"kind": "folder", "folder": target["id"], **target} for target in targets]}
    document = {"id": tenant, "name": name, "brand": {"palette": palette}, "delivery": delivery}
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return load_tenant(folder, tenant)
