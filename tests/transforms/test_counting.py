"""Counts reach Beam from the thread of a bundle, and from other threads once they are passed on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import apache_beam as beam

from foundry.manifest import DeadLetter
from foundry.spent import Spent, StepTime
from pipelines.engines.engine import embedded_runner
from transforms.counting import (
    GatheredCounts,
    count,
    count_spent,
    gathered,
    measure,
    namespace_of,
    refused,
    timed,
)


def metrics_after(work: Any) -> dict[tuple[str, str], Any]:
    """Run a function once in a bundle; return what was counted by namespace and name."""
    runner, options = embedded_runner()
    pipeline = beam.Pipeline(runner=runner, options=options)
    pipeline | beam.Create([1]) | beam.Map(lambda _: work())
    found = pipeline.run().metrics().query()
    return {
        (each.key.metric.namespace, each.key.metric.name): each.committed
        for each in (*found["counters"], *found["distributions"])
    }


def test_counts_of_a_plan_have_a_namespace_of_their_own() -> None:
    def work() -> None:
        count("shots", 2, "aa")
        count("shots", plan="bb")
        count("shots")

    found = metrics_after(work)
    assert {space: found[space, "shots"] for space in map(namespace_of, ("aa", "bb", ""))} == {
        "campaign-foundry/aa": 2,
        "campaign-foundry/bb": 1,
        "campaign-foundry": 1,
    }


def test_a_stranger_code_is_counted_as_other() -> None:
    def work() -> None:
        for code in ("checks_failed", "x" * 900, "<script>", "other"):
            refused(DeadLetter("render", code, "key", "reason", "aa"))

    found = metrics_after(work)
    names = {name: amount for (space, name), amount in found.items() if space == namespace_of("aa")}
    assert names == {"refusals/checks_failed": 1, "refusals/other": 3}


def test_times_are_a_distribution_in_whole_milliseconds() -> None:
    def work() -> None:
        with timed("draw", "aa"):
            pass
        measure("milliseconds/draw", 30, "aa")

    found = metrics_after(work)[namespace_of("aa"), "milliseconds/draw"]
    assert (found.count, found.max) == (2, 30)
    assert 30 <= found.sum < 60


def test_spent_amounts_are_counted_and_nothing_makes_no_counter() -> None:
    found = metrics_after(lambda: count_spent(Spent(model_calls=3, bytes_written=70), "aa"))
    assert found == {(namespace_of("aa"), "model_calls"): 3, (namespace_of("aa"), "bytes_written"): 70}


def test_the_time_of_steps_is_counted_by_stage_and_a_shots_letter_counts_as_drawing() -> None:
    spent = Spent(steps=(StepTime("draw", 7, 5),))

    def work() -> None:
        count_spent(spent, "aa", "draw")
        refused(DeadLetter("screen", "shot_refused", "key", "reason", "aa", spent=spent))

    found = metrics_after(work)
    assert found[namespace_of("aa"), "processor_us/draw/draw"] == 10
    assert found[namespace_of("aa"), "accelerator_us/draw/draw"] == 14


def test_the_time_of_the_drawing_device_is_counted_once_and_for_no_plan() -> None:
    def work() -> None:
        from foundry.metering.device_time import drawing_device  # that of the process, no copy that is sent to a worker

        drawing_device.begin()
        with drawing_device.held("draw", "cpu"):
            time.sleep(0.02)
        for plan in ("aa", "bb"):
            count_spent(Spent(), plan, "draw")

    found = metrics_after(work)
    assert 20_000 <= found[namespace_of(""), "device_us/cpu/busy"] < 2_000_000
    assert not any(name.startswith("device_us") for space, name in found if space != namespace_of(""))


def count_gathered() -> GatheredCounts:
    """Gather counts in the calling thread, and return them."""
    with gathered() as counts:
        count("files_made", plan="aa")
        count("files_made", plan="aa")
        measure("milliseconds/render", 5, "aa")
    return counts


def test_counts_of_another_thread_reach_beam_once_they_are_passed_on() -> None:
    def work() -> None:
        with ThreadPoolExecutor(1) as pool:
            counts = pool.submit(count_gathered).result()
        counts.pass_on()
        counts.pass_on()

    found = metrics_after(work)
    assert found[namespace_of("aa"), "files_made"] == 2
    assert found[namespace_of("aa"), "milliseconds/render"].sum == 5


def test_gathering_ends_with_its_block() -> None:
    def work() -> None:
        count_gathered()
        count("shots", plan="aa")

    assert metrics_after(work) == {(namespace_of("aa"), "shots"): 1}
