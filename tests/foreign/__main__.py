"""The differences of foreign briefs from their expected readings: `python -m tests.foreign [TEXT IN THE NAME]...`."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path

from tests.foreign.expected import foreign_briefs
from tests.foreign.judging import differences


def main(wanted: list[str]) -> None:
    """Print a line for each brief, and its differences below it."""
    wrong = 0
    briefs = [brief for brief in foreign_briefs() if not wanted or any(text in str(brief) for text in wanted)]
    for brief in briefs:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = differences(brief, Path(folder))
            except Exception:  # noqa: BLE001 - the table of all goes on behind a fault
                found = traceback.format_exc().splitlines()[-4:]
        wrong += bool(found)
        print(f"{'wrong' if found else 'right'}  {brief}")
        print("".join(f"       {text}\n" for text in found), end="")
    print(f"{len(briefs) - wrong} of {len(briefs)} right")


if __name__ == "__main__":
    main(sys.argv[1:])
