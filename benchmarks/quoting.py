"""Quotes against what was then measured: seeded campaigns on the embedded cards, after one warm-up campaign.

python -m benchmarks.quoting [--campaigns 20] [--whole]

Each campaign has other numbers of products, scenes, locales, placements and alternatives. It is quoted by the campaigns
before it, made in this process, and measured by the records of its objects, in seconds of processors. Without --whole,
masters and drawings are small; with it, they are as shipped.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.support.quoting import QuotedCampaign, QuotingFolder, small_masters
from tests.support.seeded_campaigns import a_warm_up, seeded_campaigns


def measure(folder: Path, count: int, *, whole: bool) -> list[QuotedCampaign]:
    """Quote and make so many campaigns, after one of another tenant, which loads the libraries, and the warm-up."""
    place = QuotingFolder(folder, small=not whole)
    with nullcontext() if whole else small_masters():
        place.make({"placements": ["google/leaderboard"]}, tenant="northpeak")
        place.make(a_warm_up())
        made = []
        for changes in seeded_campaigns(count):
            made.append(each := place.make(changes))
            print(row(each), flush=True)
    return made


def row(each: QuotedCampaign) -> str:
    """Return a line of the table."""
    return (
        f"| {each.campaign} | {each.shots} | {each.files} | {each.quoted.amount:.2f} ± {each.quoted.error:.2f} "
        f"| {each.measured_s:.2f} | {100 * each.difference:+.1f} % |"
    )


def main() -> None:
    """Print a row for each campaign, and the figures over all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--campaigns", type=int, default=20)
    parser.add_argument("--whole", action="store_true", help="masters and drawings as large as shipped")
    options = parser.parse_args()
    print("| campaign | shots | files | quoted, s | measured, s | difference |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        made = measure(Path(name), options.campaigns, whole=options.whole)
    off = sorted(abs(each.difference) for each in made)
    quoted, measured = sum(each.quoted.amount for each in made), sum(each.measured_s for each in made)
    print(f"all together: quoted {quoted:.1f} s, measured {measured:.1f} s, {100 * (quoted / measured - 1):+.1f} %")
    print(f"difference of one: median {statistics.median(off):.1%}, most {off[-1]:.1%}; ", end="")
    print(f"within 10 %: {sum(each <= 0.1 for each in off)} of {len(off)}")
    print(f"manifests bear exactly what records say: {all(each.borne == each.recorded for each in made)}")
    print(f"the work that was counted was done: {all(each.needed == each.done for each in made)}")


if __name__ == "__main__":
    main()
