"""The attempt at one file as the store remembers it, so that a process that is killed loses nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from connectors.target.connector import Found, Place
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Attempt, Delivered, Receipt, State
from foundry.store.lease import Lease
from pipelines.delivery.outbox import write_delivered

BEGUN = "begun"
"""The step of an attempt whose connector has saved none yet."""
MOST_EARLIER = 5


@dataclass(kw_only=True)
class Progress:
    """The memory of one sending: every step is in the record before it is made. `ask` rises where it must not go on."""

    record: Delivered
    lease: Lease
    ask: Callable[[], None]

    @property
    def attempt(self) -> Attempt:
        """The attempt that is under way."""
        assert self.record.attempt is not None
        return self.record.attempt

    @property
    def step(self) -> str:
        """The connector's step that was saved last; "" for a sending that begins."""
        return "" if self.attempt.step == BEGUN else self.attempt.step

    @property
    def resume(self) -> Mapping[str, str]:
        """What was saved with it."""
        return self.attempt.resume

    def save(self, step: str, **resume: str) -> None:
        """Keep a step."""
        self.write(replace(self.record, attempt=replace(self.attempt, step=step, resume=resume)))

    def check(self) -> None:
        """Return if the sending may go on; Stopped or LeaseLost otherwise."""
        self.ask()

    def write(self, record: Delivered) -> None:
        """Keep a record."""
        write_delivered(record, self.lease)
        self.record = record


def newest(record: Delivered) -> Receipt | None:
    """Return the newest receipt of a slot; None if it has none."""
    return record.receipts[0] if record.receipts else None


def begin(record: Delivered, attempt: Attempt) -> Delivered:
    """Return a record whose attempt has begun; one at the same content and words goes on where it was."""
    before = record.attempt
    if before and (before.content, before.metadata, before.asset) == (attempt.content, attempt.metadata, attempt.asset):
        attempt = before
    elif before:
        attempt = replace(attempt, earlier=(before.hashes, *before.earlier)[:MOST_EARLIER])
    return replace(record, state=State.OPEN, attempt=attempt, until="", code="", why="")


def at_path(record: Delivered, path: str) -> Delivered:
    """Return a record whose attempt, if it has one, says where the file is to lie."""
    attempt = record.attempt
    return replace(record, attempt=replace(attempt, path=path)) if attempt and not attempt.path else record


def place_of(record: Delivered) -> Place:
    """Return how the asset of a slot is looked for: by its newest receipt, or by the path of its attempt."""
    receipt, attempt = newest(record), record.attempt
    if receipt:
        return Place(slot=record.slot.id, path=receipt.path, target_id=receipt.target_id)
    return Place(slot=record.slot.id, path=attempt.path if attempt else "")


def receipt_of(record: Delivered, found: Found, moment: str) -> Receipt:
    """Return a receipt of what a target has at a slot, as far as it tells: for an asset that has none, or no true one.

    It counts as what the slot wants to have, by the attempt under way or by the receipt before.
    """
    wanted = record.attempt or newest(record)
    assert wanted is not None
    kind, value = next(iter(sorted(found.checksums.items())), ("", ""))
    return Receipt(
        asset=wanted.asset,
        content=found.checksums.get("sha256", found.content or wanted.content),
        size_bytes=found.size_bytes or 0,
        metadata=wanted.metadata,
        path=wanted.path,
        target_id=found.target_id,
        version=found.version,
        etag=found.etag,
        checksum=f"{kind}:{value}" if kind else "",
        request_id="",
        proof=Proof.ACCEPTED,
        delivered_at=moment,
        expired_at=moment if found.expired else "",
    )
