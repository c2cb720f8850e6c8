"""Feeds read and judged, beside readers that know nothing of feeds: seconds of one core, and peak memory.

python -m benchmarks.feeds [ROWS]

Each measurement is a process of its own on one core; a process that it starts counts with it. `csv.DictReader` yields a
dict for each row and keeps none; `pandas.read_csv` keeps the whole feed. Neither looks for rows that are broken, nor
unfolds XML or joins variants.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.feed_dirt import LINE_DIRT
from tests.support.feed_writing import WRITERS
from tests.support.feeds import make_feed
from tests.support.judged_rows import TEMPLATE

ROWS = 100_000


def read(path: Path, section: dict[str, Any], *, judging: bool) -> int:
    """Return the number of rows that were read, and judged if asked for."""
    from foundry.catalog.catalog import Catalog
    from foundry.catalog.judging import ALWAYS, Judge
    from foundry.catalog.reading import open_feed
    from foundry.catalog.rows import FetchedFeed

    catalog = Catalog.model_validate(
        {"id": "shop", "name": "Shop", "tenant": "northpeak", "feed": section, "campaign": TEMPLATE}
    )
    reading = open_feed(FetchedFeed(path.name, path, "", path.stat().st_size), catalog.feed, ALWAYS)
    judge = Judge(reading.kind, catalog.feed, catalog)
    for chunk in reading.chunks():
        if judging:
            judge.judge(chunk)
    return reading.facts().rows


def read_with_csv(path: Path, section: dict[str, Any]) -> int:
    """Return the number of rows that the standard library finds."""
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        return sum(1 for _ in csv.DictReader(file, delimiter=_mark(section)))


def read_with_pandas(path: Path, section: dict[str, Any]) -> int:
    """Return the number of rows that pandas finds; lines that it cannot read are left out."""
    import pandas as pd

    return len(
        pd.read_csv(path, sep=_mark(section), dtype=str, encoding_errors="replace", on_bad_lines="skip", quoting=0)
    )


def _mark(section: dict[str, Any]) -> str:
    return {"google-tsv": "\t", "csv": ";"}.get(section["kind"], ",")


WAYS: dict[str, Callable[[Path, dict[str, Any]], int]] = {
    "read": lambda path, section: read(path, section, judging=False),
    "read and judged": lambda path, section: read(path, section, judging=True),
    "csv.DictReader": read_with_csv,
    "pandas.read_csv": read_with_pandas,
}
_PEERS = frozenset({"csv.DictReader", "pandas.read_csv"})
_DELIMITED = frozenset({"google-tsv", "shopify-csv", "meta-csv", "csv"})


def measure(way: str, path: Path, section: dict[str, Any]) -> None:
    """Print rows, seconds and megabytes of one way, as JSON."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows = WAYS[way](path, section)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in used)
    print(json.dumps([rows, seconds, sum(each.ru_maxrss for each in used) // 1_000]))


def measured(way: str, path: Path, section: dict[str, Any]) -> tuple[int, float, int]:
    """Return rows, seconds of a core from start to end, and the peak of memory in MB, of a process of its own."""
    arguments = [sys.executable, "-m", "benchmarks.feeds", "--way", way, str(path), json.dumps(section)]
    rows, seconds, peak = json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
    return rows, seconds, peak


def table(rows: int, folder: Path) -> str:
    """Return a table of all kinds and ways."""
    lines = [f"{'kind':<18} {'MB':>5}  {'way':<16} {'rows':>9} {'seconds':>8} {'peak MB':>8}"]
    for kind in WRITERS:
        for dirty in (False, True) if kind == "google-tsv" else (False,):
            dirt = dict.fromkeys(LINE_DIRT, rows // 300) if dirty else {}
            made = make_feed(folder / "feed", kind, rows, dirt=dirt)
            size = made.path.stat().st_size / 1e6
            for way in WAYS:
                if way in _PEERS and kind not in _DELIMITED:
                    continue
                found, seconds, peak = measured(way, made.path, made.feed)
                title = f"{kind}{', 1 % dirt' if dirty else ''}"
                lines.append(f"{title:<18} {size:>5.0f}  {way:<16} {found:>9} {seconds:>8.2f} {peak:>8}")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--way"]:
        measure(sys.argv[2], Path(sys.argv[3]), json.loads(sys.argv[4]))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(table(int(sys.argv[1]) if sys.argv[1:] else ROWS, Path(folder)))


if __name__ == "__main__":
    main()
