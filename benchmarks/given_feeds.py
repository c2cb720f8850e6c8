"""Feeds that are given back: seconds and peak memory of feed and deltas, beside the standard library's csv.DictWriter.

python -m benchmarks.given_feeds [ROWS] [FORMAT...]

The first night gives all rows, with all of them in the deltas; on the second 0.1 % of the products changed. Each format
is written in a process of its own. Reading and judging are not counted: benchmarks.catalog_rows measures them.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from foundry.catalog.rows import JudgedChunk
from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.catalog.feed_back import FeedBackWork, give_back
from pipelines.catalog.feed_links import ItemLinks, link_settings, links_schema, write_links
from pipelines.catalog.given_rows import GivenRows
from tests.support.catalog_records import a_catalog, a_file, a_product, a_product_record

ROWS, CHUNK, EVERY = 100_000, 20_000, 1_000
FORMS = ("google-tsv", "google-xml", "meta-csv")
NIGHTS = ("20261130T013000Z", "20261201T013000Z")
TODAY = date(2026, 11, 30)
COLUMNS = ("id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price")


def peak_mb() -> int:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000


def chunks(rows: int, price: int) -> Iterator[JudgedChunk]:
    """Yield judged rows; every thousandth has the price."""
    for start in range(0, rows, CHUNK):
        numbers = range(start, min(start + CHUNK, rows))
        texts = {
            "id": [f"SKU-{n:07d}" for n in numbers],
            "title": [f"Stoneware mug, oat glaze, number {n}" for n in numbers],
            "description": [
                f"Holds 300 ml and goes into the dishwasher & the microwave. Batch {n % 977}." for n in numbers
            ],
            "link": [f"https://shop.example/products/stoneware-mug-{n}" for n in numbers],
            "image_link": [f"https://shop.example/pictures/{n}.jpg" for n in numbers],
            "brand": ["Northpeak" for _ in numbers],
            "currency": ["EUR" for _ in numbers],
            "stock": ["in_stock" for _ in numbers],
        }
        columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
        columns["price_minor"] = pa.array([price if n % EVERY == 0 else 1_290 for n in numbers], pa.int64())
        yield JudgedChunk(pa.RecordBatch.from_pydict(columns))


def lay_links(own: ObjectStore, links: ItemLinks, catalog: str, rows: int) -> None:
    """Write the view that a store of so many products has."""
    names = {
        "item": [f"SKU-{n:07d}" for n in range(rows)],
        "product": [f"mug-{n:07d}" for n in range(rows)],
        "additional_image_link": [f"https://cdn.example/renditions/{n % 256:02x}/{n:032x}.jpg" for n in range(rows)],
    }
    links.table = pa.table(names, schema=links_schema(links.settings))
    write_links(own, catalog, links)


def measure(rows: int, form: str) -> dict[str, Any]:
    """Return the figures of one format."""
    with tempfile.TemporaryDirectory() as scratch:
        own = LocalStore(Path(scratch) / "store").for_tenant("aurelle")
        wanted = {
            "format": form,
            "base_address": "https://cdn.example",
            "links": {"additional_image_link": ["google/square"]},
        }
        catalog = a_catalog(feed_back=wanted)
        assert catalog.feed_back
        settings = link_settings(catalog, catalog.feed_back, own, TODAY)
        lay_links(own, ItemLinks(settings, None), catalog.id, rows)
        figures: dict[str, Any] = {"format": form, "rows": rows}
        for night, run in enumerate(NIGHTS):
            with GivenRows(Path(scratch) / "rows") as kept:
                for chunk in chunks(rows, 1_290 - 100 * night):
                    kept.add(chunk)
                work = FeedBackWork(
                    own=own,
                    catalog=catalog,
                    run=run,
                    rows=kept,
                    records=changed(rows) if night else (),
                    all_records=lambda: iter(()),
                    on=TODAY,
                )
                before = time.process_time()
                given = give_back(work)
                figures[f"night_{night + 1}_s"] = round(time.process_time() - before, 2)
                figures[f"updated_{night + 1}"] = given.updated
        figures["peak_mb"] = peak_mb()
        figures["feed_mb"] = round(len(own.get(given.objects["feed"])) / 1e6, 1)
    return figures


def changed(rows: int) -> Iterator[Any]:
    """Yield the records of every thousandth product, with a file of another look."""
    for n in range(0, rows, EVERY):
        product = a_product(n, id=f"mug-{n:07d}", items=(f"SKU-{n:07d}",))
        yield a_product_record(n, product=product, files=(a_file(n, "new", placement="google/square"),))


def measure_peer(rows: int, _form: str) -> dict[str, Any]:
    """Return the figures of csv.DictWriter for the same feed, without deltas and without looking up links."""
    with tempfile.TemporaryDirectory() as scratch:
        seconds = 0.0
        with (Path(scratch) / "feed.tsv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, delimiter="\t", extrasaction="ignore")
            writer.writeheader()
            for chunk in chunks(rows, 1_290):
                before = time.process_time()
                for row in chunk.columns.to_pylist():
                    writer.writerow(
                        row | {"price": f"{row['price_minor'] / 100:.2f} EUR", "availability": row["stock"]}
                    )
                seconds += time.process_time() - before
    return {"format": "csv.DictWriter", "rows": rows, "night_1_s": round(seconds, 2), "peak_mb": peak_mb()}


def main() -> None:
    """Measure each format in a process of its own, and print a line for each."""
    if len(sys.argv) > 3 and sys.argv[1] == "--one":
        measured: Callable[[int, str], dict[str, Any]] = measure if sys.argv[3] in FORMS else measure_peer
        print(json.dumps(measured(int(sys.argv[2]), sys.argv[3])))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    for form in sys.argv[2:] or (*FORMS, "peer"):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.given_feeds", "--one", str(rows), form],
            capture_output=True,
            text=True,
            check=True,
        )
        print(done.stdout.strip(), flush=True)


if __name__ == "__main__":
    main()
