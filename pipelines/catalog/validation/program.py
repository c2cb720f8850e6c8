"""The program of a validation: it reads a job from its folder, and writes the answer and the pages there."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

YIELDING = 5
"""Added to the niceness, so that the run which waits for this, or works beside it, goes first."""


def main(folder: Path) -> None:
    """Do the job of a folder."""
    os.nice(YIELDING)
    import logging

    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    logging.disable(logging.WARNING)  # of the library, on its own metrics

    from pipelines.catalog.validation.checking import Checker, outcome_of, tidy
    from pipelines.catalog.validation.job import ANSWER, ANSWERS, JOB, JOBS, ValidationAnswer
    from pipelines.catalog.validation.pages import write_page

    job = JOBS.validate_json((folder / JOB).read_bytes())
    rows = _rows(Path(job.table), job.below)
    checker = Checker(rows, job.total, absent=job.absent, decimal_mark=job.decimal_mark)
    outcomes = []
    for suite in job.suites:
        result = checker.check(suite, job.listing)
        page = f"{suite.name}.html"
        outcomes.append(replace(outcome_of(suite, result, job.total, rows.num_rows), page=page))
        tidy(result)
        write_page(suite, result, job.facts, folder / page)
        (folder / f"{suite.name}.json").write_text(str(result), encoding="utf-8")
    (folder / ANSWER).write_bytes(ANSWERS.dump_json(ValidationAnswer(tuple(outcomes))))


def _rows(path: Path, below: int) -> Any:
    from pipelines.catalog.validation.sample import read_sample, read_table

    return read_sample(path, below) if below else read_table(path)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    main(Path(sys.argv[1]))
