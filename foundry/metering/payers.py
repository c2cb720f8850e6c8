"""Accounts of objects that are being made, and who pays for the work at hand.

What is done for several objects at once is split among them in equal parts, exactly: the parts add up to the whole.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from foundry.spent import AMOUNTS, Spent, StepTime, add_spent, part_of

Given = ParamSpec("Given")
Returned = TypeVar("Returned")
US = 1_000
"""Nanoseconds in a microsecond."""


class Account:
    """The amounts that one object has spent so far; any thread may charge it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._amounts = dict.fromkeys(AMOUNTS, 0)
        self._taken_over: list[Spent] = []

    def charge(self, step: str, *, processor_ns: int = 0, accelerator_ns: int = 0) -> None:
        """Add time of one step."""
        with self._lock:
            times = self._times[step]
            times[0] += accelerator_ns
            times[1] += processor_ns

    def note(self, amount: str, by: int) -> None:
        """Add to one of the amounts of `Spent` that are plain numbers."""
        with self._lock:
            self._amounts[amount] += by

    def take_over(self, spent: Spent) -> None:
        """Add what was spent elsewhere for the same object."""
        with self._lock:
            self._taken_over.append(spent)

    def spent(self) -> Spent:
        """Return all that was spent so far, in whole microseconds."""
        with self._lock:
            own = Spent(
                steps=tuple(StepTime(step, gpu // US, cpu // US) for step, (gpu, cpu) in sorted(self._times.items())),
                **self._amounts,
            )
            return add_spent((own, *self._taken_over))


Payers = Mapping[str, Account]
NOBODY: Payers = MappingProxyType({})
_payers: ContextVar[Payers] = ContextVar("payers", default=NOBODY)


def current_payers() -> Payers:
    """Return the accounts that pay for what this thread does now, by the names of their objects."""
    return _payers.get()


@contextmanager
def paid_by(payers: Payers) -> Iterator[None]:
    """Let these accounts pay, in equal parts, for what is measured in the block; an empty mapping: nobody."""
    before = _payers.set(payers)
    try:
        yield
    finally:
        _payers.reset(before)


@contextmanager
def paid_by_only(names: Iterable[str]) -> Iterator[None]:
    """Let only those of the current payers pay that have these names; all of them if none has.

    For calls that make some of a batch: the caller of the batch said who pays, and the handler knows whose turn it is.
    """
    now, wanted = current_payers(), set(names)
    with paid_by({name: account for name, account in now.items() if name in wanted} or now):
        yield


def carried(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Return the function for another thread: what it does there is paid by those who pay here and now."""
    context = copy_context()
    return lambda *args, **kwargs: context.copy().run(function, *args, **kwargs)


def note(payers: Payers | None = None, /, **amounts: int) -> None:
    """Add amounts of `Spent` by name, such as `model_calls=1`, to the current payers or to those given."""
    chosen = current_payers() if payers is None else payers
    for amount, by in amounts.items():
        for index, account in enumerate(chosen.values()):
            if part := part_of(by, index, len(chosen)):
                account.note(amount, part)
