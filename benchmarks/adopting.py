"""Adopting a brief, against loading the same file with the plain library of its format.

python -m benchmarks.adopting

Each file is adopted and loaded in turn, warm, in one thread; figures are processor milliseconds of this process and
of those that it has waited for, and their ratio. A workbook is adopted in the box and loaded out of it. Then each file
is adopted once in a fresh process, imports included, against one that imports pydantic alone.
"""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from openpyxl import load_workbook

from benchmarks.boxing import processor_s
from foundry.adoption.adoption import adopt
from foundry.box.keeper import keeper
from tests.foreign.expected import Foreign, foreign_briefs

ROUNDS = 9
FILES = (
    "tea-flat", "coffee-brand-block", "three-campaigns", "backpack-deep", "rice-japanese", "toys-row-per-product",
    "beds-cp1252", "museum", "merged-cells", "sheets-campaign-products-copy",
)  # fmt: skip
PRODUCTS = 1_000
ADOPTING = "import sys, pathlib; from foundry.adoption.adoption import adopt; adopt(pathlib.Path(sys.argv[1]))"


def _csv(path: Path) -> list[list[str]]:
    with path.open(encoding="latin-1", newline="") as stream:
        return list(csv.reader(stream))


LOADERS: dict[str, Callable[[Path], Any]] = {
    ".json": lambda path: json.loads(path.read_text(encoding="utf-8")),
    ".jsonl": lambda path: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()],
    ".yaml": lambda path: list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)),
    ".csv": _csv,
    ".md": lambda path: path.read_text(encoding="utf-8").splitlines(),
    ".xlsx": lambda path: [list(sheet.values) for sheet in load_workbook(path).worksheets],
}


def long_table(folder: Path) -> Path:
    """Write a table with a row for each of a thousand products."""
    header = "Brand,Campaign,Market,Product,SKU,Price,Headline,CTA"
    rows = [f'Acme,Glow,Germany,Lamp {n},L-{n},"{n},90 €",Licht an,Jetzt kaufen' for n in range(PRODUCTS)]
    path = folder / "thousand-products.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def processor_ms(work: Callable[[], Any]) -> float:
    """Return the median processor milliseconds of a call, after one that warms it up."""
    work()
    spent = []
    for _ in range(ROUNDS):
        before = processor_s()
        work()
        spent.append(1000 * (processor_s() - before))
    return statistics.median(spent)


def fresh_ms(code: str, path: Path) -> float:
    """Return the processor milliseconds of a process of its own that runs `code`, given the path of a file."""
    before = processor_s()
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    return 1000 * (processor_s() - before)


def compare(path: Path) -> None:
    """Print a row: adopting, loading, their ratio, and adopting in a fresh process."""
    adopted = processor_ms(lambda: adopt(path))
    loaded = processor_ms(lambda: LOADERS[path.suffix](path))
    fresh, bare = fresh_ms(ADOPTING, path), fresh_ms("import pydantic", path)
    print(f"{path.name:36} {adopted:9.2f} ms {loaded:8.3f} ms {adopted / loaded:7.1f} {fresh:8.0f} ms {bare:6.0f} ms")


def main() -> None:
    """Print the comparison."""
    print(f"{'file':36} {'adopted':>12} {'loaded':>11} {'ratio':>7} {'fresh':>11} {'pydantic':>9}")
    by_name: dict[str, Foreign] = {brief.name: brief for brief in foreign_briefs()}
    for name in FILES:
        with tempfile.TemporaryDirectory() as folder:
            compare(by_name[name].lay_out(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        compare(long_table(Path(folder)))
    keeper.end()


if __name__ == "__main__":
    main()
