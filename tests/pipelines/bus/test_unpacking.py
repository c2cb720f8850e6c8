"""Batches as they come from brokers: what cannot be unpacked is returned without content, and nothing raises."""

from __future__ import annotations

import gzip
import inspect
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBatch

from pipelines.bus import topics, unpacking
from pipelines.bus.dead import to_dead_message
from pipelines.bus.dead_topic import dead_message_at
from pipelines.bus.messages import Unreadable, parse_record
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.settings import BusSettings
from pipelines.bus.unpacking import UNREAD, unpack_safely, unpacked
from tests.support.raw_records import (
    GZIP,
    LZ4,
    NONE,
    SNAPPY,
    ZSTD,
    RawName,
    RawRecord,
    packed,
    resealed,
    send_batch,
)


def batch_of(data: bytes) -> Any:
    return DefaultRecordBatch(data)


def wrong_of(data: bytes) -> list[str]:
    return [dict(content.headers).get(UNREAD, b"").decode() for _, content in unpacked(batch_of(data))]


@pytest.mark.parametrize("codec", [NONE, GZIP, LZ4])
def test_every_record_comes_as_it_was_sent(codec: int) -> None:
    records = [(b"k", b"v" * 100, [("a", b"1"), ("a", None)]), (None, None, []), (b"", b"", [("", b"")])]
    found = list(unpacked(batch_of(packed(*records, codec=codec))))
    assert [(offset, tuple(content)) for offset, content in found] == [
        (number, (1000 + number, *record)) for number, record in enumerate(records)
    ]


def test_a_header_name_that_is_no_text_is_kept_as_far_as_it_is() -> None:
    data = packed((b"k", b"v", [(RawName("x"), b"1")]), (b"k2", b"v2", []))
    with pytest.raises(CorruptRecordError, match="UnicodeDecodeError"):
        list(batch_of(data))  # the defect of kafka-python that this module is for
    found = list(unpacked(batch_of(data)))
    assert [content.headers for _, content in found] == [[("na\ufffdme", b"1")], []]
    assert [content.value for _, content in found] == [b"v", b"v2"]


def test_of_many_headers_only_as_many_are_unpacked_as_show_that_they_are_too_many() -> None:
    data = packed((b"k", b"v", [("h", b"")] * 200_000), (b"k2", b"v2", []))
    (_, first), (_, second) = unpacked(batch_of(data))
    assert len(first.headers) == 150
    assert second.value == b"v2"
    with pytest.raises(Unreadable, match="more than 100 headers"):
        parse_record(topics.BRIEFS, first.value, first.headers, "here")


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (resealed(packed((b"k", b"v", [])), codec=ZSTD), "is in a batch that is compressed with zstd; send"),
        (resealed(packed((b"k", b"v", [])), codec=SNAPPY), "is in a batch that is compressed with snappy; send"),
        (resealed(packed((b"k", b"v", [])), codec=7), "is in a batch that is compressed with codec 7"),
        (resealed(packed((b"k", b"v", [])), codec=GZIP), "is in a batch that cannot be inflated"),
        (resealed(packed((b"k", b"v", [])), codec=LZ4), "is in a batch that cannot be inflated"),
        (resealed(packed((b"k", b"v" * 999, []), codec=GZIP)[:-20]), "is in a batch that cannot be inflated"),
        (resealed(packed((b"k", b"v" * 999, []), codec=LZ4)[:-20]), "is in a batch that cannot be inflated"),
        (resealed(packed((b"k", b"v", [])), count=100_001), "holds 100001 records; the limit is 100000"),
    ],
)
def test_a_batch_that_cannot_be_unpacked_is_one_record_that_says_so(data: bytearray, wrong: str) -> None:
    [said] = wrong_of(data)
    assert wrong in said


@pytest.mark.parametrize("codec", [GZIP, LZ4])
def test_a_batch_that_inflates_beyond_the_limit_is_not_inflated(codec: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED_BYTES", 1_000_000)
    assert wrong_of(packed((b"k", bytes(990_000), []), codec=codec)) == [""]
    [said] = wrong_of(packed((b"k", bytes(1_000_001), []), codec=codec))
    assert "is in a batch that inflates to more than 1 MB" in said


def test_gzip_of_several_members_is_read_whole() -> None:
    data = packed((b"k", b"v" * 99, []), (b"k", b"w" * 99, []))
    records = bytes(data[61:])
    data[61:] = gzip.compress(records[:50]) + gzip.compress(records[50:])
    assert [content.value for _, content in unpacked(batch_of(resealed(data, codec=GZIP)))] == [b"v" * 99, b"w" * 99]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(61, 200), st.integers(0, 255)), min_size=1, max_size=6), st.sampled_from([0, 1, 3])
)
def test_no_bytes_of_a_batch_raise(changes: list[tuple[int, int]], codec: int) -> None:
    data = packed((b"k", b"v" * 40, [("a", b"1")]), (b"k", b"w" * 40, [("b", None)]), codec=codec)
    for at, byte in changes:
        data[min(at, len(data) - 1)] = byte
    assert 1 <= len(list(unpacked(batch_of(resealed(data))))) <= 2


def test_a_consumers_fetcher_looks_its_class_up_on_itself() -> None:
    consumer = SimpleNamespace(_fetcher=Fetcher.__new__(Fetcher))
    unpack_safely(consumer)
    made = consumer._fetcher.PartitionRecords
    assert issubclass(made, Fetcher.PartitionRecords)
    assert "self.PartitionRecords(" in inspect.getsource(Fetcher._parse_fetched_data)
    assert Fetcher.PartitionRecords is not made


@pytest.mark.kafka
def test_no_record_on_a_topic_keeps_those_behind_it_from_being_read(broker: BusSettings) -> None:
    topics.create_topics(broker, partitions=3)
    name = f"campaign.briefs.t{uuid.uuid4().hex[:8]}"
    topics.create_topics(broker, [name.rsplit(".", 1)[1]], partitions=3)
    records: list[RawRecord] = [
        (b"k", b"a", [(RawName("x"), b"1")]),
        (None, None, [("x", None), ("y", b"")]),
        (b"k", b"c", [("h", b"")] * 100_000),
        (None, b"d", []),
    ]
    for record in records:
        send_batch(broker, name, 0, packed(record))
    found = list(all_records(broker, name))
    assert [(record.offset, record.key, record.value) for record in found] == [
        (0, b"k", b"a"), (1, None, None), (2, b"k", b"c"), (3, None, b"d"),
    ]  # fmt: skip
    assert [found[0].headers, found[1].headers] == [[("na\ufffdme", b"1")], [("x", None), ("y", b"")]]
    dead = [to_dead_message(record, ValueError(), "read") for record in found]
    with open_writer(broker) as out:
        sent = [out.send(topics.DEAD, message) for message in dead]
    back = [dead_message_at(broker, f"{place.partition}:{place.offset}") for place in sent]
    assert [(each.message.key, each.message.value) for each in back] == [(each.key, each.value) for each in found]
    assert [each.left_out for each in back] == [(), (), ("headers",), ()]
