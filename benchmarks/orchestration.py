"""B1 and B2: what an engine adds to the same work, against a plain thread pool.

python -m benchmarks.orchestration [--jobs 200] [--rounds 3] [--engines pool,foundry,naive,daft,ray]

Rounds are interleaved (A B C A B C), each engine in a fresh process; its start-up is included, imports are not.
`foundry` is the project's way: numbers are reshuffled, pixels are fused and carry the refusing coder. `naive` puts a
Reshuffle behind each step; it gets fewer jobs, because Beam's embedded runner fails once a bundle's pixels pass 2 GB.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import apache_beam as beam

from benchmarks import jobs
from benchmarks.fresh import printed
from benchmarks.jobs import Sheet
from pipelines.engines.engine import embedded_runner
from transforms.coders import PixelCoder

CORES = 2


def pool(count: int) -> list[str]:
    """Run the jobs on a plain pool of threads: the practical limit."""
    with ThreadPoolExecutor(CORES) as threads:
        return list(threads.map(jobs.whole, range(count)))


def _collected(path: Path) -> list[str]:
    return [line for file in path.iterdir() for line in file.read_text().splitlines()]


def _beam(count: int, chain: Callable[[Any], Any]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        runner, options = embedded_runner()
        with beam.Pipeline(runner=runner, options=options) as pipeline:
            made = chain(pipeline | beam.Create(range(count)) | "Spread" >> beam.Reshuffle())
            _ = made | "Keep" >> beam.Map(lambda name: (Path(folder) / name).write_text(name) and None)
        return [path.name for path in Path(folder).iterdir()]


def foundry(count: int) -> list[str]:
    """Fused, with typed elements whose coder knows their size and refuses to encode them."""
    beam.coders.registry.register_coder(Sheet, PixelCoder)
    return _beam(
        count,
        lambda numbers: (
            numbers
            | beam.Map(jobs.generate).with_output_types(Sheet)
            | beam.Map(jobs.upscale).with_output_types(Sheet)
            | beam.Map(jobs.check).with_output_types(Sheet)
            | beam.Map(jobs.render)
        ),
    )


def naive(count: int) -> list[str]:
    """One step, one Reshuffle, pixels pickled through all of them."""
    steps = (jobs.generate, jobs.upscale, jobs.check)

    def chain(numbers: Any) -> Any:
        for step in steps:
            numbers = numbers | step.__name__ >> beam.Map(step).with_output_types(Any)
            numbers = numbers | f"After {step.__name__}" >> beam.Reshuffle()
        return numbers | beam.Map(jobs.render)

    return _beam(count, chain)


def daft(count: int) -> list[str]:
    """Daft's native runner, one function per row."""
    import daft as engine
    from daft import DataType, col

    run = engine.func(jobs.whole, return_dtype=DataType.string())
    frame = engine.from_pydict({"n": list(range(count))}).into_batches(1)
    return list(frame.select(run(col("n")).alias("name")).to_pydict()["name"])


def ray(count: int) -> list[str]:
    """Ray Data, one task per block."""
    import ray as engine

    if not engine.is_initialized():
        engine.init(num_cpus=CORES, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    data = engine.data.range(count, override_num_blocks=min(count, 40))
    return [row["name"] for row in data.map(lambda row: {"name": jobs.whole(int(row["id"]))}).take_all()]


ENGINES = {"pool": pool, "foundry": foundry, "naive": naive, "daft": daft, "ray": ray}
MOST = {"naive": 40}


def one(name: str, count: int) -> None:
    """Run one engine here; print its seconds, its peak memory in MB and the names of what it made."""
    jobs.whole(0)
    began = time.perf_counter()
    made = ENGINES[name](count)
    seconds = time.perf_counter() - began
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps([seconds, peak, sorted(made)]))


def _apart(name: str, count: int) -> tuple[float, float, list[str]]:
    seconds, peak, made = printed("benchmarks.orchestration", "--one", name, "--jobs", count)
    return seconds / count, peak, made


def main() -> None:
    """Print a table of ratios to the pool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", default="pool,foundry,naive,daft")
    parser.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one, chosen.jobs)
        return
    names = chosen.engines.split(",")
    each: dict[str, list[float]] = {name: [] for name in names}
    peaks: dict[str, float] = {}
    same = True
    for _ in range(chosen.rounds):
        reference: list[str] = []
        for name in names:
            count = min(chosen.jobs, MOST.get(name, chosen.jobs))
            seconds, peaks[name], made = _apart(name, count)
            each[name].append(seconds)
            reference = reference or made
            same = same and len(made) == count and set(made) <= set(reference)
    print(f"{chosen.jobs} jobs, {chosen.rounds} rounds, {os.cpu_count()} cores; same bytes: {same}")
    print(f"{'engine':10} {'ratio to ' + names[0]:>14} {'min':>7} {'max':>7} {'ms/job':>8} {'peak MB':>8}")
    for name in names:
        ratios = [a / b for a, b in zip(each[name], each[names[0]], strict=True)]
        row = (statistics.median(ratios), min(ratios), max(ratios), statistics.median(each[name]) * 1000, peaks[name])
        print("{:10} {:14.3f} {:7.3f} {:7.3f} {:8.1f} {:8.0f}".format(name, *row))


if __name__ == "__main__":
    main()
