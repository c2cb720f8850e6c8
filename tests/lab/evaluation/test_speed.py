"""Speed: the first picture does not count, memory is of a fresh process, the handler is laid beside its pipeline."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lab.evaluation.speed import Overhead, compare_with_pipeline, measure_size, time_pictures
from models.drawing import Drawn, DrawRequest
from tests.support.drawing import a_request
from tests.support.evaluating import a_card


@dataclass
class Clock:
    """A clock that stands still until somebody works."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Pipeline:
    """A pipeline that takes some of the usual arguments, notes them, and works for a second."""

    clock: Clock
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, prompt: list[str], width: int, num_inference_steps: int) -> SimpleNamespace:
        self.asked.append({"prompt": prompt, "width": width, "steps": num_inference_steps})
        self.clock.now += 1
        return SimpleNamespace(images=np.zeros((1, 8, 8, 3), np.float32))


@dataclass
class Handler:
    """Loads for three seconds; each drawing takes the next of the seconds."""

    clock: Clock
    seconds: list[float]
    pipeline: Pipeline | None = None

    def load_model(self) -> SimpleNamespace:
        self.clock.now += 3
        return SimpleNamespace(pipeline=self.pipeline) if self.pipeline else SimpleNamespace()

    def run_inference(self, batch: Sequence[DrawRequest], model: Any) -> list[Drawn]:
        self.clock.now += self.seconds.pop(0)
        return [Drawn(request, np.zeros((8, 8, 3), np.float32), "", ()) for request in batch]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


def requests(count: int) -> list[DrawRequest]:
    return [a_request(seed=seed) for seed in range(count)]


def test_the_first_picture_warms_up_and_the_median_of_the_others_counts(clock: Clock) -> None:
    speed = time_pictures(Handler(clock, [60, 2, 1, 9]), requests(4))
    assert (speed.fastest, speed.seconds, speed.slowest, speed.load_seconds) == (1, 2, 9, 3)
    assert (speed.bucket, speed.width_px, speed.height_px) == ("square", 64, 64)


def test_memory_is_the_peak_of_the_process_in_megabytes(clock: Clock) -> None:
    speed = time_pictures(Handler(clock, [1, 1]), requests(2))
    assert 50 < speed.loaded_mb <= speed.peak_mb < 50_000


def test_the_pipeline_gets_the_arguments_that_it_takes(clock: Clock, tmp_path: Path) -> None:
    pipeline = Pipeline(clock)
    compare_with_pipeline(a_card(tmp_path), Handler(clock, [1] * 3, pipeline), requests(3))
    assert pipeline.asked == [{"prompt": ["a red wall"], "width": 64, "steps": 3}] * 3


def test_the_overhead_is_the_median_ratio_of_the_pairs_without_the_first(clock: Clock, tmp_path: Path) -> None:
    handler = Handler(clock, [50, 1.0, 1.1, 1.2, 1.3, 9.0], Pipeline(clock))
    overhead = compare_with_pipeline(a_card(tmp_path), handler, requests(6))
    assert overhead is not None
    assert overhead.pairs == 5
    assert (overhead.lower_quartile, overhead.ratio, overhead.upper_quartile) == pytest.approx((1.1, 1.2, 1.3))


def test_a_handler_without_a_pipeline_has_no_overhead(clock: Clock, tmp_path: Path) -> None:
    assert compare_with_pipeline(a_card(tmp_path), Handler(clock, []), requests(3)) is None


class RefusesItsMaker:
    """Draws in any process but the one that made it."""

    def __init__(self) -> None:
        self.made_in = os.getpid()

    def load_model(self) -> None:
        if os.getpid() == self.made_in:
            raise RuntimeError("measured in the process that asked")

    def run_inference(self, batch: Sequence[DrawRequest], model: None) -> list[Drawn]:
        return [Drawn(request, np.zeros((8, 8, 3), np.float32), "", ()) for request in batch]


def test_a_size_is_measured_in_a_process_of_its_own() -> None:
    with pytest.raises(RuntimeError, match="in the process that asked"):
        time_pictures(RefusesItsMaker(), requests(2))
    assert measure_size(RefusesItsMaker(), requests(2)).peak_mb > 50


def test_the_evidence_keeps_four_places_and_whole_numbers_stay_whole(clock: Clock) -> None:
    speed = time_pictures(Handler(clock, [1, 1.23456]), requests(2)).to_four_places()
    assert speed.seconds == 1.2346
    assert isinstance(speed.width_px, int)
    assert Overhead(1.00006, 0.99994, 1.0, 15).to_four_places() == Overhead(1.0001, 0.9999, 1.0, 15)
