"""Every field of a schedule is an option with its own default and kind."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from dataclasses import dataclass

import torch

from lab.training.command import add_schedule_options, chosen_schedule, training_arithmetic


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


def test_threads_and_denormal_numbers_are_as_before_after_a_training_even_if_it_fails() -> None:
    before, denormal = torch.get_num_threads(), sys.float_info.min
    with suppress(KeyError), training_arithmetic(before + 1):
        assert (torch.get_num_threads(), denormal / 2) == (before + 1, 0.0)
        raise KeyError
    assert torch.get_num_threads() == before
    assert denormal / 2 > 0
