"""Assets that have ended: their product was withdrawn, their last day is over, or the campaign has them no more."""

from __future__ import annotations

from dataclasses import replace

from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from foundry.delivery.receipt import Delivered, State
from foundry.errors import FoundryError, clipped
from pipelines.delivery.attempts import newest, place_of, receipt_of
from pipelines.delivery.outbox import write_delivered
from pipelines.delivery.sending import MOST_WHY, Delivering


def expire(work: Delivering, record: Delivered, code: str, why: str) -> Delivered:
    """Take the asset of a slot out of use at its target; return the record as it is stored then.

    What somebody else changed there is taken out of use as well: nobody may show it any more. A slot without a receipt
    has nothing there.
    """
    if newest(record) is None and record.attempt is None:
        return _ended(work, record, code, f"{why}; it was never sent")
    while work.patience.wait(work.ask):
        began = work.patience.round
        try:
            return _expired(work, record, code, why)
        except TargetAway as error:
            work.patience.fail(error, began)
        except TargetRefused as error:
            work.patience.refuse(error)
        except (FileRefused, ForeignChange) as error:
            return _set_aside(work, record, error)
    return record


def _expired(work: Delivering, record: Delivered, code: str, why: str) -> Delivered:
    """Expire what the target has of a slot: by its receipt, or by its slot where an attempt may have brought it."""
    found = work.connector.find(place_of(record))
    if found is None:
        return _ended(work, record, code, f"{why}; it is not there")
    receipt = newest(record) or receipt_of(record, found, work.moment())
    marked = replace(receipt, expired_at=receipt.expired_at or work.moment())
    earlier = record.receipts[1:]
    record = replace(record, receipts=(marked, *earlier))
    write_delivered(record, work.lease)
    after = found if found.expired else work.connector.expire(found, marked)
    work.patience.succeed()
    told = replace(marked, etag=after.etag, version=after.version)
    return _ended(work, replace(record, receipts=(told, *earlier)), code, why)


def _ended(work: Delivering, record: Delivered, code: str, why: str) -> Delivered:
    ended = replace(record, state=State.EXPIRED, attempt=None, until="", code=code, why=clipped(why, MOST_WHY))
    write_delivered(ended, work.lease)
    return ended


def _set_aside(work: Delivering, record: Delivered, error: FoundryError) -> Delivered:
    aside = replace(record, state=State.SET_ASIDE, code=error.code, why=clipped(str(error), MOST_WHY))
    write_delivered(aside, work.lease)
    return aside
