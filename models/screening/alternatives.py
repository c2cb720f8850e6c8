"""Detection of near-duplicates among the alternatives of a shot, independent of how orders are cut into batches.

An alternative is compared with the accepted ones that have a smaller number: those of its batch, those that this
process accepted before, and those whose master exists. Its verdict waits until all of them are settled, so it does not
depend on which are drawn together. This requires that one worker gets a group's alternatives in ascending order, which
is the order of a plan's shots.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from decimal import Decimal

from foundry.manifest import CheckRecord
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from models.screening.context import ScreenContext
from models.screening.fingerprint import BITS, differing_bits, fingerprint

GROUPS_KEPT = 4096

Group = tuple[str, str, int, int, str, bool]


def group_of(order: ShotOrder) -> Group:
    """Return the fields that the alternatives of one shot share; the tenant is among them."""
    return (order.plan, order.tenant, order.subject, order.scene, order.bucket, order.mirrored)


class AcceptedDrawings:
    """Fingerprints of accepted drawings by group and alternative: those of this process, then those of the store.

    Its memory is bounded, and threads may share it. What it forgets is read back from the masters' records.
    """

    def __init__(self, context: ScreenContext) -> None:
        self._context, self._lock = context, threading.Lock()
        self._known: OrderedDict[Group, dict[int, str]] = OrderedDict()

    def add(self, order: ShotOrder, mark: str) -> None:
        """Remember the fingerprint of a drawing that passed."""
        with self._lock:
            self._known.setdefault(group_of(order), {})[order.alternative] = mark
            self._known.move_to_end(group_of(order))
            while len(self._known) > GROUPS_KEPT:
                self._known.popitem(last=False)

    def before(self, order: ShotOrder) -> dict[int, str]:
        """Return the fingerprints of the accepted alternatives with a smaller number, by alternative."""
        with self._lock:
            known = dict(self._known.get(group_of(order), {}))
        found = {}
        for other in range(order.alternative):
            mark = known.get(other) or self._context.stored_fingerprint(order, other)
            if mark:
                found[other] = mark
        return found


def judge_duplicate(luma: Pixels, earlier: dict[int, str], limit: Decimal) -> CheckRecord:
    """Check that every earlier alternative, as it is or mirrored, differs in at least `limit` of 256 bits.

    `luma` is (height, width) float32; `earlier` holds fingerprints by alternative.
    """
    if not earlier:
        return CheckRecord("duplicate", True, "no earlier alternative was accepted", f"at least {limit}")
    marks = (fingerprint(luma), fingerprint(luma[:, ::-1]))
    apart = {other: min(differing_bits(mark, own) for own in marks) for other, mark in earlier.items()}
    nearest = min(apart, key=lambda other: (apart[other], other))
    measured = f"{apart[nearest]} of {BITS} bits differ from alternative {nearest}"
    return CheckRecord("duplicate", apart[nearest] >= limit, measured, f"at least {limit}")
