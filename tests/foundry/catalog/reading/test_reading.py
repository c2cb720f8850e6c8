"""Feeds of every kind come out as the same rows, and what is wrong with a file or a line is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.catalog.catalog import Feed
from foundry.catalog.reading import LIMITS, FeedLimits, open_feed
from foundry.catalog.reading.reading import read_here
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import ROWS_PER_CHUNK, FetchedFeed
from tests.support.feed_dirt import DELIMITED, FILE_DIRT, LINE_DIRT
from tests.support.feed_reading import ALL, fetched, read_feed
from tests.support.feed_writing import WRITERS
from tests.support.feeds import MadeFeed, make_feed

ROWS = 40
KINDS = sorted(WRITERS)
HALF_SPOKEN = {"shopify-csv": {"title", "link", "price", "sale_price", "sale_price_effective_date", "item_group_id",
                               "size", "additional_image_link"}, "meta-csv": {"availability"}}  # fmt: skip
"""Attributes that a kind writes in words of its own, or not at all."""


def expected(made: MadeFeed) -> list[dict[str, str]]:
    rows = [made.shop.named(made.shop.item(number)) for number in made.numbers()]
    return [{name: value for name, value in row.items() if value} for row in rows]


@pytest.mark.parametrize(
    ("kind", "ending"),
    [(kind, "") for kind in KINDS]
    + [("google-tsv", ending) for ending in (".gz", ".zip", ".bz2", ".xz", ".zst")]
    + [("google-xml", ".gz"), ("google-json", ".zip"), ("shopify-csv", ".zst")],
)
def test_every_kind_is_seen_from_its_content_and_gives_the_same_rows(tmp_path: Path, kind: str, ending: str) -> None:
    made = make_feed(tmp_path / f"feed{ending}", kind, ROWS)
    read = read_feed(made.path, **{**made.feed, "kind": None})
    other = HALF_SPOKEN.get(kind, set())
    found = [
        {name: value for name, value in row.items() if name not in {"row", "quantity"} | other} for row in read.rows
    ]
    assert found == [{name: value for name, value in row.items() if name not in other} for row in expected(made)]
    assert read.facts.kind == kind
    assert read.facts.rows == ROWS
    assert read.facts.size_bytes == made.path.stat().st_size
    assert not read.faults


@pytest.mark.parametrize("kind", KINDS)
def test_each_chunk_has_all_wanted_columns_and_the_rows_are_numbered(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, ROWS)
    wanted = frozenset({"title", "video_link", "own.nothing"}) - {"video_link"}
    reading = read_here(made.fetched, Feed.model_validate(made.feed), wanted | {"id"}, LIMITS)
    assert reading.kind == kind
    (chunk,) = reading.chunks()
    assert chunk.columns.schema.names == ["id", "own.nothing", "title", "row"]
    rows = chunk.columns.column("row").to_pylist()
    assert rows == sorted(rows)
    assert kind == "shopify-csv" or rows == list(range(1, ROWS + 1))
    assert "own.nothing" in reading.facts().missing


def test_chunks_are_bounded_in_rows(tmp_path: Path) -> None:
    made = make_feed(tmp_path / "feed.tsv", rows=2 * ROWS_PER_CHUNK)
    reading = open_feed(made.fetched, Feed.model_validate(made.feed), frozenset({"title"}))
    sizes = [chunk.columns.num_rows for chunk in reading.chunks()]
    assert sum(sizes) == 2 * ROWS_PER_CHUNK
    assert max(sizes) < 1.3 * ROWS_PER_CHUNK


CASES = [(kind, name) for kind in KINDS for name, dirt in FILE_DIRT.items() if not dirt.kinds or kind in dirt.kinds]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_file_that_is_no_whole_feed_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    made = make_feed(tmp_path / "feed", kind, ROWS, file_dirt=name)
    with pytest.raises(BadFeed) as refused:
        read_feed(made.path, **made.feed)
    assert refused.value.code == made.refused
    assert str(refused.value).startswith("feed feed ")
    with pytest.raises(BadFeed) as seen:
        read_feed(made.path)
    assert seen.value.code in {made.refused, "missing_columns", "other_kind"}


@pytest.mark.parametrize("kind", sorted(DELIMITED))
def test_lines_that_cannot_be_read_are_set_aside_and_the_rest_goes_on(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, 200, dirt=dict.fromkeys(LINE_DIRT, 3))
    read = read_feed(made.path, **made.feed)
    assert read.codes == {row: found.code for row, found in made.expected().items()}
    assert [fault.line for fault in read.faults] == [row + 1 for row in sorted(made.dirt)]
    assert len(read.rows) == 200 - len(made.dirt)
    known = {fault.row: fault.id for fault in read.faults}
    for row, name in made.dirt.items():
        assert known[row] == ("" if name == "a stray quote" else f"SKU-{row - 1:07d}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_is_too_long_sets_its_row_aside(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, ROWS)
    read = read_feed(made.path, limits=FeedLimits(field_bytes=170), **made.feed)
    texts = {row["id"]: row["description"] for row in expected(made)}
    long = {item for item, text in texts.items() if len(text.encode()) > 170}
    assert {fault.id: fault.attribute for fault in read.faults} == dict.fromkeys(long, "description")
    assert {fault.code for fault in read.faults} == {"field_too_long"}
    assert len(read.rows) + len(read.faults) == ROWS


@pytest.mark.parametrize("kind", ["google-tsv", "google-xml", "google-json"])
def test_a_title_of_ten_megabytes_sets_its_row_aside_alone(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, 8, dirt={"10 MB title": 1})
    read = read_feed(made.path, **made.feed)
    assert list(read.codes.values()) == ["field_too_long"]
    assert len(read.rows) == 7
    assert len(read.faults[0].what) < 200


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"shopify-csv"}))
def test_more_rows_than_allowed_are_refused(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, ROWS)
    with pytest.raises(BadFeed) as refused:
        read_feed(made.path, limits=FeedLimits(rows=ROWS - 1), **made.feed)
    assert refused.value.code == "too_many_rows"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"google-xml", "google-json"}))
def test_more_columns_than_allowed_are_refused(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, ROWS)
    with pytest.raises(BadFeed) as refused:
        read_feed(made.path, limits=FeedLimits(columns=10), **made.feed)
    assert refused.value.code == "too_many_columns"


@pytest.mark.parametrize("kind", ["google-tsv", "google-xml", "google-json"])
def test_a_record_without_an_end_is_refused_or_set_aside(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, 8, dirt={"10 MB title": 1})
    limits = FeedLimits(row_bytes=2_000_000)
    if kind == "google-tsv":
        read = read_feed(made.path, limits=limits, **made.feed)
        assert list(read.codes.values()) == ["row_too_long"]
        assert len(read.rows) == 7
        return
    with pytest.raises(BadFeed) as refused:
        read_feed(made.path, limits=limits, **made.feed)
    assert refused.value.code == "row_too_long"


@pytest.mark.parametrize("kind", ["google-tsv", "google-xml", "xlsx", "parquet"])
def test_a_file_of_another_kind_than_declared_is_refused(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, ROWS)
    with pytest.raises(BadFeed) as refused:
        read_feed(made.path, kind="google-json")
    assert refused.value.code == "other_kind"


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path) -> None:
    made = make_feed(tmp_path / "feed", "google-tsv", 30_000)
    reading = open_feed(made.fetched, Feed.model_validate(made.feed), ALL)
    chunks = reading.chunks()
    next(chunks)
    with made.path.open("ab") as file:
        file.write(b"SKU-NEW\n")
    with pytest.raises(BadFeed) as refused:
        list(chunks)
    assert refused.value.code in {"changed_feed", "cut_feed"}


def test_a_file_that_grew_since_it_was_fetched_is_refused(tmp_path: Path) -> None:
    made = make_feed(tmp_path / "feed", "google-tsv", ROWS)
    before = fetched(made.path)
    with made.path.open("ab") as file:
        file.write(b"SKU-NEW\n")
    with pytest.raises(BadFeed) as refused:
        open_feed(before, Feed.model_validate(made.feed), ALL)
    assert refused.value.code == "changed_feed"


def test_a_feed_without_a_file_is_refused() -> None:
    for feed in (FetchedFeed("feed", None, "", 0, unchanged=True), FetchedFeed("feed", Path("/nowhere/feed"), "", 1)):
        with pytest.raises(BadFeed) as refused:
            open_feed(feed, Feed(source="feed"), ALL)
        assert refused.value.code == "no_file"


def test_facts_are_not_known_before_the_end(tmp_path: Path) -> None:
    made = make_feed(tmp_path / "feed", "google-tsv", ROWS)
    reading = open_feed(made.fetched, Feed.model_validate(made.feed), ALL)
    with pytest.raises(RuntimeError, match="after its last chunk"):
        reading.facts()
    reading.close()


def test_the_limits_hold_a_feed_of_the_promised_size() -> None:
    assert LIMITS.rows >= 5_000_000
    assert LIMITS.row_bytes > LIMITS.field_bytes
