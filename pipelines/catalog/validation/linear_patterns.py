"""The patterns of Great Expectations, searched by RE2.

pandas searches with Python's `re` whenever a pattern has a class of blanks, or one of letters and a text is not ASCII.
That may take for ever on a pattern from outside, and means something else than our own rules do. Importing this module
replaces the four metrics in this process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)


def _matched(column: Any, pattern: str) -> Any:
    """Return whether each text of a `pandas.Series` without nulls has a match somewhere, as a Series."""
    found = pc.match_substring_regex(pa.array(column, pa.large_string(), from_pandas=True), pattern)
    return pd.Series(np.asarray(found.fill_null(False)), index=column.index)


def _counts(column: Any, patterns: Sequence[str]) -> Any:
    """Return the number of patterns that each text matches."""
    return sum(_matched(column, each).astype("int64") for each in patterns)


class MatchesPattern(ColumnMapMetricProvider):  # type: ignore[misc]
    """Texts that match a pattern."""

    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805 - of the library
        return _matched(column, regex)


class MatchesNoPattern(ColumnMapMetricProvider):  # type: ignore[misc]
    """Texts that do not match a pattern."""

    condition_metric_name = "column_values.not_match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805
        return ~_matched(column, regex)


class MatchesPatterns(ColumnMapMetricProvider):  # type: ignore[misc]
    """Texts that match any or all of several patterns."""

    condition_metric_name = "column_values.match_regex_list"
    condition_value_keys = ("regex_list", "match_on")
    default_kwarg_values = {"match_on": "any"}  # noqa: RUF012 - of the library

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Any, regex_list: Sequence[str], match_on: str, **_: Any) -> Any:  # noqa: N805
        least = 1 if match_on == "any" else len(regex_list)
        return _counts(column, regex_list) >= least


class MatchesNoneOfPatterns(ColumnMapMetricProvider):  # type: ignore[misc]
    """Texts that match none of several patterns."""

    condition_metric_name = "column_values.not_match_regex_list"
    condition_value_keys = ("regex_list",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Any, regex_list: Sequence[str], **_: Any) -> Any:  # noqa: N805
        return _counts(column, regex_list) == 0
