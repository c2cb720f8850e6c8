"""Planning rate, and peak memory of a million variants against ten thousand, each in a process of its own.

python -m benchmarks.planning
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from foundry.plan.estimate import count_needs
from foundry.store.object_store import LocalStore
from foundry.tenant import Quota
from tests.support.briefs import BRIEF, a_tenant, admitted

SIZES = (10_000, 100_000, 1_000_000)
LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES")
PLACEMENTS = ("meta/feed-square", "meta/story", "google/leaderboard", "google/half-page")


def plan(variants: int, folder: Path) -> None:
    """Walk a plan of so many variants against an empty store; print variants, rate and peak KiB."""
    products = [{**BRIEF["products"][0], "id": f"p{n}", "name": f"Product {n}"} for n in range(50)]
    messages = dict.fromkeys(LOCALES, BRIEF["messages"]["en-US"])
    alternatives = variants // (len(products) * len(LOCALES) * len(PLACEMENTS))
    changes = {"products": products, "messages": messages, "placements": PLACEMENTS, "alternatives": alternatives}
    tenant = a_tenant().model_copy(update={"quota": Quota(shots=10**7, bytes=10**15, budget=10**6)})
    each = admitted(folder, owner=tenant, **changes).plan
    began = time.perf_counter()
    found = count_needs(each, LocalStore(folder / "store").for_tenant("aurelle"))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(each.variant_count, found.variants_to_make, round(each.variant_count / seconds), peak)


def main() -> None:
    """Print a row per size."""
    print(f"{'variants':>10} {'variants/s':>11} {'peak MB':>8} {'to smallest':>12}")
    first = 0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.planning", str(size), folder]
            row = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        count, _, rate, peak = (int(cell) for cell in row)
        first = first or peak
        print(f"{count:10,} {rate:11,} {peak / 1024:8.1f} {peak / first:12.3f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        plan(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
