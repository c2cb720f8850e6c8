"""The same campaign on every engine: the same objects, the time each takes, and what a second Flink worker brings.

python -m benchmarks.engines [--alternatives 16] [--rounds 3] [--drawing 0] [--engines embedded-1,flink-1,flink-2]

Shots are painted, enlarged by Lanczos, staged, written, rendered and checked; libraries may use one thread a worker, so
that a second worker is the only way to a second core. `--drawing` adds seconds a shot in which the worker waits, as for
an accelerator of its own. Rounds are interleaved, each run in a fresh process that has imported everything and built a
tiny campaign first. The Flink cluster and Prism's program are the local stack's; the cluster's start is not counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fresh import printed

ENGINES = ("embedded-1", "embedded-2", "prism", "flink-1", "flink-2")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Made = dict[str, str]


def one(name: str, folder: Path, home: Path | None, alternatives: int, drawing_s: float) -> None:
    """Build the campaign in this process; print its seconds and the digest of every object."""
    from tests.pipelines.engines.campaigns import Campaign

    where = _engine(name, home)
    (folder / "warm").mkdir(parents=True)
    Campaign.of(folder / "warm", alternatives=1, seconds=0).build(where)
    campaign = Campaign.of(folder, alternatives=alternatives, seconds=drawing_s)
    began = time.perf_counter()
    made = campaign.build(where)
    seconds = time.perf_counter() - began
    print(json.dumps([seconds, {key: hashlib.sha256(data).hexdigest() for key, data in made.items()}]))


def _engine(name: str, home: Path | None) -> object:
    from infra.stack import JobServer, cache_folder
    from infra.stack.home import StackHome
    from pipelines.engines.engine import Engine, choose_engine, embedded_runner
    from tests.pipelines.engines.campaigns import on_flink

    kind, _, workers = name.partition("-")
    if kind == "flink":
        assert home is not None
        return on_flink(JobServer(StackHome(home, cache_folder())), parallelism=int(workers))
    if kind == "prism":
        return choose_engine("prism")
    from apache_beam.options.pipeline_options import DirectOptions

    runner, options = embedded_runner()
    options.view_as(DirectOptions).direct_num_workers = int(workers)
    return Engine(runner, options, lanes=int(workers))


def _apart(name: str, home: Path | None, chosen: argparse.Namespace) -> tuple[float, Made]:
    with tempfile.TemporaryDirectory() as folder:
        told = ["--one", name, "--folder", folder, "--alternatives", chosen.alternatives]
        told += ["--drawing", chosen.drawing, *(["--home", home] if home else [])]
        seconds, made = printed("benchmarks.engines", *told)
    return seconds, made


@contextmanager
def _cluster(names: list[str]) -> Iterator[Path | None]:
    """Yield the folder of a running cluster of two taskmanagers, if an engine needs it."""
    if not any(name.startswith("flink") for name in names):
        yield None
        return
    from infra.stack import running

    with running("jobserver") as jobs:
        yield jobs.home.folder


def _measured(names: list[str], chosen: argparse.Namespace) -> tuple[dict[str, list[float]], int]:
    """Seconds of every round by engine, and the number of objects; SystemExit if two engines differ in one of them."""
    each: dict[str, list[float]] = {name: [] for name in names}
    reference: Made = {}
    with _cluster(names) as home:
        for _ in range(chosen.rounds):
            for name in names:
                seconds, made = _apart(name, home if name.startswith("flink") else None, chosen)
                reference = reference or made
                if made != reference:
                    differing = sorted(key for key in made | reference if made.get(key) != reference.get(key))
                    raise SystemExit(f"{name} differs from {names[0]} in {len(differing)} objects: {differing[:3]}")
                each[name].append(seconds)
    return each, len(reference)


def _table(each: dict[str, list[float]], first: str) -> None:
    print(f"{'engine':12} {'seconds':>8} {'min':>7} {'max':>7} {'to ' + first:>14}")
    for name, seconds in each.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, each[first], strict=True))
        row = (statistics.median(seconds), min(seconds), max(seconds), ratio)
        print("{:12} {:8.1f} {:7.1f} {:7.1f} {:14.2f}".format(name, *row))
    for kind in ("embedded", "flink"):
        if {f"{kind}-1", f"{kind}-2"} <= each.keys():
            gains = [a / b for a, b in zip(each[f"{kind}-1"], each[f"{kind}-2"], strict=True)]
            print(f"{kind}: two workers are {statistics.median(gains):.2f} times as fast as one")


def main() -> None:
    """Print seconds, their ratio to the first engine, and the gain of a second worker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alternatives", type=int, default=16, help="two shots and six files each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drawing", type=float, default=0.0, help="seconds a shot that its worker waits")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one, chosen.folder, chosen.home, chosen.alternatives, chosen.drawing)
        return
    os.environ.update(ONE_THREAD)
    names = chosen.engines.split(",")
    each, objects = _measured(names, chosen)
    waiting = f"{chosen.drawing} s of waiting each"
    print(f"{2 * chosen.alternatives} shots, {waiting}, {chosen.rounds} rounds, {os.cpu_count()} cores")
    print(f"all engines made the same {objects} objects, byte for byte")
    _table(each, names[0])


if __name__ == "__main__":
    main()
