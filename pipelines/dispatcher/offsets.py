"""Offsets: which records are settled, up to where each partition may be committed, and which partitions to pause."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from pipelines.bus.client import Consumer, KafkaRecord
from pipelines.dispatcher.claims import Claims, Partition
from pipelines.dispatcher.order import RecordPosition, TakenRecord, plain_record

LEAST_HELD = 4
MOST_BYTES = 128_000_000
COMMIT_MS, PAUSE_S = 10_000, 1.0
CommitOutcome = Literal["done", "failed", "nothing"]
log = logging.getLogger("foundry.serve")


@dataclass
class PartitionOffsets:
    """The offsets of one partition, for as long as it is ours.

    `mark` is the offset to commit: all records below it are settled, which means that their outputs are durable and
    their events acknowledged. It is None before the first record. Offsets that the partition skips (compaction,
    transactions) do not hold it back.
    """

    mark: int | None = None
    committed: int | None = None
    _open: dict[int, None] = field(default_factory=dict)
    _next: int = 0

    def take(self, offset: int) -> bool:
        """Note a record that was read, in the order of offsets; return False if it was taken before."""
        if self.mark is not None and offset < self._next:
            return False
        self._open[offset] = None
        self._next = offset + 1
        if self.mark is None:
            self.mark = self.committed = offset
        self._advance()
        return True

    def settle(self, offset: int) -> None:
        """Note that nothing is left to do for a record; to settle it again changes nothing."""
        self._open.pop(offset, None)
        self._advance()

    def _advance(self) -> None:
        self.mark = next(iter(self._open), self._next)

    @property
    def held(self) -> int:
        """The number of records that are taken and not settled."""
        return len(self._open)

    @property
    def due(self) -> int | None:
        """The offset to commit now; None if it is committed already or there is none."""
        return None if self.mark == self.committed else self.mark


@dataclass
class OffsetBook:
    """The offsets of all our partitions, kept apart by epoch. For use by the polling thread alone."""

    claims: Claims
    most_bytes: int = MOST_BYTES
    """All partitions are paused while the unsettled records have more bytes than this."""
    _offsets: dict[tuple[Partition, int], PartitionOffsets] = field(
        default_factory=lambda: defaultdict(PartitionOffsets)
    )
    _bytes: dict[RecordPosition, int] = field(default_factory=dict)
    _not_before: float = 0.0

    def take(self, record: KafkaRecord) -> TakenRecord | None:
        """Note a record that was read; None if its partition is no longer ours, or if it was taken before."""
        part = (record.topic, record.partition)
        epoch = self.claims.epoch_of(part)
        if epoch is None or not self._offsets[part, epoch].take(record.offset):
            return None
        taken = TakenRecord(RecordPosition(*part, record.offset, epoch), plain_record(record))
        self._bytes[taken.position] = taken.size
        return taken

    def settle(self, position: RecordPosition) -> None:
        """Note that nothing is left to do for a record."""
        self._bytes.pop(position, None)
        offsets = self._offsets.get(((position.topic, position.partition), position.epoch))
        if offsets is not None:
            offsets.settle(position.offset)

    def close(self, part: Partition, epoch: int) -> None:
        """Forget a partition that another dispatcher has now."""
        self._offsets.pop((part, epoch), None)
        for position in list(self._bytes):
            if (position.topic, position.partition, position.epoch) == (*part, epoch):
                del self._bytes[position]

    def ours(self) -> Iterator[tuple[Partition, PartitionOffsets]]:
        """Yield the partitions that are ours now, with their offsets."""
        for part, epoch in self.claims.partitions().items():
            yield part, self._offsets[part, epoch]

    def commit(self, consumer: Consumer) -> CommitOutcome:
        """Commit the due offsets of our partitions.

        Only partitions that are ours are committed: the brokers may accept a commit from a dispatcher that has lost
        the partition. A commit that failed is repeated by a later call.
        """
        from kafka import OffsetAndMetadata, TopicPartition
        from kafka.errors import KafkaError

        due = [(part, offsets, offsets.due) for part, offsets in self.ours()]
        marks = {TopicPartition(*part): OffsetAndMetadata(mark, "", -1) for part, _, mark in due if mark is not None}
        if not marks or time.monotonic() < self._not_before:
            return "nothing"
        try:
            consumer.commit(marks, timeout_ms=COMMIT_MS)
        except KafkaError as error:
            log.warning("a commit was not taken: %s", str(error) or type(error).__name__)
            self._not_before = time.monotonic() + PAUSE_S
            return "failed"
        for _, offsets, mark in due:
            offsets.committed = mark if mark is not None else offsets.committed
        return "done"

    def regulate(self, consumer: Consumer, most: int, closed: bool) -> int:
        """Pause the partitions with too many held records, resume the others; return how many are paused.

        Each partition may hold an equal share of `most` records, so that a full one does not keep out the briefs of the
        others. It is resumed once half of its share is settled. If `closed`, all are paused.
        """
        from kafka import TopicPartition
        from kafka.errors import KafkaError

        paused = {(part.topic, part.partition) for part in consumer.paused()}
        owned = list(self.ours())
        share = max(LEAST_HELD, most // max(1, len(owned)))
        full = closed or sum(self._bytes.values()) > self.most_bytes
        for part, offsets in owned:
            stop = full or offsets.held >= (share // 2 + 1 if part in paused else share)
            if stop == (part in paused):
                continue
            with suppress(KafkaError):  # the partition was lost a moment ago
                (consumer.pause if stop else consumer.resume)(TopicPartition(*part))
            (paused.add if stop else paused.discard)(part)
        release_parked_records(consumer)
        return len(paused)


def release_parked_records(consumer: Consumer) -> None:
    """Let the client return the records that it parked while their partition was paused.

    kafka-python 3.0.12 parks the parsed records of a paused partition and takes them up again only while
    `_next_partition_records` of its fetcher is None. After the records of another partition are used up it is an
    exhausted object instead, so the parked records lie there, and nothing more is fetched of their partition, until it
    moves to another dispatcher. No public call helps: `seek` does not reach parked records, and manual assignment is
    not allowed to a member of a group. So this sets the private attribute. The version is pinned in pyproject.toml,
    and tests/pipelines/dispatcher/test_offsets.py holds that the defect and the attribute are there.
    """
    fetcher = getattr(consumer, "_fetcher", None)
    if fetcher is not None and not fetcher._next_partition_records:  # noqa: SLF001 - see above
        fetcher._next_partition_records = None  # noqa: SLF001
