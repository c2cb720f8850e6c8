"""A page of every layout in every placement, fourteen locales, both demo brands: `python -m benchmarks.matrix OUT`.

OUT gets the page of `tests.support.layout_matrix`, which the tests use too.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.support.layout_matrix import Cell, Wanted, write_matrix
from tests.support.specimens import BRANDS, Masters, Refused


def summary(cells: Sequence[Cell], refused: Sequence[Refused]) -> str:
    """Return the figures in a few lines, with the number of findings of each kind."""
    kinds = Counter(found.kind for cell in cells for found in cell.findings)
    wrong = sum(bool(cell.findings) for cell in cells)
    lines = [f"{len(cells)} cells, {wrong} with findings, {len(refused)} refused"]
    return "\n".join([*lines, *(f"  {kind}: {count}" for kind, count in kinds.most_common())])


def main() -> None:
    """Render the page; exit with 1 if anything was found or refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--brand", action="append", choices=BRANDS, default=[])
    parser.add_argument("--family", action="append", default=[])
    parser.add_argument("--locale", action="append", default=[])
    parser.add_argument("--store", type=Path, help="A run's store, whose masters are shown; else stand-ins.")
    parser.add_argument("--shapes", type=int, default=1_000, help="At most so many shapes of frame a layout.")
    given = parser.parse_args()
    wanted = Wanted(tuple(given.brand) or BRANDS, tuple(given.family), tuple(given.locale), given.shapes)
    cells, refused = write_matrix(given.out, wanted, Masters(given.store))
    print(summary(cells, refused))
    print(f"open {given.out / 'index.html'}")
    raise SystemExit(any(cell.findings for cell in cells) or bool(refused))


if __name__ == "__main__":
    main()
