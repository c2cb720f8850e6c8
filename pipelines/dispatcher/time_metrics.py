"""Counters of where the time of rounds went: seconds by step, and the drawing device's by state."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter

from foundry.metering.device_time import STATES
from foundry.metering.making import STEPS
from pipelines.campaign.run_stats import run_stats

OTHER = "other"


class TimeMetrics:
    """The counters of one dispatcher. Their labels are the stages, steps and states that the program has."""

    def __init__(self, registry: CollectorRegistry) -> None:
        of_step, of_state = ("stage", "step"), ("state",)
        self.processor = Counter(
            "foundry_processor_seconds", "Seconds of processors by step.", of_step, registry=registry
        )
        self.accelerator = Counter(
            "foundry_accelerator_seconds", "Seconds for which steps held an accelerator.", of_step, registry=registry
        )
        self.device = Counter(
            "foundry_drawing_device_seconds",
            "Seconds of rounds by what the drawing device did: busy, or waiting for something.",
            of_state,
            registry=registry,
        )
        for stage, steps in STEPS.items():
            for step in (*steps, OTHER):
                self.processor.labels(stage, step)
                self.accelerator.labels(stage, step)
        for state in STATES:
            self.device.labels(state)

    def count_run(self, counts: Mapping[str, int]) -> None:
        """Add the counts of a run, of all its plans."""
        stats = run_stats(counts, counts)
        for use in stats.steps:
            if use.stage in STEPS:
                step = use.step if use.step in STEPS[use.stage] else OTHER
                self.processor.labels(use.stage, step).inc(use.processor_s)
                self.accelerator.labels(use.stage, step).inc(use.accelerator_s)
        if stats.device:
            for state, seconds in stats.device.seconds.items():
                self.device.labels(state).inc(seconds)
