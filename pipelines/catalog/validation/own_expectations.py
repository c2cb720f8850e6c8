"""A merchant's own expectations, read without Great Expectations: only known types, known columns, bounded arguments.

They come from outside. What could run code, ask another database, or search for an unbounded time is not among the
known ones, and a pattern must be one of RE2, whose time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Catalog, is_attribute
from foundry.catalog.expected_columns import FIGURES, split_column
from foundry.errors import Problem, ProblemList, shorten
from pipelines.catalog.validation.expectation import Expectation

MOST_VALUES, MOST_TEXT, MOST_PATTERNS, MOST_COLUMNS = 1_000, 300, 20, 10
SEVERITIES = ("critical", "warning", "info")
_Fault = tuple[str, str]  # limit and remedy
_Check = Callable[[Any], _Fault | None]


def read_expectations(catalog: Catalog) -> tuple[Expectation, ...]:
    """Return the merchant's own expectations; Refusals with a sentence for everything that is wrong with them."""
    problems = ProblemList()
    problems.extend(expectation_problems(catalog))
    problems.refuse(f"catalog {catalog.tenant}/{catalog.id}")
    return tuple(map(_expectation, catalog.expectations))


def expectation_problems(catalog: Catalog) -> Iterator[Problem]:
    """Yield everything that is wrong with the merchant's own expectations."""
    for place, written in enumerate(catalog.expectations):
        yield from _problems(f"expectations[{place}]", written)


def _expectation(written: Mapping[str, Any]) -> Expectation:
    notes = written.get("meta", {}).get("notes", "")
    return Expectation(
        type=written["type"],
        kwargs=dict(written["kwargs"]),
        severity=written.get("severity", "warning"),
        notes=notes,
    )


def _problems(path: str, written: Mapping[str, Any]) -> Iterator[Problem]:
    for key in sorted(set(written) - {"type", "kwargs", "meta", "severity"}):
        yield _problem(path, key, "is no part of an expectation", "write type, kwargs, severity and meta.notes alone")
    if (severity := written.get("severity", "warning")) not in SEVERITIES:
        yield _problem(f"{path}.severity", severity, "is no severity", f"write one of {', '.join(SEVERITIES)}")
    yield from _meta_problems(f"{path}.meta", written.get("meta", {}))
    kind, kwargs = written.get("type"), written.get("kwargs")
    arguments = KNOWN.get(kind) if isinstance(kind, str) else None
    if arguments is None:
        known = ", ".join(sorted(KNOWN))
        yield _problem(f"{path}.type", kind, "is not among the expectations that a catalog may have", f"use {known}")
    elif not isinstance(kwargs, dict):
        yield _problem(f"{path}.kwargs", kwargs, "is not a map of arguments", "write the column and the limits in it")
    else:
        yield from _argument_problems(f"{path}.kwargs", kwargs, arguments)


def _meta_problems(path: str, meta: Any) -> Iterator[Problem]:
    if not isinstance(meta, dict) or set(meta) - {"notes"}:
        yield _problem(path, meta, "holds more than notes", "write notes alone, as text")
    elif (fault := _text(meta.get("notes", ""), 1_000)) is not None:
        yield _problem(f"{path}.notes", meta["notes"], *fault)


def _argument_problems(path: str, kwargs: dict[str, Any], arguments: Mapping[str, _Check]) -> Iterator[Problem]:
    for name in sorted(set(kwargs) - set(arguments)):
        yield _problem(path, name, "is no argument that is taken here", f"use {', '.join(arguments)}")
    for name in sorted(set(arguments) - OPTIONAL - set(kwargs)):
        yield _problem(path, "", f"has no {name}", f"add {name}")
    for name, check in arguments.items():
        if name in kwargs and (fault := check(kwargs[name])) is not None:
            yield _problem(f"{path}.{name}", kwargs[name], *fault)
    if "min_value" in arguments and (fault := _range(kwargs.get("min_value"), kwargs.get("max_value"))) is not None:
        yield _problem(path, "", *fault)


def _problem(path: str, value: Any, limit: str, remedy: str) -> Problem:
    return Problem(path, shorten(value) if value != "" else "", limit, remedy, "bad_catalog")


def _text(value: Any, most: int = MOST_TEXT) -> _Fault | None:
    if not isinstance(value, str):
        return "is no text", "write text"
    return None if len(value) <= most else (f"has {len(value)} characters; the limit is {most}", "shorten it")


def _column(value: Any) -> _Fault | None:
    if (fault := _text(value)) is not None:
        return fault
    attribute, _ = split_column(value)
    if is_attribute(attribute):
        return None
    figures = " or ".join(f"ATTRIBUTE.{each}" for each in FIGURES)
    return "is no column of a feed", f"use one of {', '.join(ATTRIBUTES[:6])} …, own.NAME, or {figures}"


def _columns(value: Any) -> _Fault | None:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_COLUMNS:
        return "is no list of 2 to 10 columns", "name the columns"
    return next((fault for each in value if (fault := _column(each)) is not None), None)


def _number_column(value: Any) -> _Fault | None:
    if (fault := _column(value)) is not None:
        return fault
    attribute, figure = split_column(value)
    return None if figure == "number" else ("holds text", f"use {attribute}.number, the number in the text")


