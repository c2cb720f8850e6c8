"""The parts that the commands of all trainings share."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Schedule = TypeVar("Schedule")


def add_schedule_options(parser: argparse.ArgumentParser, schedule: type[Any]) -> None:
    """Add one option for each field of a schedule's dataclass, with the field's default."""
    for field in dataclasses.fields(schedule):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)


def chosen_schedule(chosen: argparse.Namespace, schedule: type[Schedule]) -> Schedule:
    """Return the schedule that the parsed options describe."""
    fields = dataclasses.fields(schedule)  # type: ignore[arg-type]  # every schedule is a dataclass
    return schedule(**{field.name: getattr(chosen, field.name) for field in fields})


@contextmanager
def training_arithmetic(threads: int) -> Iterator[None]:
    """Compute with this number of torch's threads, and let denormal numbers, which are slow, count as zero.

    Both hold for the whole process, and are undone at the end, because other code in it needs denormal numbers.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(before)
