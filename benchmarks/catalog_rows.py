"""The rows of a catalog: read, judged, mapped and compared with yesterday's; processor seconds, and peak memory.

python -m benchmarks.catalog_rows [ROWS...]

The first night finds an empty state, the second a feed of which 0.1 % changed. Each night is a process of its own on
one core, which leaves the state that it would leave had it made all files.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparing import compare
from foundry.catalog.judging import ALWAYS, Judge
from foundry.catalog.mapping import shown_by
from foundry.catalog.reading import open_feed
from foundry.catalog.rows import FetchedFeed
from foundry.catalog.spool import Spool
from foundry.catalog.state import StateFacts, read_state
from foundry.catalog.state_writing import write_state
from foundry.store.object_store import LocalStore
from foundry.tenant import load_tenant
from tests.support.feeds import change_feed, make_feed
from tests.support.judged_rows import TEMPLATE

SIZES = (100_000, 1_000_000)
DIRT = {"no id": 5, "no price": 20, "bad gtin": 50, "shouting": 50}
PRIORITY = [{"attribute": "quantity", "largest_first": True}]
STEPS = ("read_s", "judge_s", "spool_s", "compare_s", "list_s", "write_s")


def peak_mb() -> int:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000


class Clock:
    """Processor seconds by step, of the whole process with all its threads."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time that the block takes to a step."""
        began = time.process_time()
        yield
        self.seconds[name] += time.process_time() - began


def night(feed: Path, section: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Compare one feed with the state in the folder, and leave the next one."""
    catalog = Catalog.model_validate(
        {
            "id": "shop",
            "name": "Shop",
            "tenant": "northpeak",
            "feed": section,
            "campaign": TEMPLATE,
            "priority": PRIORITY,
        }
    )
    shown = shown_by(
        catalog.brief_of([{"id": "any", "name": "Any"}]), load_tenant(Path("examples/tenants"), "northpeak")
    )
    store, clock, imported = LocalStore(folder / "store", "northpeak/"), Clock(), peak_mb()
    began, cpu = time.perf_counter(), time.process_time()
    with Spool(folder, catalog, shown=shown, now=datetime(2026, 11, 30, tzinfo=UTC)) as spool:
        spool_feed(feed, catalog, spool, clock)
        spooled = peak_mb()
        with read_state(store, catalog.id, folder) as state:
            with clock.step("compare_s"):
                comparison = compare(state, spool, catalog=catalog, template="t")
                counts = comparison.counts
            with clock.step("list_s"):
                made = sum(1 for _ in comparison.to_make()) + sum(1 for _ in comparison.to_withdraw())
            with clock.step("write_s"):
                write_state(store, comparison, StateFacts(run="r", moment="2026-11-30T00:00:00+00:00", template="t"))
    figures = {name: round(clock.seconds[name], 2) for name in STEPS}
    took = {"wall_s": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    return {
        "asked": made,
        **took,
        **figures,
        "imported_mb": imported,
        "spooled_mb": spooled,
        "peak_mb": peak_mb(),
        **counts,
    }


def spool_feed(feed: Path, catalog: Catalog, spool: Spool, clock: Clock) -> None:
    """Read and judge a feed, and take its usable rows."""
    fetched = FetchedFeed(feed.name, feed, "", feed.stat().st_size)
    reading = open_feed(fetched, catalog.feed, ALWAYS | catalog.attributes)
    judge = Judge(reading.kind, catalog.feed, catalog)
    chunks = reading.chunks()
    while True:
        with clock.step("read_s"):
            chunk = next(chunks, None)
        if chunk is None:
            return
        with clock.step("judge_s"):
            judged = judge.judge(chunk)
        with clock.step("spool_s"):
            spool.add(judged)


def main(sizes: list[int]) -> None:
    """Print the figures of two nights for each size, as JSON Lines."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            first = make_feed(folder / "first.tsv", rows=rows, dirt=DIRT)
            second = change_feed(first, folder / "second.tsv", share=0.001, dirt=DIRT)
            for made in (first, second):
                command = [sys.executable, "-m", "benchmarks.catalog_rows", "night", str(made.path), name]
                told = subprocess.run([*command, json.dumps(made.feed)], capture_output=True, text=True, check=True)
                print(json.dumps({"rows": rows, "night": made.path.stem, **json.loads(told.stdout)}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["night"]:
        print(json.dumps(night(Path(sys.argv[2]), json.loads(sys.argv[4]), Path(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