def _range(least: Any, most: Any) -> _Fault | None:
    if least is None and most is None:
        return "has neither min_value nor max_value", "give one of them"
    numbers = isinstance(least, int | float) and isinstance(most, int | float)
    return ("has a min_value above its max_value", "exchange them") if numbers and least > most else None


def _number(value: Any) -> _Fault | None:
    good = value is None or (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15)
    return None if good else ("is no number below 1e15", "write a number")


def _count(value: Any) -> _Fault | None:
    return None if value is None else _one_count(value)


def _one_count(value: Any) -> _Fault | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1e12
    return None if good else ("is no count", "write a whole number from 0")


def _share(value: Any) -> _Fault | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return None if good else ("is no share", "write a number from 0 to 1, such as 0.95")


def _flag(value: Any) -> _Fault | None:
    return None if isinstance(value, bool) else ("is neither true nor false", "write true or false")


def _values(value: Any) -> _Fault | None:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_VALUES:
        return f"is no list of 1 to {MOST_VALUES:,} values", "list the values"
    for each in value:
        fault = (
            _text(each) if isinstance(each, str) else _number(each) if each is not None else ("holds null", "omit it")
        )
        if fault is not None:
            return fault
    return None


def _pattern(value: Any) -> _Fault | None:
    if (fault := _text(value)) is not None:
        return fault
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), value)
    except pa.ArrowInvalid as error:
        why = str(error).partition("\n")[0]
        return f"is no pattern of RE2 ({why})", "write it without looking ahead or behind and without back-references"
    return None


def _patterns(value: Any) -> _Fault | None:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_PATTERNS:
        return f"is no list of 1 to {MOST_PATTERNS} patterns", "list the patterns"
    return next((fault for each in value if (fault := _pattern(each)) is not None), None)


def _one_of(*choices: str) -> _Check:
    return lambda value: None if value in choices else ("is unknown", f"write one of {', '.join(choices)}")


_MOSTLY: dict[str, _Check] = {"mostly": _share}
_ON: dict[str, _Check] = {"column": _column, **_MOSTLY}
_RANGE: dict[str, _Check] = {"min_value": _number, "max_value": _number, "strict_min": _flag, "strict_max": _flag}
_COUNTS: dict[str, _Check] = {"min_value": _count, "max_value": _count}
_SHARES: dict[str, _Check] = {"column": _column, **_RANGE}
_FIGURE: dict[str, _Check] = {"column": _number_column, **_RANGE}
_PAIR_BLANKS = _one_of("both_values_are_missing", "either_value_is_missing", "neither")
_PAIR: dict[str, _Check] = {"column_A": _column, "column_B": _column, "ignore_row_if": _PAIR_BLANKS, **_MOSTLY}
_ROW_BLANKS = _one_of("all_values_are_missing", "any_value_is_missing", "never")
_SEVERAL: dict[str, _Check] = {"column_list": _columns, "ignore_row_if": _ROW_BLANKS, **_MOSTLY}
OPTIONAL = frozenset({*_MOSTLY, *_RANGE, "ignore_row_if", "or_equal", "match_on"})

KNOWN: dict[str, Mapping[str, _Check]] = {
    "expect_column_to_exist": {"column": _column},
    "expect_column_values_to_not_be_null": _ON,
    "expect_column_values_to_be_null": _ON,
    "expect_column_values_to_be_unique": _ON,
    "expect_column_values_to_be_in_set": {**_ON, "value_set": _values},
    "expect_column_values_to_not_be_in_set": {**_ON, "value_set": _values},
    "expect_column_values_to_be_between": {**_FIGURE, **_MOSTLY},
    "expect_column_value_lengths_to_be_between": {"column": _column, **_COUNTS, **_MOSTLY},
    "expect_column_value_lengths_to_equal": {**_ON, "value": _one_count},
    "expect_column_values_to_match_regex": {**_ON, "regex": _pattern},
    "expect_column_values_to_not_match_regex": {**_ON, "regex": _pattern},
    "expect_column_values_to_match_regex_list": {**_ON, "regex_list": _patterns, "match_on": _one_of("any", "all")},
    "expect_column_values_to_not_match_regex_list": {**_ON, "regex_list": _patterns},
    "expect_column_pair_values_a_to_be_greater_than_b": {**_PAIR, "or_equal": _flag},
    "expect_column_pair_values_to_be_equal": _PAIR,
    "expect_compound_columns_to_be_unique": _SEVERAL,
    "expect_select_column_values_to_be_unique_within_record": _SEVERAL,
    "expect_column_distinct_values_to_be_in_set": {"column": _column, "value_set": _values},
    "expect_column_most_common_value_to_be_in_set": {"column": _column, "value_set": _values},
    "expect_column_proportion_of_unique_values_to_be_between": _SHARES,
    "expect_column_proportion_of_non_null_values_to_be_between": _SHARES,
    "expect_column_min_to_be_between": _FIGURE,
    "expect_column_max_to_be_between": _FIGURE,
    "expect_column_mean_to_be_between": _FIGURE,
    "expect_column_median_to_be_between": _FIGURE,
    "expect_column_stdev_to_be_between": _FIGURE,
    "expect_table_row_count_to_be_between": _COUNTS,
    "expect_table_row_count_to_equal": {"value": _one_count},
}
"""The expectations that a catalog may have, and their arguments. Those of Great Expectations that are not here depend
on the whole table (sums), run a query or a program, or read a schema from elsewhere."""
