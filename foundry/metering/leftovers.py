"""What a stage spends between two objects, and on an object after its record was made: the next one pays for it.

A record cannot say what its own writing cost, and walking a plan to the next variant belongs to no variant. Both are
kept here and charged to the next object that the process finishes in the same stage for the same tenant. What is left
when a process ends, at most the writing of one record per stage and tenant, is in no record.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from foundry.metering.payers import Account, paid_by
from foundry.metering.steps import step
from foundry.spent import NOTHING_SPENT, Spent


class Leftovers:
    """The amounts of a process that wait for a payer, by stage and tenant."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Spent] = {}

    def leave(self, stage: str, tenant: str, spent: Spent) -> None:
        """Let the next object that is finished in a stage for a tenant pay for this."""
        if spent == NOTHING_SPENT:
            return
        with self._lock:
            self._waiting[stage, tenant] = self._waiting.get((stage, tenant), NOTHING_SPENT) + spent

    def take(self, stage: str, tenant: str) -> Spent:
        """Return what waits for a payer; whoever takes it pays."""
        with self._lock:
            return self._waiting.pop((stage, tenant), NOTHING_SPENT)


_of_this_process = Leftovers()
"""The leftovers that the threads of a stage share."""
leave_over, take_leftovers = _of_this_process.leave, _of_this_process.take


@contextmanager
def left_over(stage: str, tenant: str, name: str) -> Iterator[None]:
    """Measure the block as a step that the next object pays for which is finished in this stage for this tenant."""
    account = Account()
    try:
        with paid_by({"": account}), step(name):
            yield
    finally:
        leave_over(stage, tenant, account.spent())
