"""How a target can differ from the receipts of what was brought there, asset by asset."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from connectors.target.connector import Found
from foundry.delivery.receipt import Delivered, Receipt, State
from pipelines.delivery.attempts import newest
from pipelines.delivery.standing import agrees


class Kind(StrEnum):
    """How a target differs from the receipts."""

    MISSING = "missing"  # delivered, and not there any more
    FOREIGN = "foreign"  # changed by somebody else
    DOUBLED = "doubled"  # a further asset of a slot that has one
    NOT_EXPIRED = "not_expired"  # expired by us, and in use there
    UNKNOWN = "unknown"  # of a slot of ours by its own words, and no record knows it


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference. record: None for an unknown asset. found: None for a missing one. what: a sentence."""

    kind: Kind
    target: str
    path: str
    what: str
    record: Delivered | None = None
    found: Found | None = None


def is_its_asset(record: Delivered, found: Found) -> bool:
    """Return True if an asset is that of a record's newest receipt; a record in conflict without one has that found."""
    receipt = newest(record)
    if receipt is None:
        return record.state is State.CONFLICT
    return found.target_id == receipt.target_id


def difference_of(target: str, record: Delivered | None, found: Found) -> Difference | None:
    """Return how an asset that a target has differs from its record; None if it does not, or is being sent."""
    path = found.path or found.target_id
    if record is None:
        what = "bears the mark of a delivery, and no record here knows it"
        return Difference(kind=Kind.UNKNOWN, target=target, path=path, what=what, found=found)
    told = _kind(record, found)
    if told is None:
        return None
    return Difference(kind=told[0], target=target, path=path, what=told[1], record=record, found=found)


def _kind(record: Delivered, found: Found) -> tuple[Kind, str] | None:
    receipt = newest(record)
    if not is_its_asset(record, found):
        if found.expired or record.state is State.OPEN:
            return None
        return Kind.DOUBLED, "is a further asset of a slot that has one already"
    if record.state is State.CONFLICT:
        return Kind.FOREIGN, record.why or "was changed by somebody else"
    if record.state is State.EXPIRED:
        return None if found.expired else (Kind.NOT_EXPIRED, "was taken out of use, and is in use again")
    if receipt and record.state is not State.OPEN and (what := _change(receipt, found)):
        return Kind.FOREIGN, what
    return None


def _change(receipt: Receipt, found: Found) -> str:
    """Return what somebody else has done to an asset since its receipt; "" for nothing."""
    if found.expired:
        return "" if receipt.expired_at else "was taken out of use by somebody else"
    return "" if agrees(found, receipt) else "was changed by somebody else since it was delivered"


def missing(target: str, record: Delivered) -> Difference:
    """Return the difference of a delivered asset that the target does not have."""
    what = f"was delivered at {record.receipts[0].delivered_at}, and is not there"
    return Difference(kind=Kind.MISSING, target=target, path=record.receipts[0].path, what=what, record=record)
