"""The work of a refresh of which 1 % changed, beside that of the full build: shots, files and seconds.

python -m benchmarks.catalog_refresh [--products 400] [--share 0.01]

Each product has a picture of its own. A painted drawing takes the place of the model's, so that seconds are those of
everything else, which is the harder case: with a real model, the full build takes longer and the constant stays. A
night on which the price of one product changed measures the constant: reading, judging and starting one campaign.
"""

from __future__ import annotations

import argparse
import colorsys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from foundry.catalog.runs import RunRecord
from pipelines.catalog.refresh import refresh
from tests.support.briefs import product_picture
from tests.support.shops import Shop, a_row

GATES = {"bad_rows": None, "fewer_rows": None, "withdrawn": None, "moved_prices": None}
GOAL = 0.015


@dataclass(frozen=True)
class Night:
    """One refresh: its record, and its wall time."""

    name: str
    record: RunRecord
    seconds: float

    def row(self, whole: Night) -> str:
        """Return a line of the table, with the shares of the full build."""
        work, full = self.record.work, whole.record.work
        shares = (work.shots / full.shots, work.files_made / full.files_made, self.seconds / whole.seconds)
        said = " | ".join(f"{share:.2%}" for share in shares)
        return f"| {self.name} | {work.shots} | {work.files_made} | {self.seconds:.2f} | {said} |"


def picture(folder: Path, number: int, count: int, light: float = 0.6) -> str:
    """Draw the picture of a product in a colour of its own; return its name."""
    red, green, blue = colorsys.hls_to_rgb(number / count, light, 0.6)
    name = f"picture-{number}-{light}.png"
    product_picture(folder / name, f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}")
    return name


def measure(root: Path, count: int, share: float) -> list[Night]:
    """Build a catalog of so many products, leave it alone for a night, and change a share of it."""
    shop = Shop.open(root, gate=GATES)
    shop.settings = {"products_per_batch": 200}
    rows = [a_row(number, image_link=picture(root, number, count)) for number in range(count)]
    nights = [_warm_up(root), _night(shop, rows, "full build"), _night(shop, rows, "nothing changed")]
    rows[-1] = {**rows[-1], "price": "4.00 USD"}
    nights.append(_night(shop, rows, "one price changed"))
    for at in range(round(count * share)):
        number = at * count // max(round(count * share), 1)
        other = {"image_link": picture(root, number, count, 0.4)} if at % 2 else {"price": "5.00 USD"}
        rows[number] = {**rows[number], **other}
    return [*nights[1:], _night(shop, rows, f"{share:.0%} changed")]


def _warm_up(root: Path) -> Night:
    """Refresh a shop of one product, which loads the libraries."""
    small = Shop.open(root)
    small.store_name = "warm-up"
    return _night(small, [a_row(1)], "warm-up")


def _night(shop: Shop, rows: list[dict[str, str]], name: str) -> Night:
    shop.write(rows)
    began = time.monotonic()
    record = refresh(shop.catalog, shop.setting)
    shop.next_night()
    return Night(name, record, time.monotonic() - began)


def main() -> None:
    """Print the table, and whether the goal is met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--share", type=float, default=0.01)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        full, still, one, changed = measure(Path(folder), options.products, options.share)
    print("| night | shots | files | seconds | shots, share | files, share | seconds, share |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for night in (full, still, one, changed):
        print(night.row(full))
    work, whole = changed.record.work, full.record.work
    beyond = max(changed.seconds - one.seconds, 0.0)
    print(f"\nThe constant is {one.seconds:.2f} s; beyond it, {beyond:.2f} s or {beyond / full.seconds:.2%}.")
    met = max(work.shots / whole.shots, work.files_made / whole.files_made) <= GOAL * options.share / 0.01
    print(f"The goal of {GOAL:.1%} of shots and files is {'met' if met else 'missed'}.")


if __name__ == "__main__":
    main()
