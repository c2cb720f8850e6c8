"""What the store knows of one slot at one target: the receipts, the attempt that is under way, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from foundry.delivery.proof import Proof
from foundry.delivery.slot import Slot


class State(StrEnum):
    """Where a slot stands at a target."""

    OPEN = "open"  # to be sent, or being sent
    WAITING = "waiting"  # under embargo; `until` says the day
    DELIVERED = "delivered"
    SET_ASIDE = "set_aside"  # refused by the target, or failed too often; `foundry deliveries retry` tries again
    CONFLICT = "conflict"  # changed at the target by somebody else; nothing is overwritten
    EXPIRED = "expired"  # withdrawn here, and expired there


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One content that a target has taken.

    asset: the id of the file here. content: SHA-256 of the delivered bytes, 64 hex digits. metadata: the digest of what
    was said of it. target_id, version, etag, checksum: the target's own words, empty where it has none; checksum as
    `kind:value`. request_id: the target's name of the request that ended the upload. path: where it was to lie by the
    target's naming. delivered_at: UTC, ISO 8601. expired_at: when we began to take it out of use there, or "".
    """

    asset: str
    content: str
    size_bytes: int
    metadata: str
    path: str
    target_id: str
    version: str
    etag: str
    checksum: str
    request_id: str
    proof: Proof
    delivered_at: str
    expired_at: str = ""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An upload that has begun and has no receipt yet.

    step: the last step of the connector's protocol that was about to be made, or was made. resume: what the connector
    needs to go on, without secrets. tries: sendings that failed at that step. path: where it is to lie. hashes: of the
    content, by their names in `hashlib`, and `crc32c`, since a target may tell any of them. earlier: those of attempts
    before this one, which were given up for newer files, and whose content the target may hold; the newest first.
    """

    asset: str
    content: str
    metadata: str
    step: str = ""
    resume: dict[str, str] = field(default_factory=dict)
    tries: int = 0
    path: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
    earlier: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """The record of one slot at one target. receipts: the newest first, at most 20. why: the sentence of the state."""

    target: str
    slot: Slot
    state: State
    receipts: tuple[Receipt, ...] = ()
    attempt: Attempt | None = None
    until: str = ""
    code: str = ""
    why: str = ""
