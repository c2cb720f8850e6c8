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
from foundry.spent import Spent


class Leftovers:
    """The accounts of a process that wait for a payer, by stage and tenant."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Account] = {}

    def of(self, stage: str, tenant: str) -> Account:
        """Return the account of a stage and a tenant, to be charged until somebody takes it."""
        with self._lock:
            return self._waiting.setdefault((stage, tenant), Account())

    def take(self, stage: str, tenant: str) -> Spent:
        """Return what waits for a payer; whoever takes it pays."""
        with self._lock:
            account = self._waiting.pop((stage, tenant), None)
        return account.spent() if account else Spent()


_of_this_process = Leftovers()
"""The leftovers that the threads of a stage share."""
take_leftovers = _of_this_process.take


@contextmanager
def left_over(stage: str, tenant: str) -> Iterator[None]:
    """Let the next object that is finished in this stage for this tenant pay for the block."""
    with paid_by({"": _of_this_process.of(stage, tenant)}):
        yield
