"""Suites on a table, by Great Expectations; only the process of a validation imports this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from foundry.catalog.expected_columns import columns_of, shown_column, split_column
from foundry.errors import shorten, visible
from pipelines.catalog.validation import check_digits, linear_patterns
from pipelines.catalog.validation.expectation import Expectation, Suite
from pipelines.catalog.validation.figures import with_figures
from pipelines.catalog.validation.outcome import ExpectationOutcome, SuiteOutcome

LISTED, SHOWN_LETTERS = 20, 160
"""Values that a result lists, and letters of each."""
ON_HEADS = "expect_column_to_exist"
ON_ALL_ROWS = ("expect_table_row_count_to_be_between", "expect_table_row_count_to_equal")
assert check_digits
assert linear_patterns  # their import adds an expectation, and replaces how patterns are searched


class Checker:
    """One table that suites are held against.

    rows: a `pyarrow.Table`, possibly a sample. total: the number of rows that it stands for; expectations on the number
    of rows are held against that. absent: columns that stand in the table, empty, and are not in the feed.
    """

    def __init__(self, rows: Any, total: int, *, absent: Iterable[str] = (), decimal_mark: str = ".") -> None:
        self._rows, self.total, self._mark = rows, total, decimal_mark
        self._heads = [each for each in rows.schema.names if each not in set(absent)]
        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("catalog").add_dataframe_asset("rows")
        self._definition = asset.add_batch_definition_whole_dataframe("rows")

    def check(self, suite: Suite, listing: Mapping[str, Any] | None = None) -> ExpectationSuiteValidationResult:
        """Return the result of a suite, its expectations in their order.

        listing: the `result_format` of Great Expectations; without it, counts and some of the values at fault.
        """
        parts = self._frames(suite.expectations)
        results = [each for frame, part in parts for each in self._results(suite.name, frame, part, listing)]
        results.sort(key=lambda each: each.expectation_config.meta["place"])
        met = sum(bool(each.success) for each in results)
        statistics = {
            "evaluated_expectations": len(results),
            "successful_expectations": met,
            "unsuccessful_expectations": len(results) - met,
            "success_percent": 100 * met / len(results) if results else None,
        }
        return ExpectationSuiteValidationResult(
            success=met == len(results), results=results, suite_name=suite.name, statistics=statistics, meta={}
        )

    def _frames(self, expectations: Iterable[Expectation]) -> Iterator[tuple[Any, list[ExpectationConfiguration]]]:
        """Yield tables as pandas has them, with the expectations that each is to meet."""
        by_frame: dict[str, list[ExpectationConfiguration]] = {"heads": [], "count": [], "rows": []}
        for place, each in enumerate(expectations):
            kind = "heads" if each.type == ON_HEADS else "count" if each.type in ON_ALL_ROWS else "rows"
            by_frame[kind].append(_configuration(place, each))
        if by_frame["heads"]:
            yield pd.DataFrame(columns=self._heads), by_frame["heads"]
        if by_frame["count"]:
            yield pd.DataFrame(index=pd.RangeIndex(self.total)), by_frame["count"]
        if by_frame["rows"]:
            yield self._frame(by_frame["rows"]), by_frame["rows"]

    def _frame(self, configurations: list[ExpectationConfiguration]) -> Any:
        """Return the columns that expectations name; those that the feed does not have hold nothing."""
        import pyarrow as pa

        named = {column for each in configurations for column in columns_of(each.kwargs)}
        rows = with_figures(self._rows, named, self._mark)
        for column in sorted(named - set(rows.schema.names)):
            kind = pa.float64() if split_column(column)[1] == "number" else pa.string()
            rows = rows.append_column(column, pa.nulls(rows.num_rows, kind))
        kept = [column for column in rows.schema.names if column in named or column == "row"]
        return rows.select(kept).to_pandas()

    def _results(self, name: str, frame: Any, part: list[ExpectationConfiguration], listing: Any) -> list[Any]:
        batch = self._definition.get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(name=name, expectations=part)
        wanted = listing or {"result_format": "BASIC", "partial_unexpected_count": LISTED}
        return list(batch.validate(suite, result_format=wanted).results)


def _configuration(place: int, each: Expectation) -> ExpectationConfiguration:
    meta: dict[str, Any] = {"place": place, "codes": list(each.codes)}
    return ExpectationConfiguration(
        type=each.type,
        kwargs=dict(each.kwargs),
        meta=meta,
        severity=each.severity,
        description=each.sentence or None,
        notes=each.notes or None,
    )


def outcome_of(suite: Suite, result: ExpectationSuiteValidationResult, total: int, checked: int) -> SuiteOutcome:
    """Return the outcome of a suite as plain values."""
    pairs = zip(suite.expectations, result.results, strict=True)
    outcomes = tuple(_outcome(expectation, each) for expectation, each in pairs)
    passed = all(each.passed for each in outcomes)
    return SuiteOutcome(
        name=suite.name, title=suite.title, passed=passed, rows=total, checked=checked, expectations=outcomes
    )


def _outcome(expectation: Expectation, result: Any) -> ExpectationOutcome:
    found = result.result or {}
    count, missing = found.get("element_count", 0), found.get("missing_count", 0)
    return ExpectationOutcome(
        type=expectation.type,
        columns=", ".join(map(shown_column, columns_of(expectation.kwargs))),
        codes=expectation.codes,
        passed=bool(result.success),
        severity=expectation.severity,
        sentence=expectation.sentence or _words(expectation),
        checked=int(count - (missing or 0)),
        unmet=int(found.get("unexpected_count", 0)),
        limit=str(expectation.kwargs.get("mostly", "")),
        trouble=_trouble(result.exception_info),
    )


def _words(expectation: Expectation) -> str:
    """Return the name of an expectation as words, with its limits."""
    limits = {key: value for key, value in expectation.kwargs.items() if not key.startswith("column")}
    words = expectation.type.removeprefix("expect_").replace("_", " ")
    return f"{words}: {shorten(limits)}" if limits else words


def _trouble(info: Any) -> str:
    """Return the sentence of an exception that a result holds, or "". There is one info, or one by each metric."""
    if not isinstance(info, dict):
        return ""
    several = [info, *(each for each in info.values() if isinstance(each, dict))]
    raised = [each for each in several if each.get("raised_exception")]
    return visible(str(raised[0].get("exception_message", "")))[:500] if raised else ""


def tidy(result: ExpectationSuiteValidationResult) -> None:
    """Make a result fit for a page: values are short and plain, and where code stood is left out."""
    for each in result.results:
        each.result = {key: _short(value) for key, value in (each.result or {}).items()}
        for info in (each.exception_info, *(each.exception_info or {}).values()):
            if isinstance(info, dict) and info.get("exception_traceback"):
                info["exception_traceback"] = ""


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > SHOWN_LETTERS:
        return value[: SHOWN_LETTERS - 1] + "…"
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value  # the pages cannot show numbers of NumPy
