"""The drawing device: each moment is in one state, and an accelerator's is charged once."""

from __future__ import annotations

from contextlib import ExitStack

from foundry.metering.device_time import DeviceMeter
from foundry.metering.payers import Account, paid_by
from foundry.spent import StepTime


class Hands:
    """A clock that is set by hand, in microseconds."""

    def __init__(self) -> None:
        self.us = 1_000

    def __call__(self) -> int:
        return self.us * 1_000


def test_each_moment_is_in_one_state_and_waits_go_to_the_first_reason() -> None:
    hands = Hands()
    meter = DeviceMeter(hands)
    with meter.kept_waiting("plan"):
        hands.us += 5
        with meter.kept_waiting("loading"):
            hands.us += 7
    with meter.held("draw", "cpu"), meter.kept_waiting("store"):
        hands.us += 11
    hands.us += 13
    assert meter.take() == {"plan": 5, "loading": 7, "busy": 11, "nothing_to_do": 13}
    assert meter.take() == {}
    assert meter.device == "cpu"


def test_an_accelerator_that_two_hold_is_charged_to_both_in_equal_parts() -> None:
    hands = Hands()
    meter = DeviceMeter(hands)
    first, second = Account(), Account()
    with ExitStack() as stack:
        with paid_by({"a": first}):
            stack.enter_context(meter.held("draw", "cuda"))
        hands.us += 10
        with paid_by({"b": second}):
            stack.enter_context(meter.held("upscale", "cuda"))
        hands.us += 20
    assert first.spent().steps == (StepTime("draw", 20, 0),)
    assert second.spent().steps == (StepTime("upscale", 10, 0),)
    assert meter.take() == {"busy": 30}


def test_the_processor_as_drawing_device_is_no_accelerator() -> None:
    hands = Hands()
    meter = DeviceMeter(hands)
    account = Account()
    with paid_by({"a": account}), meter.held("draw", "cpu"):
        hands.us += 10
    assert account.spent().accelerator_us == 0
    assert meter.take() == {"busy": 10}


def test_nothing_is_told_before_a_thread_tells_something_and_a_new_beginning_forgets() -> None:
    hands = Hands()
    meter = DeviceMeter(hands)
    hands.us += 50
    assert meter.take() == {}
    with meter.held("draw", "cuda"):
        hands.us += 10
        meter.begin()
        hands.us += 10
    assert meter.take() == {}
    assert meter.device == ""
