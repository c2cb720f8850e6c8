"""Ids are unique over a whole feed, and numbers of items are held to their check digits."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.catalog.judging.identifiers import right_gtin
from foundry.catalog.judging.seen_ids import SeenIds
from tests.support.judged import a_row, judged

BAD_IDS = {
    "": "missing_id",
    "null": "missing_id",
    "#N/A": "missing_id",
    "a" * 129: "unusable_id",
    "a\x00b": "unusable_id",
    "a\ufffdb": "unusable_id",
    "\ufeffA1": "unusable_id",
    "A\u200b1": "unusable_id",
    "A\u00ad1": "unusable_id",
    "4.00638E+12": "mangled_id",
    "1E+05": "mangled_id",
    "1,2346e+11": "mangled_id",
    "https://shop.example/a": "swapped_value",
    "12.99 EUR": "swapped_value",
}


@pytest.mark.parametrize("item", BAD_IDS, ids=lambda item: ascii(item[:20]))
def test_an_id_that_cannot_be_used_sets_its_row_aside(item: str) -> None:
    assert set(judged(a_row(1, id=item)).faults) == {BAD_IDS[item]}


@pytest.mark.parametrize("item", ["A1", "12.99", "1E5", "E-12", "ä/ö 7", "shopify_DE_123_456", "0", "a" * 50, "–"])
def test_an_odd_id_is_an_id(item: str) -> None:
    found = judged(a_row(1, id=item))
    assert (found.faults, found.warnings) == ({}, {})


def test_an_id_is_trimmed_and_its_case_counts() -> None:
    found = judged(a_row(1, id="  A1 "))
    assert found.row is not None
    assert found.row["id"] == "A1"
    seen = SeenIds()
    assert not seen.again(["A1", "a1"], 2).any()


@given(st.lists(st.lists(st.integers(0, 40), max_size=20), max_size=20))
def test_ids_that_came_before_are_found_as_a_set_finds_them(chunks: list[list[int]]) -> None:
    seen, known = SeenIds(), set[str]()
    for chunk in chunks:
        ids = [f"id {number}" for number in chunk]
        expected = []
        for one in ids:
            expected.append(one in known)
            known.add(one)
        assert seen.again(ids, len(ids)).tolist() == expected


def test_a_million_ids_are_remembered_in_eight_bytes_each() -> None:
    seen = SeenIds()
    for first in range(0, 1_000_000, 50_000):
        assert not seen.again(map(str, range(first, first + 50_000)), 50_000).any()
    assert seen.again(["999999", "1000000", "0"], 3).tolist() == [True, False, True]
    assert sum(run.nbytes for run in seen._runs) <= 8 * 1_000_001
    assert len(seen._runs) < 20


@given(st.integers(0, 10**13 - 1))
def test_a_gtin_has_one_right_check_digit(body: int) -> None:
    """The sum is written out here as GS1's page does by hand, from the right."""
    digits = f"{body:013d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    right = [check for check in range(10) if right_gtin(f"{digits}{check}")]
    assert right == [-total % 10]


@pytest.mark.parametrize(
    "gtin", ["4006381333931", "036000291452", "96385074", "10614141000415", "4006381 333931", "978-0-306-40615-7"]
)
def test_right_gtins_of_all_lengths_pass(gtin: str) -> None:
    assert judged(a_row(1, gtin=gtin)).warnings == {}


@pytest.mark.parametrize(
    "gtin", ["4006381333932", "123", "0360002914521", "ABC", "4.00638E+12", "1" * 20, "٤٠٠٦٣٨١٣٣٣٩٣١"]
)
def test_a_wrong_gtin_is_warned_of(gtin: str) -> None:
    found = judged(a_row(1, gtin=gtin))
    assert set(found.warnings) == {"bad_gtin"}
    assert found.row is not None


@pytest.mark.parametrize(
    "body", ["200000000000", "029999999999", "040000000000", "050000000000", "981000000000", "990000000000"]
)
def test_gtins_of_shops_and_coupons_are_warned_of(body: str) -> None:
    gtin = next(f"{body}{check}" for check in range(10) if right_gtin(f"{body}{check}"))
    assert set(judged(a_row(1, gtin=gtin)).warnings) == {"reserved_gtin"}
    assert set(judged(a_row(1, gtin=f"0{gtin}")).warnings) == {"reserved_gtin"}


def test_hashes_are_spread_over_runs_that_stay_sorted() -> None:
    seen, drawn = SeenIds(), random.Random(7)
    for _ in range(50):
        count = drawn.randrange(1, 400)
        seen.again([str(drawn.random()) for _ in range(count)], count)
    assert all(np.all(np.diff(run) > 0) for run in seen._runs)
