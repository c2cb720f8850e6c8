"""What is to be done with one file at one target, by its record, the day, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from foundry.delivery.receipt import Delivered, State
from pipelines.delivery.attempts import newest
from pipelines.delivery.holding import Hold, held
from pipelines.delivery.saying import Saying
from pipelines.delivery.selecting import Selected


class Deed(StrEnum):
    """What a run does with a file."""

    NOTHING = "nothing"
    SEND = "send"
    WRITE = "write"  # the record alone changes
    EXPIRE = "expire"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The deed, the record with its state and sentence for that, and what keeps the file from leaving."""

    deed: Deed
    record: Delivered
    hold: Hold | None = None


def decide(file: Selected, said: Saying, record: Delivered, today: date, *, expires: bool) -> Decision:
    """Return what is to be done with a file.

    expires: the target has withdrawn files taken out of use; otherwise they stay there.
    """
    hold = held(file.row, today)
    if file.withdrawn:
        hold = Hold(state=State.EXPIRED, code="withdrawn", why=f"its product has ended ({file.withdrawn})")
    if hold is None:
        return Decision(deed=Deed.NOTHING if _is_settled(said, file, record) else Deed.SEND, record=record)
    if hold.state is State.WAITING:
        return _written(record, replace(record, state=hold.state, until=hold.until, code=hold.code, why=hold.why))
    if record.state is State.EXPIRED:
        return Decision(deed=Deed.NOTHING, record=record)
    if not expires and newest(record):
        return _written(record, replace(record, code=hold.code, why=f"{hold.why}; the target keeps what has ended"))
    return Decision(deed=Deed.EXPIRE, record=record, hold=hold)


def _written(before: Delivered, after: Delivered) -> Decision:
    return Decision(deed=Deed.NOTHING if before == after else Deed.WRITE, record=after)


def _is_settled(said: Saying, file: Selected, record: Delivered) -> bool:
    """Return True if the target has the file as it is wanted, or if only people can decide how to go on."""
    receipt, attempt = newest(record), record.attempt
    if record.state is State.DELIVERED and receipt:
        wanted = (file.row.asset, said.digest, said.path)
        return wanted == (receipt.asset, receipt.metadata, receipt.path)
    if record.state is State.SET_ASIDE and attempt:
        return (file.row.asset, said.digest, said.path) == (attempt.asset, attempt.metadata, attempt.path)
    return record.state is State.CONFLICT
