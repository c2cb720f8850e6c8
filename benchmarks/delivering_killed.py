"""Deliveries that are killed again and again at random moments: what is lost, what is doubled, and the memory it takes.

python -m benchmarks.delivering_killed [--files 300] [--dams 5] [--folders 1] [--kills 100] [--longest-s 4] [--moods 4]

Made-up files go to some DAMs that must be asked before a step is repeated, and to some folders. The process that brings
them is killed (SIGKILL) up to so many seconds after it began to work, and after every fifth kill every third file is
made anew. Of 100 steps of a DAM, `--moods` are not made, and as many are made without an answer. In the end each target
must have each file once, with its newest content.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.support.delivery_kills import KilledDelivery


def main() -> None:
    """Run it and print what is at the targets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivering_killed")
    for name, default in (("files", 300), ("dams", 5), ("folders", 1), ("kills", 100), ("moods", 4), ("seed", 19)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--longest-s", type=float, default=4.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="delivering-killed-") as folder:
        work = KilledDelivery(Path(folder), asked.files, asked.dams, asked.folders, asked.seed)
        began = time.monotonic()
        found = work.run(asked.kills, before=asked.moods, after=asked.moods, longest_s=asked.longest_s)
        seconds = time.monotonic() - began
    targets = asked.dams + asked.folders
    print(f"{asked.files} files to {targets} targets, {asked.kills} kills, {seconds:.0f} s")
    whole = f"{found['whole']} of {asked.files * targets}"
    print(f"whole {whole}, lost {found['lost']}, doubled or old {found['doubled or old']}")
    print(f"most memory of a delivering process: {work.most_mib:.0f} MiB")


if __name__ == "__main__":
    main()
