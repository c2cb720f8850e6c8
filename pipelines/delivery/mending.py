"""The mending of what differs at a target: each difference is looked at again before anything is done about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from connectors.target.connector import Found
from connectors.target.errors import FileRefused, ForeignChange
from foundry.delivery.receipt import Delivered, Receipt, State
from foundry.delivery.target import Target
from pipelines.delivery.at_work import at_work
from pipelines.delivery.attempts import newest, place_of, receipt_of
from pipelines.delivery.differences import Difference, Kind, difference_of
from pipelines.delivery.outbox import read_delivered, write_delivered
from pipelines.delivery.sending import MOST_RECEIPTS, Delivering
from pipelines.delivery.setting import DeliverySetting

Take = Literal["", "theirs", "ours"]


@dataclass(frozen=True, kw_only=True)
class Mended:
    """What became of a difference: mended, or left, and a sentence about it."""

    difference: Difference
    done: bool
    what: str


def mend(
    tenant: str, target: Target, setting: DeliverySetting, differences: Iterable[Difference], take: Take = ""
) -> Iterator[Mended]:
    """Mend differences, and yield what became of each.

    Missing files are opened, so that the next delivery sends them; files that are not expired and doubled ones are
    expired; unknown ones are left. Foreign changes are left unless `take` says whose content stands: theirs is kept,
    and the receipt says so; ours is opened, and the next delivery sends it as a new version. LeaseHeld if another
    process works at the target; TargetAway and TargetRefused if it does not answer.
    """
    with at_work(setting.tenant(tenant), target, setting) as work:
        for difference in differences:
            work.ask()
            try:
                yield _mend(work, difference, take)
            except (FileRefused, ForeignChange) as error:
                yield Mended(difference=difference, done=False, what=str(error))


def _mend(work: Delivering, difference: Difference, take: Take) -> Mended:
    """Mend one difference, if it is still there."""
    known = difference.record
    record = read_delivered(work.own, work.target.id, known.slot) if known else None
    if record is None or record != known:
        what = (
            "a delivery has changed it meanwhile; reconcile again" if known else "no record here knows it; it is left"
        )
        return Mended(difference=difference, done=False, what=what)
    if difference.kind is Kind.DOUBLED:
        return _expire_doubled(work, difference, record)
    found = work.connector.find(place_of(record))
    if difference.kind is Kind.MISSING:
        return _open_missing(work, difference, record, found)
    if found is None or difference_of(work.target.id, record, found) is None:
        return Mended(difference=difference, done=False, what="it does not differ so any more; reconcile again")
    if difference.kind is Kind.NOT_EXPIRED:
        return _expire_again(work, difference, record, found)
    return _take(work, difference, record, found, take)


def _open_missing(work: Delivering, difference: Difference, record: Delivered, found: Found | None) -> Mended:
    if found is not None:
        return Mended(difference=difference, done=False, what="it is there now")
    opened = replace(record, state=State.OPEN, attempt=None, code="missing", why="it was not there any more")
    write_delivered(opened, work.lease)
    return Mended(difference=difference, done=True, what="the next delivery sends it")


def _expire_doubled(work: Delivering, difference: Difference, record: Delivered) -> Mended:
    """Expire the further asset of a slot, after a look at it."""
    doubled, receipt = difference.found, newest(record)
    assert doubled is not None
    if receipt is None or receipt.target_id == doubled.target_id:
        return Mended(difference=difference, done=False, what="it is the only asset of its slot; reconcile again")
    work.connector.expire(doubled, _receipt_at(receipt, doubled))
    return Mended(difference=difference, done=True, what="it was taken out of use")


def _receipt_at(receipt: Receipt, found: Found) -> Receipt:
    """Return a receipt as if it were of another asset of the same slot."""
    return replace(
        receipt,
        path=found.path or receipt.path,
        target_id=found.target_id,
        etag=found.etag,
        version=found.version,
        checksum="",
    )


def _expire_again(work: Delivering, difference: Difference, record: Delivered, found: Found) -> Mended:
    receipt = newest(record)
    assert receipt is not None
    after = work.connector.expire(found, receipt)
    told = replace(receipt, etag=after.etag, version=after.version)
    write_delivered(replace(record, receipts=(told, *record.receipts[1:])), work.lease)
    return Mended(difference=difference, done=True, what="it was taken out of use again")


def _take(work: Delivering, difference: Difference, record: Delivered, found: Found, take: Take) -> Mended:
    """Settle a foreign change: keep theirs, or have ours sent again over what is there now."""
    if not take:
        return Mended(difference=difference, done=False, what="it is left as it is; take theirs or ours")
    receipt = receipt_of(record, found, work.moment())
    kept = (receipt, *record.receipts)[:MOST_RECEIPTS]
    if take == "theirs":
        settled = replace(record, state=State.DELIVERED, code="theirs", why="theirs was kept", attempt=None)
        write_delivered(replace(settled, receipts=kept), work.lease)
        return Mended(difference=difference, done=True, what="theirs was kept")
    opened = replace(record, state=State.OPEN, code="ours", why="ours was chosen", attempt=None, receipts=kept)
    write_delivered(opened, work.lease)
    return Mended(difference=difference, done=True, what="the next delivery sends ours as a new version")
