"""Quotas of orders: held before their first part is made, settled after each part, released at their end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from foundry.errors import FoundryError, Refusals
from foundry.letter_figures import LetterFigures
from foundry.plan.estimate import Made, Needs, count_needs, made_between
from foundry.plan.plan import Plan
from foundry.store.object_store import ObjectStore
from pipelines.dispatcher.order import Order
from pipelines.planning.quota_ledger import QuotaLedger, Settled, Wanted, needed, spent

log = logging.getLogger("foundry.serve")


@dataclass(frozen=True)
class PartToMake:
    """The next part of an order, the whole plan or a slice of it, and what the store lacks of it."""

    order: Order
    plan: Plan
    lacking: Needs


def hold_quotas(parts: Sequence[PartToMake], ledger: QuotaLedger) -> dict[str, FoundryError]:
    """Hold the quotas of orders whose first part is next; return the refusals by plan digest.

    An order that is made in one part holds what its store lacks, one of many parts what its whole plan needs.
    """
    new = [part for part in parts if not part.order.held]
    whole = [Wanted(part.plan, needed(part.lacking)) for part in new if part.order.whole]
    refused: dict[str, FoundryError] = dict(ledger.hold_each(whole))
    for part in new:
        if not part.order.whole:
            try:
                ledger.hold_plan(part.order.plan)
            except Refusals as error:
                refused[part.plan.digest] = error
        part.order.held = part.plan.digest not in refused
    return refused


def made_of(part: PartToMake, letters: LetterFigures, store: ObjectStore) -> Made:
    """Return what was made of a part; the store is asked again only if something was refused or left out."""
    whole = not letters.total and not part.order.stopped
    after = Needs() if whole else count_needs(part.plan, store.for_tenant(part.order.tenant))
    return made_between(part.lacking, after, letters.cost_usd)


def settled(part: PartToMake, made: Made, *, ours: bool) -> Settled:
    """Return the entry of a part that was made; the last one, or one that was stopped, ends the order's hold.

    The hold of an order that is another dispatcher's now (`ours` is False) is left to that one.
    """
    ends = ours and (part.order.on_last_part or bool(part.order.stopped))
    return Settled(part.plan, needed(part.lacking), spent(made), last=ends)


def abandon(order: Order, ledger: QuotaLedger) -> None:
    """Release the hold of an order that cannot be made or that ended while it waited.

    If the store does not answer, the hold ends with its lease.
    """
    if not order.held:
        return
    order.held = False
    try:
        ledger.abandon(order.plan)
    except (OSError, FoundryError) as error:
        log.warning("the quota of %s is held until its lease ends: %s", order.key, error)
