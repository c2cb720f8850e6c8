"""Formats of large libraries are read in a process of their own, with the same rows, and within limits."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundry.box import MIB
from foundry.box.landlock import landlock_version
from foundry.box.program import ProgramLimits
from foundry.catalog.catalog import Feed
from foundry.catalog.reading import LIMITS, open_feed
from foundry.catalog.reading.apart import ReadingApart
from foundry.catalog.reading.frames import BrokenFrames, chunk_head, chunk_of, receive, send
from foundry.catalog.reading.parts import empty_batch, schema_of
from foundry.catalog.reading.reading import FeedReader
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import Chunk, RowFault
from tests.support.feed_reading import ALL, fetched, read_feed, read_whole
from tests.support.feeds import make_feed


@pytest.mark.parametrize("kind", ["google-xml", "xlsx"])
def test_the_rows_of_a_process_of_its_own_are_those_of_this_one(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, 60, dirt={"10 MB title": 1} if kind == "google-xml" else {})
    reading = open_feed(made.fetched, Feed.model_validate(made.feed), ALL)
    assert isinstance(reading, ReadingApart)
    assert reading.kind == kind
    assert read_whole(reading) == read_feed(made.path, **made.feed)


def test_separated_fields_are_read_in_this_process(tmp_path: Path) -> None:
    for kind, ending in (("google-tsv", ""), ("meta-csv", ".gz")):
        made = make_feed(tmp_path / f"feed{ending}", kind, 20)
        reading = open_feed(made.fetched, Feed.model_validate(made.feed), ALL)
        assert isinstance(reading, FeedReader)
        reading.close()


def test_a_refusal_comes_out_of_the_other_process_as_it_is(tmp_path: Path) -> None:
    made = make_feed(tmp_path / "feed", "google-json", 20, file_dirt="cut")
    reading = open_feed(made.fetched, Feed.model_validate(made.feed), ALL)
    with pytest.raises(BadFeed, match="feed feed ends before its list of items does") as refused:
        list(reading.chunks())
    assert refused.value.code == "cut_feed"
    with pytest.raises(RuntimeError, match="after its last chunk"):
        reading.facts()


def test_a_feed_that_takes_more_memory_than_it_may_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(f"<rss><channel><item>{'<a/>' * 2_500_000}</item></channel></rss>")
    fence = ProgramLimits(data_bytes=260 * MIB, cpu_s=60, file_bytes=MIB)
    with pytest.raises(BadFeed) as refused:
        list(ReadingApart(fetched(tmp_path / "feed"), Feed(source="feed"), ALL, LIMITS, fence).chunks())
    assert refused.value.code == "too_large"


def test_a_reading_that_is_left_ends_its_process(tmp_path: Path) -> None:
    made = make_feed(tmp_path / "feed", "google-json", 20)
    reading = open_feed(made.fetched, Feed.model_validate(made.feed), ALL)
    assert isinstance(reading, ReadingApart)
    process = reading._process
    assert process.poll() is None
    reading.close()
    reading.close()
    assert process.returncode is not None
    assert not reading._folder.exists()


def test_the_other_process_reads_no_file_but_the_feed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('[{"id": "secret"}]')
    (tmp_path / "feed").write_text('[{"id": "1"}]')
    (tmp_path / "link").symlink_to(secret)
    reading = ReadingApart(fetched(tmp_path / "feed"), Feed(source="feed"), frozenset({"id"}), LIMITS)
    argument = reading._process.args
    reading.close()
    if not landlock_version():
        pytest.skip("this kernel has no Landlock")
    other = [part.replace(f'"path": "{tmp_path}/feed"', f'"path": "{secret}"') for part in argument]  # type: ignore[union-attr]
    assert other != argument
    ended = subprocess.run(other, capture_output=True, check=False, env=dict(os.environ))
    assert b"secret" not in ended.stdout.replace(str(secret).encode(), b"")
    assert b"cannot be opened" in ended.stdout


SCHEMA = schema_of(["id"])


def test_frames_keep_rows_and_faults() -> None:
    sent = io.BytesIO()
    chunk = Chunk(empty_batch(SCHEMA), (RowFault(3, "a", "bad_json", "title", "what", 7),))
    send(sent, chunk_head(chunk), chunk.columns)
    sent.seek(0)
    assert chunk_of(*receive(sent), SCHEMA) == chunk


@pytest.mark.parametrize("cut", [0, 5, 20, -1])
def test_frames_that_end_early_are_told(cut: int) -> None:
    sent = io.BytesIO()
    send(sent, {"faults": []}, empty_batch(SCHEMA))
    with pytest.raises(BrokenFrames):
        receive(io.BytesIO(sent.getvalue()[:cut]))


@pytest.mark.parametrize("content", [b"", b"no batch", bytes(64)])
def test_a_batch_that_is_none_is_told(content: bytes) -> None:
    with pytest.raises(BrokenFrames):
        chunk_of({"faults": []}, memoryview(content), SCHEMA)


def test_a_batch_of_other_columns_is_told() -> None:
    sent = io.BytesIO()
    send(sent, {"faults": []}, empty_batch(schema_of(["title"])))
    sent.seek(0)
    with pytest.raises(BrokenFrames):
        chunk_of(*receive(sent), SCHEMA)


def test_nothing_heavy_is_imported_before_a_feed_is_read() -> None:
    heavy = "[name for name in ('pyarrow', 'lxml', 'ijson', 'openpyxl') if name in sys.modules]"
    code = f"import sys, foundry.catalog.reading; print({heavy})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
