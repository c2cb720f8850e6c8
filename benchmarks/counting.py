"""What counting costs: the counts of one file, and one reading of a run's metrics, beside the time that a file takes.

python -m benchmarks.counting [--files 20000]

The counts of a file are those of the CPU stage: two counters, two times, and what was spent. They are counted in a
bundle of the embedded engine, where Beam counts them; the same bundle without them is taken off. The time of a file is
the mean of the small campaign of the tests, whose files are cheap.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import apache_beam as beam

from foundry.spent import Spent, StepTime
from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build_all
from pipelines.engines.embedded import EmbeddedRunner
from pipelines.engines.live_counts import LiveCounts
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler
from transforms.counting import count, count_spent, timed

STEPS = ("check", "encode", "finish", "layer", "plan", "thumbnail", "write")
SPENT = Spent(steps=tuple(StepTime(step, 0, 9000) for step in STEPS), bytes_read=10_000, bytes_written=200_000)


def count_file(number: int) -> int:
    """Count what the CPU stage counts for one file."""
    with timed("render", "plan"), timed("publish", "plan"):
        count_spent(SPENT, "plan", "render")
    count("variants", plan="plan")
    count("files_made", plan="plan")
    return number


def pass_on(number: int) -> int:
    """Return the number."""
    return number


def in_a_bundle(work: Any, files: int) -> tuple[float, float]:
    """Return the seconds of a run of so many elements, and the seconds of one reading of its metrics."""
    runner = EmbeddedRunner()
    pipeline = beam.Pipeline(runner=runner)
    _ = pipeline | beam.Create([0]) | beam.FlatMap(lambda _: range(files)) | "Work" >> beam.Map(work)
    began = time.process_time()
    pipeline.run()
    ran = time.process_time() - began
    began = time.process_time()
    runner.read_metrics()
    return ran, time.process_time() - began


def ms_per_file() -> float:
    """Return the mean wall time of a file of a small campaign, in milliseconds."""
    live = LiveCounts()
    with tempfile.TemporaryDirectory() as folder:
        each = admitted(Path(folder))
        store = LocalStore(Path(folder) / "store")
        build_all([(each.plan, each.inputs)], store, generator=PaintingHandler(), counts=live)
    spread = live.run.times(each.plan.digest)["render"]
    return spread.sum / spread.number


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    files = parser.parse_args().files
    pairs = [(in_a_bundle(count_file, files), in_a_bundle(pass_on, files)) for _ in range(3)]
    counted = min(counted - bare for (counted, _), (bare, _) in pairs) / files * 1e6
    reading = min(reading for (_, reading), _ in pairs) * 1e3
    file_ms = ms_per_file()
    print(f"counts of one file: {counted:.1f} us of processor")
    print(f"one reading of the metrics of a run: {reading:.2f} ms of processor, twice a second at most")
    print(f"one file of the small campaign: {file_ms:.0f} ms; its counts are {counted / file_ms / 10:.3f} % of it")


if __name__ == "__main__":
    main()
