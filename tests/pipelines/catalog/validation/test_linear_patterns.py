import time

import pyarrow as pa
import pytest

from pipelines.catalog.validation.expectation import Expectation, Suite

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")  # lark, when it is imported
MATCH, NO_MATCH = "expect_column_values_to_match_regex", "expect_column_values_to_not_match_regex"


def unmet(texts, kind, **kwargs):
    from pipelines.catalog.validation.checking import Checker

    rows = pa.table({"row": pa.array(range(len(texts)), pa.int64()), "title": pa.array(texts, pa.string())})
    suite = Suite(name="own", title="Own", expectations=(Expectation(type=kind, kwargs={"column": "title", **kwargs}),))
    listing = {"result_format": "COMPLETE", "unexpected_index_column_names": ["row"]}
    (result,) = Checker(rows, len(texts)).check(suite, listing).results
    return [int(each["row"]) for each in result.result["unexpected_index_list"] or ()]


def test_a_pattern_that_never_ends_elsewhere_ends_here():
    began = time.process_time()
    assert unmet(["ä" * 5_000 + "!"] * 20, MATCH, regex=r"^([\w-]+\s?)+$") == list(range(20))
    assert time.process_time() - began < 30  # the import of the library is most of it; Python's own search never ends


@pytest.mark.parametrize(
    ("kind", "kwargs", "rows"),
    [
        (MATCH, {"regex": "^a"}, [1, 3]),
        (NO_MATCH, {"regex": "^a"}, [0, 4]),
        (MATCH + "_list", {"regex_list": ["^a", "b$"]}, [3]),
        (MATCH + "_list", {"regex_list": ["^a", "b$"], "match_on": "all"}, [0, 1, 3]),
        (NO_MATCH + "_list", {"regex_list": ["^a", "b$"]}, [0, 1, 4]),
    ],
)
def test_patterns_mean_what_great_expectations_says(kind, kwargs, rows):
    assert unmet(["ax", "xb", None, "xx", "ab"], kind, **kwargs) == rows
