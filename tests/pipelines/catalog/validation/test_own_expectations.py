import pyarrow as pa
import pytest

from foundry.errors import Refusals
from pipelines.catalog.validation.expectation import Suite
from pipelines.catalog.validation.own_expectations import KNOWN, read_expectations
from tests.support.validated_feeds import a_catalog_of, a_chunk, expecting

NOT_NULL, REGEX = "expect_column_values_to_not_be_null", "expect_column_values_to_match_regex"
BETWEEN = "expect_column_values_to_be_between"


def refusal(*expectations):
    with pytest.raises(Refusals) as caught:
        read_expectations(a_catalog_of(expectations=expectations))
    return str(caught.value)


def test_expectations_are_read_as_great_expectations_writes_them():
    written = {**expecting(NOT_NULL, column="brand", mostly=0.95), "meta": {"notes": "Brands sell."}}
    (found,) = read_expectations(a_catalog_of(expectations=[written]))
    assert (found.type, found.kwargs, found.notes) == (NOT_NULL, {"column": "brand", "mostly": 0.95}, "Brands sell.")


def test_a_feed_is_read_for_the_columns_that_expectations_name():
    pair = expecting("expect_column_pair_values_to_be_equal", column_A="price.currency", column_B="own.currency")
    catalog = a_catalog_of(expectations=[expecting(NOT_NULL, column="gtin"), pair, expecting(NOT_NULL, column="../x")])
    assert {"gtin", "price", "own.currency"} <= catalog.attributes
    assert "../x" not in catalog.attributes


@pytest.mark.parametrize(
    "kind",
    [
        "expect_query_results_to_match_comparison",
        "unexpected_rows_expectation",
        "expect_column_values_to_match_json_schema",
    ],
)
def test_what_runs_a_query_or_reads_a_schema_is_not_among_the_known_ones(kind):
    assert f"'{kind}' is not among the expectations" in refusal(expecting(kind, column="id"))


@pytest.mark.parametrize("name", ["row_condition", "condition_parser", "result_format", "catch_exceptions", "windows"])
def test_arguments_that_could_run_code_are_refused(name):
    assert f"'{name}' is no argument that is taken here" in refusal(expecting(NOT_NULL, column="id", **{name: "x"}))


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(?<!a)b", r"(a)\1", r"a{2000}", "("])
def test_only_patterns_whose_time_is_linear_are_taken(pattern):
    assert "is no pattern of RE2" in refusal(expecting(REGEX, column="id", regex=pattern))


@pytest.mark.parametrize(
    ("expectation", "sentence"),
    [
        (expecting(NOT_NULL, column="colour"), "'colour' is no column of a feed"),
        (expecting(NOT_NULL, column={"$PARAMETER": "x"}), "is no text"),
        (expecting(NOT_NULL), "has no column; add column"),
        (expecting(NOT_NULL, column="id", mostly=95), "95 is no share; write a number from 0 to 1"),
        (
            expecting("expect_column_values_to_be_in_set", column="id", value_set=["x"] * 1001),
            "is no list of 1 to 1,000",
        ),
        (expecting("expect_table_row_count_to_be_between", min_value=-1), "-1 is no count"),
        (expecting(REGEX, column="id", regex="x" * 301), "has 301 characters; the limit is 300"),
        (expecting(BETWEEN, column="price", min_value=1), "'price' holds text; use price.number"),
        (expecting(BETWEEN, column="price.number"), "has neither min_value nor max_value; give one of them"),
        (expecting(BETWEEN, column="price.number", min_value=2, max_value=1), "has a min_value above its max_value"),
        (expecting("expect_column_value_lengths_to_equal", column="id", value=None), "None is no count"),
        ({"type": NOT_NULL, "kwargs": ["id"]}, "is not a map of arguments"),
        ({**expecting(NOT_NULL, column="id"), "meta": {"x": 1}}, "holds more than notes"),
        ({**expecting(NOT_NULL, column="id"), "severity": "fatal"}, "'fatal' is no severity"),
        (
            {**expecting(NOT_NULL, column="id"), "rendered_content": []},
            "'rendered_content' is no part of an expectation",
        ),
    ],
)
def test_an_expectation_is_refused_with_the_value_and_the_way_out(expectation, sentence):
    assert sentence in refusal(expectation)


def test_all_problems_are_told_at_once_with_their_places():
    said = refusal(expecting(NOT_NULL, column="colour"), expecting("expect_nothing"))
    assert "expectations[0].kwargs.column" in said
    assert "expectations[1].type" in said


def test_each_known_expectation_is_one_of_great_expectations():
    from importlib.util import find_spec
    from pathlib import Path

    package = find_spec("great_expectations")
    assert package is not None
    assert package.origin is not None
    core = Path(package.origin).parent / "expectations" / "core"
    assert set(KNOWN) <= {path.stem for path in core.glob("expect_*.py")}


ARGUMENTS = {
    "column_A": "price.number", "column_B": "sale_price.number", "column_list": ["id", "title"], "min_value": 1,
    "max_value": 2, "mostly": 0.5, "value_set": ["x", 1], "value": 1, "regex": "a", "regex_list": ["a", "b"],
    "match_on": "any", "or_equal": True, "strict_min": True, "strict_max": True,
}  # fmt: skip


def usual(kind, column):
    """An expectation with all of its arguments."""
    arguments = {name: ARGUMENTS[name] for name in KNOWN[kind] if name in ARGUMENTS}
    return expecting(kind, **arguments, **({"column": column} if "column" in KNOWN[kind] else {}))


@pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")  # lark, when the library is imported
@pytest.mark.parametrize("rows", [["12.99 EUR", "5", None, "12.99 EUR"], [None, None, None, None]])
def test_whatever_is_taken_is_held_without_trouble_and_shown(rows, tmp_path):
    from pipelines.catalog.validation.checking import Checker, outcome_of, tidy
    from pipelines.catalog.validation.pages import write_page

    kinds = [
        (kind, "price.number" if "min_value" in KNOWN[kind] and "lengths" not in kind else "title") for kind in KNOWN
    ]
    taken = read_expectations(a_catalog_of(expectations=[usual(*each) for each in (*kinds, *kinds[:3])]))
    suite = Suite(name="own", title="Own", expectations=taken)
    table = pa.Table.from_batches([a_chunk(id=rows, title=rows, price=rows).columns])
    result = Checker(table, 4).check(suite)
    assert [each.trouble for each in outcome_of(suite, result, 4, 4).expectations if each.trouble] == []
    tidy(result)
    write_page(suite, result, (), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("<tr>") > len(taken)
