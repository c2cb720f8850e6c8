"""Feeds of each kind are read and judged: good ones have no fault, and dirt is found in its row and in no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.catalog.judging import ALWAYS, Judge
from foundry.catalog.reading import open_feed
from foundry.catalog.rows import RowFault, Tally
from tests.support.feed_dirt import LINE_DIRT, ROW_DIRT
from tests.support.feeds import MadeFeed, make_feed
from tests.support.judged import a_catalog

ENDINGS = {
    "google-tsv": "tsv", "google-xml": "xml", "google-json": "json", "shopify-csv": "csv", "meta-csv": "csv",
    "csv": "csv", "xlsx": "xlsx", "parquet": "parquet",
}  # fmt: skip
NO_FAULT_IN = {
    "google-xml": {"control characters"},  # XML has none
    "meta-csv": {"long id", "long title"},  # Meta takes more
    "csv": {"no description", "no link"},  # no published kind asks for them
}


def judged(made: MadeFeed) -> tuple[Tally, list[RowFault], list[RowFault]]:
    catalog = a_catalog(feed=made.feed)
    reading = open_feed(made.fetched, catalog.feed, ALWAYS | catalog.attributes)
    judge = Judge(reading.kind, catalog.feed, catalog)
    chunks = [judge.judge(chunk) for chunk in reading.chunks()]
    faults = [fault for chunk in chunks for fault in chunk.faults]
    return judge.tally(), faults, [fault for chunk in chunks for fault in chunk.warnings]


@pytest.mark.parametrize("kind", ENDINGS)
def test_a_good_feed_of_each_kind_has_neither_faults_nor_warnings(kind: str, tmp_path: Path) -> None:
    tally, faults, warnings = judged(make_feed(tmp_path / f"feed.{ENDINGS[kind]}", kind, 300, seed=5))
    assert (tally.rows, tally.usable, faults, warnings) == (300, 300, [], [])


@pytest.mark.parametrize("kind", ["google-tsv", "google-xml", "google-json", "meta-csv", "csv"])
def test_dirt_is_found_in_its_row_and_in_no_other(kind: str, tmp_path: Path) -> None:
    names = [*ROW_DIRT, *(LINE_DIRT if kind == "google-tsv" else ()), "repeated id"]
    wanted = dict.fromkeys(
        (name for name in names if name != "10 MB title" and name not in NO_FAULT_IN.get(kind, ())), 2
    )
    made = make_feed(tmp_path / f"feed.{ENDINGS[kind]}", kind, 400, seed=7, dirt=wanted)
    tally, faults, warnings = judged(made)
    expected = made.expected()
    ending = {row for row, dirt in expected.items() if getattr(dirt, "sets_aside", True)}
    assert {fault.row for fault in faults} == ending
    assert {fault.row for fault in warnings} <= set(expected)
    for row, dirt in expected.items():
        assert dirt.code in {fault.code for fault in (*faults, *warnings) if fault.row == row}, made.dirt[row]
    assert (tally.rows, tally.set_aside) == (400, len(ending))
