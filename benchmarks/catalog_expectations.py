"""Great Expectations on feeds, as a run holds them: seconds of one core, and memory.

    python -m benchmarks.catalog_expectations 100000 1000000

Computing time is that of the process that validates; the seconds for a sample are those of taking it while rows pass.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from foundry.catalog.catalog import Catalog
from foundry.catalog.judging import ALWAYS
from foundry.catalog.reading import open_feed
from pipelines.catalog.validation.job import ValidationJob
from pipelines.catalog.validation.process import validated
from pipelines.catalog.validation.published import published_suite
from pipelines.catalog.validation.sample import FeedSample
from tests.support.feed_dirt import ROW_DIRT
from tests.support.feeds import make_feed
from tests.support.scheduled import a_catalog


def main(counts: list[int]) -> None:
    """Print a line for each number of rows."""
    print(f"{'rows':>9} {'looked at':>9} {'taking, s':>9} {'validating, CPU s':>17} {'peak, MB':>8}")
    for count in counts:
        with TemporaryDirectory() as folder:
            measure(Path(folder), count)


def measure(folder: Path, rows: int) -> None:
    """Measure a feed of some rows, 1 in 100 of them dirty."""
    dirt = {name: rows // 100 // len(ROW_DIRT) for name in ROW_DIRT if "10 MB" not in name}
    made = make_feed(folder / "feed.tsv", "google-tsv", rows, 1, dirt=dirt)
    catalog = Catalog.model_validate({**a_catalog().model_dump(), "feed": made.feed})
    taking = 0.0
    with FeedSample(folder) as sample:
        for chunk in open_feed(made.fetched, catalog.feed, ALWAYS).chunks():
            began = process_time()
            sample.add(chunk)
            taking += process_time() - began
    seconds, peak = validate(catalog, sample)
    print(f"{rows:9,} {sample.kept:9,} {taking:9.1f} {seconds:17.1f} {peak:8.0f}", flush=True)


def validate(catalog: Catalog, sample: FeedSample) -> tuple[float, float]:
    """Return the computing time and the peak memory in MB of a validation; the peak is the largest so far."""
    suite = published_suite("google-tsv", catalog)
    job = ValidationJob(table=str(sample.path), below=sample.below, total=sample.rows, suites=(suite,))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with validated(job):
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100_000])
