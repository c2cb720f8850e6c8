"""Every field of a schedule is an option with its own default and kind."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from lab.training.command import add_schedule_options, chosen_schedule


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A schedule of two numbers."""

    decoder_steps: int = 6
    rate: float = 0.5


def chosen(*arguments: str) -> Plan:
    parser = argparse.ArgumentParser()
    add_schedule_options(parser, Plan)
    return chosen_schedule(parser.parse_args(arguments), Plan)


def test_without_options_the_defaults_hold() -> None:
    assert chosen() == Plan()


def test_underscores_are_hyphens_and_values_have_the_fields_kind() -> None:
    assert chosen("--decoder-steps", "9", "--rate", "1e-3") == Plan(decoder_steps=9, rate=0.001)
