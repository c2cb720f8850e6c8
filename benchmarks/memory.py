"""B7: peak memory of a run, against the number of variants, each run in a process of its own.

python -m benchmarks.memory

The flow is the real one with painted shots; `live` is what a run adds to the interpreter with everything imported.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler

ALTERNATIVES = (2, 8, 32)


def peak_mib() -> float:
    """Of this process, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(alternatives: int, folder: Path) -> None:
    """Run a campaign of so many alternatives; print its variants, and the peaks before and after."""
    each = admitted(folder, placements=["first"], alternatives=alternatives)
    before = peak_mib()
    build(each.plan, each.inputs, LocalStore(folder / "store"), generator=PaintingHandler())
    print(each.plan.variant_count, before, peak_mib())


def main() -> None:
    """Print a row per size."""
    print(f"{'variants':>9} {'imported MB':>12} {'live MB':>8} {'to smallest':>12}")
    first = 0.0
    for alternatives in ALTERNATIVES:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.memory", str(alternatives), folder]
            row = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        variants, before, after = (float(cell) for cell in row)
        first = first or after
        print(f"{variants:9,.0f} {before:12.0f} {after - before:8.0f} {after / first:12.3f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
