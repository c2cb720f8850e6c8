"""Rows of a feed are judged alike however they are cut into chunks; the rest goes on."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.catalog.judging import ALWAYS, Judge
from foundry.catalog.judging.rules import rule_table
from foundry.catalog.rows import KEPT_ROWS, Chunk, JudgedChunk, RowFault, Tally
from tests.support.feed_dirt import ROW_DIRT
from tests.support.judged import SHOP, a_catalog, a_chunk, a_row, judged, rows_of

FOUND_BY_THE_READER = {"10 MB title"}
DIRT = [name for name in ROW_DIRT if name not in FOUND_BY_THE_READER]


def a_judge() -> Judge:
    catalog = a_catalog()
    return Judge("google-tsv", catalog.feed, catalog)


def spoiled(number: int, name: str) -> dict[str, str | None]:
    row = SHOP.named(SHOP.item(number))
    ROW_DIRT[name].spoil(row)
    return {**row}


@pytest.fixture(scope="module")
def dirty() -> JudgedChunk:
    """One row of each dirt, in the order of `DIRT`, numbered from 1."""
    return a_judge().judge(a_chunk([spoiled(number, name) for number, name in enumerate(DIRT)]))


@pytest.mark.parametrize("name", DIRT)
def test_dirt_is_found_by_its_code_and_nothing_else_sets_its_row_aside(dirty: JudgedChunk, name: str) -> None:
    number, dirt = DIRT.index(name) + 1, ROW_DIRT[name]
    faults = {fault.code: fault for fault in dirty.faults if fault.row == number}
    warnings = {fault.code: fault for fault in dirty.warnings if fault.row == number}
    found = (faults if dirt.sets_aside else warnings)[dirt.code]
    assert found.attribute == dirt.attribute
    assert bool(faults) is dirt.sets_aside
    usable = {row["row"] for row in rows_of(dirty)}
    assert (number in usable) is not dirt.sets_aside


def test_each_sentence_names_attribute_fault_and_remedy_and_stays_short(dirty: JudgedChunk) -> None:
    for fault in (*dirty.faults, *dirty.warnings):
        rule = rule_table().by_code[fault.code]
        assert fault.what.startswith(fault.attribute)
        assert fault.what.endswith(rule.remedy)
        assert len(fault.what) < 400
        assert "{" not in fault.what


def test_a_good_feed_has_neither_faults_nor_warnings() -> None:
    found = a_judge().judge(a_chunk([a_row(number) for number in range(500)]))
    assert (found.faults, found.warnings) == ((), ())
    assert found.columns.num_rows == 500


@pytest.mark.parametrize("size", [3, 40])
def test_verdicts_do_not_depend_on_how_a_feed_is_cut(size: int) -> None:
    rows = [
        spoiled(number, DIRT[number % len(DIRT)]) if number % 2 == 0 else a_row(number // 2) for number in range(110)
    ]
    whole, cut = a_judge(), a_judge()
    expected = whole.judge(a_chunk(rows))
    parts = [cut.judge(a_chunk(rows[at : at + size], first=at + 1)) for at in range(0, len(rows), size)]
    assert tuple(fault for part in parts for fault in part.faults) == expected.faults
    assert tuple(fault for part in parts for fault in part.warnings) == expected.warnings
    assert [row for part in parts for row in rows_of(part)] == rows_of(expected)
    assert cut.tally() == whole.tally()


def test_the_first_row_of_an_id_is_kept_also_across_chunks() -> None:
    judge = a_judge()
    assert judge.judge(a_chunk([a_row(1), a_row(2)])).faults == ()
    found = judge.judge(a_chunk([a_row(3), a_row(1), a_row(3)], first=3))
    assert [(fault.row, fault.code) for fault in found.faults] == [(4, "duplicate_id"), (5, "duplicate_id")]
    assert [row["row"] for row in rows_of(found)] == [3]


def test_a_tally_counts_rows_once_for_each_code() -> None:
    judge = a_judge()
    unread = (RowFault(9, "", "column_count", "", "row 9 has 2 columns", line=10),)
    rows = [a_row(1), a_row(2, price="x", sale_price="y"), a_row(3, color="c" * 200, size="s" * 200)]
    found = judge.judge(a_chunk(rows, faults=unread))
    assert judge.tally() == Tally(
        rows=4,
        usable=2,
        set_aside=2,
        codes={"bad_price": 1, "bad_sale_price": 1, "column_count": 1},
        warned={"too_long": 1},
        examples=list(found.faults),
    )
    assert judge.tally().bad_percent == 50
    assert found.faults[-1] == unread[0]


def test_warnings_are_counted_and_a_thousand_of_each_code_are_listed() -> None:
    judge = a_judge()
    rows = [a_row(number, brand="") for number in range(KEPT_ROWS - 300)]
    listed = [len(judge.judge(a_chunk(rows)).warnings) for _ in range(2)]
    assert listed == [700, 300]
    assert judge.tally().warned == {"missing_brand": 1_400}


def test_examples_are_bounded_and_leave_room_for_rare_codes() -> None:
    judge = a_judge()
    rows = [a_row(number, price="x") for number in range(900)] + [a_row(901, title="")]
    judge.judge(a_chunk(rows))
    codes = [fault.code for fault in judge.tally().examples]
    assert codes.count("bad_price") == 200
    assert codes.count("missing_title") == 1


def test_usable_rows_have_typed_columns() -> None:
    row = a_row(
        1,
        price="1,299.50 EUR",
        sale_price="999 EUR",
        sale_price_effective_date="2026-12-01/2026-12-24",
        availability="preorder",
    )
    held = judged(row).row
    assert held is not None
    assert {name: held[name] for name in ("price_minor", "sale_minor", "currency", "stock")} == {
        "price_minor": 129_950, "sale_minor": 99_900, "currency": "EUR", "stock": "preorder",
    }  # fmt: skip
    assert held["sale_from"] == datetime(2026, 12, 1, tzinfo=UTC)
    assert held["sale_until"] == datetime(2026, 12, 24, 23, 59, 59, tzinfo=UTC)


def test_columns_have_the_same_types_whatever_the_rows_hold() -> None:
    full = a_judge().judge(a_chunk([a_row(1)])).columns.schema
    assert full.field("price_minor").type == pa.int64()
    assert full.field("sale_from").type == pa.timestamp("s", "UTC")
    assert full.field("stock").type == full.field("currency").type == pa.string()
    bare = a_judge().judge(a_chunk([{"id": "a"}])).columns.schema
    none = a_judge().judge(a_chunk([])).columns.schema
    assert bare == none == full


def test_a_chunk_may_be_a_table_of_several_pieces() -> None:
    table = pa.Table.from_batches([a_chunk([a_row(1)]).columns, a_chunk([a_row(2)], first=2).columns])
    assert a_judge().judge(Chunk(table)).columns.num_rows == 2
    assert a_judge().judge(Chunk(table.slice(0, 0))).columns.num_rows == 0


def test_what_rules_ask_for_is_read_of_every_feed() -> None:
    assert {name for rule in rule_table().rules for name in rule.attributes} <= ALWAYS


def test_faults_survive_pickling(dirty: JudgedChunk) -> None:
    assert pickle.loads(pickle.dumps(dirty.faults)) == dirty.faults


def test_a_picture_address_shows_no_password_in_the_sentence() -> None:
    found = judged(a_row(1, image_link="https://user:secret@cdn.shop.example/a.jpg"))
    assert "secret" not in found.faults["bad_image_link"]


ODD = st.one_of(
    st.text(max_size=30),
    st.from_regex(
        r"[€$]?[0-9.,' ]{1,9}(EUR|USD)?|https?://[a-z.:/@%\[\]]{0,20}|&[#a-z0-9]{1,6};?|<[/a-z]{0,5}>?", fullmatch=True
    ),
    st.sampled_from(["", "null", "in stock", "2026-12-01/2026-12-24", "\x00", "\ufffd", "\u202e", "9" * 400]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(ALWAYS)), ODD), min_size=1, max_size=4))
def test_any_texts_are_judged_and_each_row_is_used_or_has_a_fault(rows: list[dict[str, str | None]]) -> None:
    judge = a_judge()
    found = judge.judge(a_chunk([{**a_row(number), **row} for number, row in enumerate(rows)]))
    usable, faulty = {row["row"] for row in rows_of(found)}, {fault.row for fault in found.faults}
    assert usable | faulty == set(range(1, len(rows) + 1))
    assert not usable & faulty
    for row in rows_of(found):
        assert all(row[name] for name in ("id", "title", "price_minor", "currency", "image_link"))
        assert row["price_minor"] > 0
        assert row["stock"] in {"in_stock", "out_of_stock", "preorder", "backorder"}
        assert row["sale_minor"] is None or 0 < row["sale_minor"] < row["price_minor"]
        assert not any(letter in row["title"] for letter in "\x00\ufffd\u202e\n")
