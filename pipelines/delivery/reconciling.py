"""The comparison of a target with the receipts of what was brought there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from connectors.target.connector import Connector
from foundry.delivery.receipt import Delivered, State
from foundry.delivery.target import Target
from pipelines.delivery.at_work import at_work
from pipelines.delivery.attempts import newest, place_of
from pipelines.delivery.differences import Difference, Kind, difference_of, is_its_asset, missing
from pipelines.delivery.known_slots import KnownSlots
from pipelines.delivery.mending import Mended, mend
from pipelines.delivery.outbox import each_delivered, write_delivered
from pipelines.delivery.setting import DeliverySetting

__all__ = ["Difference", "Kind", "Mended", "compare", "mend", "retry"]
ASKED_FOR = (State.DELIVERED, State.CONFLICT, State.EXPIRED)
"""The states whose assets are asked for one by one, where a target cannot be listed or does not list them."""


def compare(tenant: str, target: Target, setting: DeliverySetting) -> Iterator[Difference]:
    """Yield how a target differs from the receipts; nothing is changed, there or here.

    Ids, hashes and etags are compared, and no sizes: some targets tell other sizes than they were sent. TargetAway and
    TargetRefused rise if the target does not answer.
    """
    owner = setting.tenant(tenant)
    own = setting.own(owner)
    with (
        closing(setting.connect(target, setting.connector_setting(tenant))) as connector,
        own.scratch_file(".sqlite") as file,
        closing(KnownSlots(file, each_delivered(own, target.id))) as known,
    ):
        if connector.facts.lists:
            yield from _listed(target.id, connector, known)
        yield from _asked(target.id, connector, known.unseen())


def _listed(target: str, connector: Connector, known: KnownSlots) -> Iterator[Difference]:
    for found in connector.listing():
        record = known.of(found)
        if record and is_its_asset(record, found):
            known.see(record)
        if difference := difference_of(target, record, found):
            yield difference


def _asked(target: str, connector: Connector, records: Iterable[Delivered]) -> Iterator[Difference]:
    """Ask for each asset by itself: a listing may lag behind, or leave out what is out of use."""
    tells_use = connector.facts.expires or connector.facts.lists
    for record in records:
        if record.state not in ASKED_FOR or not (newest(record) or record.attempt):
            continue
        found = connector.find(place_of(record))
        if found is None and record.state is not State.EXPIRED and newest(record):
            yield missing(target, record)
        elif found is not None and is_its_asset(record, found):
            difference = difference_of(target, record, found)
            if difference and (tells_use or difference.kind is not Kind.NOT_EXPIRED):
                yield difference


def retry(tenant: str, target: Target, setting: DeliverySetting, slots: Iterable[str] = ()) -> int:
    """Open the files that were set aside, all or those of some slots; return their number.

    LeaseHeld if another process works at the target.
    """
    wanted, opened = frozenset(slots), 0
    with at_work(setting.tenant(tenant), target, setting) as work:
        for record in each_delivered(work.own, target.id):
            if record.state is State.SET_ASIDE and (not wanted or record.slot.id in wanted):
                work.ask()
                attempt = replace(record.attempt, tries=0) if record.attempt else None
                write_delivered(replace(record, state=State.OPEN, attempt=attempt, code="", why=""), work.lease)
                opened += 1
    return opened
