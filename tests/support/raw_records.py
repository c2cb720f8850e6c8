"""Batches of records made by hand: null, header names that are no text, codecs, and damage."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.util import calc_crc32c

from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import open_admin

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
MOST_BYTES = 100_000_000
RawRecord = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]
"""Key, value and headers."""


class RawName(str):
    """A name of a header, sent as bytes that are no UTF-8."""

    def encode(self, *_: Any) -> bytes:
        return b"na\xffme"


def packed(*records: RawRecord, codec: int = NONE) -> bytearray:
    """Return a batch of these records."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, MOST_BYTES)
    for offset, (key, value, headers) in enumerate(records):
        builder.append(offset, 1000 + offset, key, value, list(headers))
    return bytearray(builder.build())


def resealed(data: bytearray, codec: int | None = None, count: int | None = None) -> bytearray:
    """Return a batch whose head names another codec or number of records, with length and checksum set right."""
    if codec is not None:
        data[21:23] = struct.pack(">h", codec)
    if count is not None:
        data[57:61] = struct.pack(">i", count)
    data[8:12] = struct.pack(">i", len(data) - 12)
    data[17:21] = struct.pack(">I", calc_crc32c(memoryview(data)[21:]))
    return data


def send_batch(bus: BusSettings, topic: str, partition: int, data: bytes) -> int:
    """Send a batch to the leader of a partition; return the offset of its first record, or raise the broker's error."""
    from kafka.errors import for_code
    from kafka.protocol.producer import ProduceRequest

    entry = ProduceRequest.TopicProduceData
    part = entry.PartitionProduceData(index=partition, records=data)
    request = ProduceRequest(
        transactional_id=None, acks=-1, timeout_ms=10_000, topic_data=[entry(name=topic, partition_data=[part])],
        max_version=9,
    )  # fmt: skip
    with open_admin(bus) as admin:
        [found] = admin.describe_topics([topic])
        leader = next(each["leader_id"] for each in found["partitions"] if each["partition_index"] == partition)
        answer = admin._manager.run(admin._manager.send, request, leader)
    [told] = answer.responses[0].partition_responses
    if told.error_code:
        error: type[Exception] = for_code(told.error_code)
        raise error
    return int(told.base_offset)
