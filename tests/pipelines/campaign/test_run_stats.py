"""Where a run's time went: steps in the order of the work, and each second of the device in one state."""

from __future__ import annotations

import pytest

from pipelines.campaign.run_stats import StepUse, run_stats

COUNTS = {
    "processor_us/render/encode": 3_000_000,
    "processor_us/render/unheard-of": 1,
    "processor_us/draw/write": 250_000,
    "processor_us/draw/draw": 2_000_000,
    "accelerator_us/draw/draw": 1_500_000,
    "files_made": 7,
}
DEVICE = {"device_us/cuda/busy": 6_000_000, "device_us/cuda/loading": 2_000_000, "device_us/cpu/store": 1_000_000}


def test_steps_are_sorted_as_the_work_goes_and_other_counts_are_no_steps() -> None:
    assert run_stats(COUNTS, {}).steps == (
        StepUse("draw", "draw", 2.0, 1.5),
        StepUse("draw", "write", 0.25, 0.0),
        StepUse("render", "encode", 3.0, 0.0),
        StepUse("render", "unheard-of", 0.000001, 0.0),
    )


def test_the_time_that_no_state_accounts_for_is_idle_where_one_process_did_all() -> None:
    device = run_stats({}, DEVICE, wall_s=10.0).device
    assert device is not None
    assert (device.device, device.is_accelerator) == ("cuda", True)
    assert sum(device.seconds.values()) == pytest.approx(10.0)
    assert device.seconds["nothing_to_do"] == pytest.approx(1.0)


def test_the_time_of_workers_elsewhere_is_what_they_told() -> None:
    device = run_stats({}, {**DEVICE, "device_us/cuda/nothing_to_do": 500_000}).device
    assert device is not None
    assert device.seconds["nothing_to_do"] == 0.5


def test_a_run_that_drew_nothing_here_has_no_device() -> None:
    assert run_stats(COUNTS, {"device_us/cpu/plan": 5_000}, wall_s=10.0).device is None
