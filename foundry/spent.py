"""What was really spent on an object: measured where the work happened, in whole microseconds, bytes and micro-dollars.

Whole numbers, so that the shares of a cost add up to it exactly, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, order=True)
class StepTime:
    """The time that one step of the work took: of an accelerator that it held, and of processors."""

    step: str
    accelerator_us: int = 0
    processor_us: int = 0


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A sum of what was spent. `steps` are sorted by name, each name once.

    refused_attempts: drawings and clips that were paid and refused. bytes_read, bytes_written: of the store.
    vendor_calls, vendor_micro_usd: requests to other vendors' models, and millionths of a US dollar that they charge.
    """

    steps: tuple[StepTime, ...] = ()
    model_calls: int = 0
    refused_attempts: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    vendor_calls: int = 0
    vendor_micro_usd: int = 0

    @property
    def accelerator_us(self) -> int:
        """Microseconds of an accelerator, of all steps."""
        return sum(each.accelerator_us for each in self.steps)

    @property
    def processor_us(self) -> int:
        """Microseconds of processors, of all steps."""
        return sum(each.processor_us for each in self.steps)

    def __add__(self, other: Spent) -> Spent:
        return add_spent((self, other))

    def share(self, index: int, of: int) -> Spent:
        """Return the share number `index` (from 0) of `of` equal ones; all shares together are exactly the whole."""
        times = tuple(
            StepTime(each.step, part_of(each.accelerator_us, index, of), part_of(each.processor_us, index, of))
            for each in self.steps
        )
        shared = {name: part_of(getattr(self, name), index, of) for name in AMOUNTS}
        return replace(self, steps=times, **shared)


AMOUNTS = tuple(each.name for each in fields(Spent) if each.name != "steps")
"""The fields of Spent that are plain numbers."""
NOTHING_SPENT = Spent()


def part_of(amount: int, index: int, of: int) -> int:
    """Return the part number `index` (from 0) of an amount in `of` parts that are equal but for 1, and add up to it."""
    return amount * (index + 1) // of - amount * index // of


def add_spent(items: Iterable[Spent]) -> Spent:
    """Return the sum of any number of amounts."""
    times: dict[str, list[int]] = {}
    amounts = dict.fromkeys(AMOUNTS, 0)
    for item in items:
        for each in item.steps:
            sums = times.setdefault(each.step, [0, 0])
            sums[0] += each.accelerator_us
            sums[1] += each.processor_us
        for name in AMOUNTS:
            amounts[name] += getattr(item, name)
    return Spent(steps=tuple(StepTime(step, *times[step]) for step in sorted(times)), **amounts)


def spent_from_json(raw: Mapping[str, Any] | None) -> Spent:
    """Return the amounts of a parsed record; nothing spent for a record that has none."""
    if not raw:
        return NOTHING_SPENT
    return Spent(
        steps=tuple(StepTime(each["step"], each["accelerator_us"], each["processor_us"]) for each in raw["steps"]),
        **{name: raw[name] for name in AMOUNTS},
    )
