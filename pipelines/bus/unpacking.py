"""Unpacking of fetched batches such that no record can stop its reader.

kafka-python 3.0.12 raises out of `poll` for a batch that it cannot unpack, and again at every restart: for a name of a
header that is no UTF-8, a codec that is not installed, a compressed batch that is damaged. It also unpacks compressed
batches of any size, and any number of headers. Brokers accept all of these. Here such a record or batch is returned
without its content, with a header UNREAD that says what is wrong, so that `parse_record` refuses it like any other.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kafka.consumer.fetcher import Fetcher

UNREAD = "campaign-foundry.unread"
MOST_UNPACKED_BYTES = 64_000_000
MOST_BATCH_RECORDS = 100_000
MOST_HEADERS_UNPACKED = 150
"""More than `parse_record` allows, so that it sees that there are too many, and room for those of a dead message."""
GZIP_FORMAT = 31
"""zlib's number for gzip with the largest window."""


class _Damaged(Exception):
    """A batch or a record that cannot be unpacked; the text continues the sentence "a record ..."."""


class _Content(NamedTuple):
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


def unpack_safely(consumer: Any) -> None:
    """Let a consumer of kafka-python unpack batches as this module does.

    The library has no public way to choose this, so the class that its fetcher looks up on itself is replaced, on this
    consumer alone. The version is pinned in pyproject.toml, and tests/pipelines/bus/test_unpacking.py holds that the
    defect and the attribute are there.
    """
    consumer._fetcher.PartitionRecords = _safe_partition_records(consumer._fetcher)  # noqa: SLF001 - see above


def _safe_partition_records(fetcher: Fetcher) -> type:
    from kafka.consumer.fetcher import ConsumerRecord
    from kafka.errors import CorruptRecordError

    class SafePartitionRecords(fetcher.PartitionRecords):  # type: ignore[misc]  # kafka-python has no types
        """The records of one fetched partition, unpacked lazily and safely."""

        def _unpack_records(self, part: Any, records: Any, *_deserializers: Any) -> Iterator[Any]:
            last = None
            while (batch := records.next_batch()) is not None:
                last = batch
                if not batch.validate_crc():
                    raise CorruptRecordError(f"{part.topic}:{part.partition}:{batch.base_offset} fails its checksum")
                if batch.magic == 2:
                    self.leader_epoch = batch.leader_epoch
                if batch.magic == 2 and batch.is_control_batch:
                    self.next_fetch_offset = batch.next_offset
                    continue
                for offset, content in unpacked(batch):
                    sizes = [len(each) if each is not None else -1 for each in (content.key, content.value)]
                    self.records_read += 1
                    self.bytes_read += sum(sizes)
                    self.next_fetch_offset = offset + 1
                    yield ConsumerRecord(
                        part.topic, part.partition, self.leader_epoch, offset, content.timestamp,
                        batch.timestamp_type, content.key, content.value, content.headers, None, *sizes, -1,
                    )  # fmt: skip
            if last is not None and last.magic == 2:
                self.next_fetch_offset = last.next_offset
            self.drain()

    return SafePartitionRecords


def unpacked(batch: Any) -> Iterator[tuple[int, _Content]]:
    """Yield offset and content of each record of a fetched batch.

    A batch that cannot be unpacked as a whole yields one record without content, at its last offset.
    """
    try:
        reader = _Reader(_inflated(batch))
    except _Damaged as damage:
        last = batch.last_offset if batch.magic == 2 else batch.base_offset
        yield last, _unread(batch, f"is in a batch that {damage}")
        return
    for _ in range(batch.records_count):
        try:
            end = reader.end_of_record()
        except _Damaged as damage:
            yield batch.last_offset, _unread(batch, f"is in a batch that {damage}")
            return
        yield _record(batch, reader)
        reader.at = end


def _record(batch: Any, reader: _Reader) -> tuple[int, _Content]:
    offset = batch.last_offset
    try:
        reader.at += 1  # its attributes, of which none is in use
        delta_ms, offset = reader.varint(), batch.base_offset + reader.varint()
        at_ms = batch.max_timestamp if batch.timestamp_type else batch.first_timestamp + delta_ms
        return offset, _Content(at_ms, reader.part(), reader.part(), reader.headers())
    except _Damaged as damage:
        return offset, _unread(batch, str(damage))


