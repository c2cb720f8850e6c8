"""The order for a validation, and its answer, as they cross to the process that validates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from pipelines.catalog.validation.expectation import Suite
from pipelines.catalog.validation.outcome import SuiteOutcome

JOB, ANSWER, TABLE = "job.json", "answer.json", "table.arrow"


@dataclass(frozen=True, kw_only=True)
class ValidationJob:
    """Suites, and the table that they are held against.

    table: a file with a `FeedSample`, or with whole rows. below: of the keys of a sample; 0 for whole rows. total: the
    rows that the table stands for. facts: sentences about the table, for the pages. absent: columns of the table that
    the feed does not have. listing: see `Checker.check`.
    """

    table: str
    below: int
    total: int
    suites: tuple[Suite, ...]
    facts: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    decimal_mark: str = "."
    listing: dict[str, Any] | None = None


@dataclass(frozen=True)
class ValidationAnswer:
    """The outcomes of a job's suites, in their order. Pages lie beside it, by the suites' names."""

    suites: tuple[SuiteOutcome, ...]


JOBS: TypeAdapter[ValidationJob] = TypeAdapter(ValidationJob)
ANSWERS: TypeAdapter[ValidationAnswer] = TypeAdapter(ValidationAnswer)
OUTCOMES: TypeAdapter[tuple[SuiteOutcome, ...]] = TypeAdapter(tuple[SuiteOutcome, ...])
