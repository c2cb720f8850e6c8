"""Two judges of rows that share the table of rules and nothing else: they must set the same rows aside."""

from collections import defaultdict

import pyarrow as pa
import pytest

from foundry.catalog.expected_columns import columns_of, split_column
from foundry.catalog.judging import ALWAYS, Judge
from foundry.catalog.reading import open_feed
from pipelines.catalog.validation.published import published_suite
from tests.support.feed_dirt import ROW_DIRT
from tests.support.feeds import make_feed
from tests.support.validated_feeds import a_catalog_of

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")  # lark, when it is imported
KINDS = ("google-tsv", "google-xml", "google-json", "shopify-csv", "meta-csv", "csv", "xlsx", "parquet")
DIRT = {name: 3 for name in ROW_DIRT if "10 MB" not in name}
LISTING = {"result_format": "COMPLETE", "unexpected_index_column_names": ["row"]}
UNREADABLE = {"bad_price", "missing_currency", "unknown_currency", "comma_price", "ambiguous_price", "zero_price"}
DECODED = {"html_in_title", "entities_in_title", "oversized_title"}
EXCUSED = {
    "duplicate_id": {"mangled_id", "unusable_id", "swapped_value"},
    "sale_currency": {*UNREADABLE, "swapped_value", "bad_sale_price"},
    "sale_above_price": {*UNREADABLE, "swapped_value", "bad_sale_price", "sale_currency"},
    "insecure_image_link": {"bad_image_link", "private_image_link"},
    "odd_image_type": {"swapped_value"},
    **dict.fromkeys(("control_characters", "broken_letters", "shouting_title", "wordless_title"), DECODED),
}
"""The judge looks no further at rows with these faults, so Great Expectations may find more there."""


def as_table(rows):
    return rows if isinstance(rows, pa.Table) else pa.Table.from_batches([rows])


def judged(made, catalog):
    """The rows with each code of each attribute, by the judge, and all rows as they were read."""
    reading = open_feed(made.fetched, catalog.feed, ALWAYS)
    judge, found, chunks = Judge(reading.kind, catalog.feed, catalog), defaultdict(set), []
    for chunk in reading.chunks():
        chunks.append(
            pa.Table.from_batches([chunk.columns]) if hasattr(chunk.columns, "to_struct_array") else chunk.columns
        )
        outcome = judge.judge(chunk)
        for fault in (*outcome.faults, *outcome.warnings):
            found[fault.code, fault.attribute].add(fault.row)
    return found, pa.concat_tables(chunks), reading.kind


def expected(table, kind, catalog):
    """The rows that do not meet the expectations of each group of codes, by Great Expectations."""
    from pipelines.catalog.validation.checking import Checker

    suite, found = published_suite(kind, catalog), defaultdict(set)
    results = Checker(table, table.num_rows).check(suite, LISTING).results
    for expectation, result in zip(suite.expectations, results, strict=True):
        attribute = split_column(list(columns_of(expectation.kwargs))[-1])[0]
        assert not any(isinstance(info, dict) for info in result.exception_info.values()), result.exception_info
        rows = {int(each["row"]) for each in result.result.get("unexpected_index_list") or ()}
        found[frozenset(expectation.codes), attribute] |= rows
    return found


def first_rows(table, rows):
    """The rows among some that have an id which no earlier row has."""
    ids, firsts = dict(zip(table.column("row").to_pylist(), table.column("id").to_pylist(), strict=True)), {}
    for row in sorted(rows):
        firsts.setdefault(ids[row], row)
    return set(firsts.values())


@pytest.mark.parametrize("kind", KINDS)
def test_great_expectations_and_the_judge_agree_on_each_row(tmp_path, kind):
    dirt = {name: count for name, count in DIRT.items() if kind != "xlsx" or "control" not in name}  # it holds none
    made = make_feed(tmp_path / "feed", kind, 600, 3, dirt={**dirt, "repeated id": 4})
    catalog = a_catalog_of(made.feed)
    codes, table, read_kind = judged(made, catalog)
    groups = expected(table, read_kind, catalog)
    repeated = frozenset({"duplicate_id"}), "id"
    assert groups[repeated]
    groups[repeated] -= first_rows(table, groups[repeated])
    for (group, attribute), rows in groups.items():
        excusing = set().union(*(EXCUSED.get(code, set()) for code in group))
        excused = set().union(*(rows for (code, _), rows in codes.items() if code in excusing))
        by_judge = set().union(*(codes[code, attribute] for code in group))
        assert by_judge <= rows | excused, (group, attribute)
        assert rows <= by_judge | excused, (group, attribute)
    assert sum(map(len, groups.values())) >= 30
