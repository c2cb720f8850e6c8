"""The ledgers of all partitions that are ours: what was taken and settled, what to commit, what to stop reading."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pipelines.dispatcher.budget import PartitionOffsets
from pipelines.dispatcher.claims import Claims, Partition
from pipelines.dispatcher.order import RecordPosition, TakenRecord

LEAST_HELD = 4
MOST_BYTES = 128_000_000
COMMIT_MS, PAUSE_S = 10_000, 1.0
log = logging.getLogger("foundry.serve")


@dataclass
class OffsetBook:
    """One ledger for each time that a partition is ours. The polling thread alone uses them."""

    claims: Claims
    _ledgers: dict[tuple[Partition, int], PartitionOffsets] = field(
        default_factory=lambda: defaultdict(PartitionOffsets)
    )
    _bytes: dict[RecordPosition, int] = field(default_factory=dict)
    _not_before: float = 0.0

    def take(self, record: Any) -> TakenRecord | None:
        """Note a record that was read; None if its partition is no longer ours, or if it was taken before."""
        part = (record.topic, record.partition)
        epoch = self.claims.epoch(part)
        if epoch is None or not self._ledgers[part, epoch].take(record.offset):
            return None
        taken = TakenRecord(RecordPosition(*part, record.offset, epoch), record)
        self._bytes[taken.place] = taken.size
        return taken

    def settle(self, place: RecordPosition) -> None:
        """Note that nothing is left to do for a record."""
        self._bytes.pop(place, None)
        ledger = self._ledgers.get(((place.topic, place.partition), place.epoch))
        if ledger is not None:
            ledger.settle(place.offset)

    def close(self, part: Partition, epoch: int) -> None:
        """A partition is somebody else's now."""
        self._ledgers.pop((part, epoch), None)
        for place in [each for each in self._bytes if (each.topic, each.partition, each.epoch) == (*part, epoch)]:
            del self._bytes[place]

    def ours(self) -> Iterator[tuple[Partition, PartitionOffsets]]:
        """The partitions that are ours now."""
        for part, epoch in self.claims.owned().items():
            yield part, self._ledgers[part, epoch]

    def commit(self, consumer: Any) -> str:
        """Commit what is due of partitions that are ours: done, failed (it is tried again later), or nothing.

        A commit's success proves no ownership, so that is asked first.
        """
        from kafka import OffsetAndMetadata, TopicPartition
        from kafka.errors import KafkaError

        due = [(part, ledger, ledger.due) for part, ledger in self.ours()]
        offsets = {TopicPartition(*part): OffsetAndMetadata(mark, "", -1) for part, _, mark in due if mark is not None}
        if not offsets or time.monotonic() < self._not_before:
            return "nothing"
        try:
            consumer.commit(offsets, timeout_ms=COMMIT_MS)
        except KafkaError as error:
            log.warning("a commit was not taken: %s", str(error) or type(error).__name__)
            self._not_before = time.monotonic() + PAUSE_S
            return "failed"
        for _, ledger, mark in due:
            ledger.committed = mark if mark is not None else ledger.committed
        return "done"

    def regulate(self, consumer: Any, most: int, closed: bool) -> int:
        """Stop reading partitions that have their share of `most` held records, or all; how many are stopped now.

        They are read again once half of that is settled. Each partition has its own share, so that one that is full
        keeps nobody else's briefs out.
        """
        from kafka import TopicPartition
        from kafka.errors import KafkaError

        paused = {(part.topic, part.partition) for part in consumer.paused()}
        owned = list(self.ours())
        share = max(LEAST_HELD, most // max(1, len(owned)))
        full = closed or sum(self._bytes.values()) > MOST_BYTES
        for part, ledger in owned:
            stop = full or ledger.held >= (share // 2 + 1 if part in paused else share)
            if stop == (part in paused):
                continue
            with suppress(KafkaError):  # it was taken from us a moment ago
                (consumer.pause if stop else consumer.resume)(TopicPartition(*part))
            (paused.add if stop else paused.discard)(part)
        _bring_back(consumer)
        return len(paused)


def _bring_back(consumer: Any) -> None:
    """Let the client hand out what it had read ahead of partitions that are read again.

    kafka-python 3.0.12 sets records aside that it has parsed of a paused partition, and takes them up again only while
    its place for the next records is None. A place whose records are used up is not None: what was set aside would lie
    until that partition moves to another dispatcher, and nothing more would be fetched of it.
    """
    fetcher = getattr(consumer, "_fetcher", None)
    if fetcher is not None and not fetcher._next_partition_records:
        fetcher._next_partition_records = None
