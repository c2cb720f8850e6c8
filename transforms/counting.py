"""Counts of the stages' work as Beam's counters and distributions, so that every engine gathers and reports them.

Beam counts for the thread that processes a bundle. A thread that is not Beam's gathers its counts (`gathered`), and the
step that waits for the thread passes them on to Beam; otherwise they would be lost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeVar

import apache_beam as beam
from apache_beam.metrics import Metrics

from foundry.manifest import SHOT_STAGES, DeadLetter
from foundry.metering.device_time import PROCESSOR, drawing_device
from foundry.metering.making import DRAW
from foundry.spent import Spent
from transforms.refusal_codes import bounded_code

Item = TypeVar("Item")
NAMESPACE = "campaign-foundry"
"""The namespace of all counts; those of one plan are in `campaign-foundry/<digest of the plan>`."""
Kind = Literal[
    "shots", "clips", "variants", "files_made", "files_found", "files_refused", "attempts", "model_calls",
    "bytes_read", "bytes_written", "vendor_micro_usd",
]  # fmt: skip
"""shots, clips, variants: finished or refused, which is what progress shows. The glossary has the other kinds."""
MEASURED = ("model_calls", "bytes_", "vendor_micro_usd", "processor_us/", "accelerator_us/", "device_us/")
"""Beginnings of kinds that depend on where and in which order work is done: no two runs need to have them in common."""
Stage = Literal["expand", "draw", "screen", "upscale", "master", "film", "render", "publish", "manifest"]


@dataclass
class GatheredCounts:
    """Counts that a thread which is not Beam's has gathered: (name, plan) to amount, and measured values."""

    amounts: dict[tuple[str, str], int] = field(default_factory=dict)
    values: list[tuple[str, str, int]] = field(default_factory=list)

    def amount(self, kind: Kind, plan: str = "") -> int:
        """Return the count of a kind of work."""
        return self.amounts.get((kind, plan), 0)

    def pass_on(self) -> None:
        """Count everything for the calling thread, once."""
        amounts, self.amounts = self.amounts, {}
        values, self.values = self.values, []
        for (name, plan), by in amounts.items():
            _add(name, by, plan)
        for name, plan, value in values:
            measure(name, value, plan)


_METERED = dict.fromkeys(SHOT_STAGES, DRAW)
"""The stages of dead letters whose time is measured as another one's."""


class _Gathering(threading.local):
    into: GatheredCounts | None = None


_gathering = _Gathering()


@contextmanager
def gathered() -> Iterator[GatheredCounts]:
    """Yield what this thread counts until the block ends; nothing of it is counted before it is passed on."""
    before, _gathering.into = _gathering.into, GatheredCounts()
    try:
        yield _gathering.into
    finally:
        _gathering.into = before


def count(kind: Kind, by: int = 1, plan: str = "") -> None:
    """Add `by` to the count of a kind of work, of the plan with this digest if one is given."""
    _add(kind, by, plan)


def refused(letter: DeadLetter) -> beam.pvalue.TaggedOutput:
    """Count a dead letter by its code, and what was spent on it, and return it tagged `refused`.

    Codes that are not this program's own are counted as `other`, so that the number of counters is bounded.
    """
    _add(f"refusals/{bounded_code(letter.code)}", 1, letter.brief)
    count_spent(letter.spent, letter.brief, _METERED.get(letter.stage, letter.stage))
    return beam.pvalue.TaggedOutput("refused", letter)


def count_spent(spent: Spent, plan: str = "", stage: str = "") -> None:
    """Add what was measured for one object: model calls, bytes of the store, charges of other vendors.

    With a stage, the time of its steps is added too.
    What the drawing device of this process did meanwhile is counted too, without a plan, since all of them share it.
    The calls that draw also screen, so the time of screening is that of the step, in milliseconds of processors and of
    an accelerator; other stages are `timed`.
    """
    count("model_calls", spent.model_calls, plan)
    count("bytes_read", spent.bytes_read, plan)
    count("bytes_written", spent.bytes_written, plan)
    count("vendor_micro_usd", spent.vendor_micro_usd, plan)
    for each in spent.steps:
        if each.step == "screen":
            measure("milliseconds/screen", (each.accelerator_us + each.processor_us) // 1000, plan)
        if stage:
            _add(f"processor_us/{stage}/{each.step}", each.processor_us, plan)
            _add(f"accelerator_us/{stage}/{each.step}", each.accelerator_us, plan)
    if stage:
        for state, us in drawing_device.take().items():
            _add(f"device_us/{drawing_device.device or PROCESSOR}/{state}", us, "")


def measure(kind: str, value: int, plan: str = "") -> None:
    """Add one value to the distribution of this name."""
    into = _gathering.into
    if into is not None:
        into.values.append((kind, plan, value))
    else:
        _distribution(kind, plan).update(value)


@contextmanager
def timed(stage: Stage, plan: str = "") -> Iterator[None]:
    """Measure the wall time of a block, in milliseconds, as one item's time in a stage."""
    began = time.monotonic_ns()
    try:
        yield
    finally:
        measure(f"milliseconds/{stage}", (time.monotonic_ns() - began) // 1_000_000, plan)


def each_timed(items: Iterable[Item], stage: Stage, plan: str = "") -> Iterator[Item]:
    """Yield the items; measure, in milliseconds, the time that they took to come, all together, as one value."""
    source, spent_ns = iter(items), 0
    while True:
        began = time.monotonic_ns()
        try:
            item = next(source)
        except StopIteration:
            break
        finally:
            spent_ns += time.monotonic_ns() - began
        yield item
    measure(f"milliseconds/{stage}", spent_ns // 1_000_000, plan)


def _add(name: str, by: int, plan: str) -> None:
    into = _gathering.into
    if into is not None and by:
        into.amounts[name, plan] = into.amounts.get((name, plan), 0) + by
    elif by:
        _counter(name, plan).inc(by)


def namespace_of(plan: str) -> str:
    """Return the namespace of a plan's counts; that of counts without a plan for an empty digest."""
    return f"{NAMESPACE}/{plan}" if plan else NAMESPACE


@lru_cache(maxsize=4096)
def _counter(name: str, plan: str) -> Any:
    return Metrics.counter(namespace_of(plan), name)


@lru_cache(maxsize=4096)
def _distribution(name: str, plan: str) -> Any:
    return Metrics.distribution(namespace_of(plan), name)
