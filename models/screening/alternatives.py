"""Near-duplicates among the alternatives of a shot, found the same way however the orders are cut into batches.

An alternative is compared with the accepted ones that have a smaller number: those of its batch, those that this
process accepted before, and those whose master exists. Its verdict waits until they are settled, so it never depends
on which of them happen to be drawn together. For that, one worker must get a group's alternatives in ascending order,
which is the order of a plan's shots.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from decimal import Decimal

from foundry.manifest import CheckRecord
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from models.screening.context import ScreenContext
from models.screening.fingerprint import BITS, distance, fingerprint

GROUPS_KEPT = 4096

Group = tuple[str, str, int, int, str, bool]


def group_of(order: ShotOrder) -> Group:
    """What alternatives of one shot share; the tenant is part of it."""
    return (order.plan, order.tenant, order.subject, order.scene, order.bucket, order.mirrored)


class Accepted:
    """Fingerprints of accepted drawings, by group and alternative: this process's own, then the store's.

    Bounded, and safe among threads. What falls out of memory is read back from the masters' records.
    """

    def __init__(self, context: ScreenContext):
        self._context, self._lock = context, threading.Lock()
        self._known: OrderedDict[Group, dict[int, str]] = OrderedDict()

    def add(self, order: ShotOrder, mark: str) -> None:
        """Remember a drawing that passed."""
        with self._lock:
            self._known.setdefault(group_of(order), {})[order.alternative] = mark
            self._known.move_to_end(group_of(order))
            while len(self._known) > GROUPS_KEPT:
                self._known.popitem(last=False)

    def before(self, order: ShotOrder) -> dict[int, str]:
        """Alternative → fingerprint of the accepted ones with a smaller number."""
        with self._lock:
            known = dict(self._known.get(group_of(order), {}))
        found = {}
        for other in range(order.alternative):
            mark = known.get(other) or self._context.stored_fingerprint(order, other)
            if mark:
                found[other] = mark
        return found


def judge(luma: Pixels, earlier: dict[int, str], limit: Decimal) -> CheckRecord:
    """The nearest earlier alternative, as it is or mirrored, must differ in at least `limit` of 256 bits."""
    if not earlier:
        return CheckRecord("duplicate", True, "no earlier alternative was accepted", f"at least {limit}")
    marks = (fingerprint(luma), fingerprint(luma[:, ::-1]))
    apart = {other: min(distance(mark, own) for own in marks) for other, mark in earlier.items()}
    nearest = min(apart, key=lambda other: (apart[other], other))
    measured = f"{apart[nearest]} of {BITS} bits differ from alternative {nearest}"
    return CheckRecord("duplicate", apart[nearest] >= limit, measured, f"at least {limit}")