def _unread(batch: Any, wrong: str) -> _Content:
    at_ms = batch.max_timestamp if batch.magic == 2 else -1
    return _Content(at_ms, None, None, [(UNREAD, wrong.encode())])


class _Reader:
    """Reads the parts of records from a buffer; _Damaged for a part that is not whole."""

    def __init__(self, buffer: bytes) -> None:
        self._buffer, self.at = buffer, 0

    def end_of_record(self) -> int:
        """Read the length of a record; return the position at which the record ends."""
        length = self.varint()
        if length < 0 or self.at + length > len(self._buffer):
            raise _Damaged("ends within a record")
        return self.at + length

    def varint(self) -> int:
        """Return a zigzag varint of at most 64 bits."""
        from kafka.record.util import decode_varint

        try:
            number, self.at = decode_varint(self._buffer, self.at)
        except (IndexError, ValueError) as error:
            raise _Damaged("has a number that is not whole") from error
        return int(number)

    def part(self) -> bytes | None:
        """Return a key or value that its length precedes; None for null."""
        length = self.varint()
        if length < 0:
            return None
        if self.at + length > len(self._buffer):
            raise _Damaged("has a part that is longer than itself")
        self.at += length
        return bytes(self._buffer[self.at - length : self.at])

    def headers(self) -> list[tuple[str, bytes | None]]:
        """Return the first headers; bytes of names that are no UTF-8 become U+FFFD."""
        found = []
        for _ in range(min(self.varint(), MOST_HEADERS_UNPACKED)):
            name = self.part()
            if name is None:
                raise _Damaged("has a header without name")
            found.append((name.decode("utf-8", "replace"), self.part()))
        return found


def _inflated(batch: Any) -> bytes:
    """Return the records of a batch without compression; _Damaged if it has another format or is over a limit."""
    if batch.magic != 2:
        raise _Damaged("has a format from before Kafka 0.11")
    if batch.records_count > MOST_BATCH_RECORDS:
        raise _Damaged(f"holds {batch.records_count} records; the limit is {MOST_BATCH_RECORDS}")
    packed = bytes(batch._buffer[batch.HEADER_STRUCT.size : batch.size_in_bytes])  # noqa: SLF001 - see unpack_safely
    codec = batch.compression_type
    if codec == batch.CODEC_NONE:
        return packed
    inflate = {batch.CODEC_GZIP: _inflate_gzip, batch.CODEC_LZ4: _inflate_lz4}.get(codec)
    if inflate is None:
        name = {batch.CODEC_SNAPPY: "snappy", batch.CODEC_ZSTD: "zstd"}.get(codec, f"codec {codec}")
        raise _Damaged(f"is compressed with {name}; send briefs with gzip, lz4 or no compression")
    data = _inflated_with(inflate, packed)
    if len(data) > MOST_UNPACKED_BYTES:
        raise _Damaged(f"inflates to more than {MOST_UNPACKED_BYTES // 1_000_000} MB")
    return data


def _inflated_with(inflate: Callable[[bytes, int], bytes], packed: bytes) -> bytes:
    try:
        return inflate(packed, MOST_UNPACKED_BYTES + 1)
    except (zlib.error, RuntimeError, EOFError, struct.error, ValueError) as error:
        raise _Damaged("cannot be inflated") from error


def _inflate_gzip(packed: bytes, most: int) -> bytes:
    """Return at most `most` bytes of one or several gzip members."""
    data = bytearray()
    while packed and len(data) < most:
        member = zlib.decompressobj(GZIP_FORMAT)
        data += member.decompress(packed, most - len(data))
        if not member.eof and len(data) < most:
            raise EOFError("a gzip member is cut off")
        packed = member.unused_data
    return bytes(data)


def _inflate_lz4(packed: bytes, most: int) -> bytes:
    from lz4.frame import LZ4FrameDecompressor  # type: ignore[import-untyped]  # lz4 has no types

    stream = LZ4FrameDecompressor()
    data: bytes = stream.decompress(packed, max_length=most)
    if not stream.eof and len(data) < most:
        raise EOFError("an lz4 frame is cut off")
    return data
