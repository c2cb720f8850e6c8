"""Admission of briefs of 1,000 to 100,000 products × 14 placements × 6 locales: rate and peak memory, on one core.

Each size is written, and then read and admitted, in processes of their own. Seconds are those of the processor, since
the machine may be shared; the decoding of the fifty pictures, in processes of the box, is counted with them.

python -m benchmarks.admitting
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from benchmarks.fresh import printed
from foundry.brief.intake import read_briefs
from foundry.tenant import Quota
from models.registry import cards_of
from pipelines.planning.admission import admit
from tests.support.briefs import a_tenant

SIZES = (1_000, 10_000, 100_000)
BIG = 10**12


def used_seconds() -> float:
    """Return the processor's seconds of this process and of its children that ended."""
    own, children = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Return the most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def admit_once(path: Path) -> None:
    """Read and admit the brief of a file, and print its figures as JSON."""
    owner = a_tenant().model_copy(update={"quota": Quota(shots=BIG, variants=BIG, bytes=BIG * 1_000, budget=BIG)})
    cards = cards_of(owner)
    marks = [(used_seconds(), peak_mb())]
    (brief,) = read_briefs(path)
    marks.append((used_seconds(), peak_mb()))
    admitted = admit(brief, path.parent, owner, cards)
    marks.append((used_seconds(), peak_mb()))
    digest = admitted.plan.digest
    marks.append((used_seconds(), peak_mb()))
    seconds = [after - before for (before, _), (after, _) in pairwise(marks)]
    row = {"seconds": seconds, "mb": [mb for _, mb in marks], "variants": admitted.plan.variant_count, "digest": digest}
    print(json.dumps({**row, "file_mb": path.stat().st_size / 1e6}))


def main(sizes: tuple[int, ...]) -> None:
    """Print a row per size, and the ratios of each to the size before."""
    print(
        "products variants  file MB  read s  admit s digest s  products/s  idle MB read MB peak MB  time and memory ×"
    )
    before: tuple[float, float] | None = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = printed("benchmarks.many_products", folder, size)
            found = printed("benchmarks.admitting", path)
        read, admitted, digest = found["seconds"]
        idle, after_read, _, peak = found["mb"]
        whole, grown = read + admitted + digest, peak - idle
        ratio = f"{whole / before[0]:.2f} {grown / before[1]:.2f}" if before else ""
        before = (whole, grown)
        print(
            f"{size:8,} {found['variants']:9,} {found['file_mb']:7.1f} {read:7.1f} {admitted:8.1f} {digest:8.1f} "
            f"{size / whole:11,.0f} {idle:8.0f} {after_read:7.0f} {peak:7.0f}  {ratio}",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        admit_once(Path(sys.argv[1]))
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
