"""Which partitions are ours, since when; the group's consumer. Callbacks come from the client's own thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings, NoBroker
from pipelines.bus.topics import BRIEFS
from pipelines.dispatcher.order import RecordPosition

PATTERN = rf"^{BRIEFS.replace('.', '[.]')}([.](?!dead$).+)?$"
"""The shared topic and every tenant's own; not the dead letters."""
Partition = tuple[str, int]


class Claims:
    """The partitions that the group gave us. A partition that comes back later is claimed anew, with another epoch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owned: dict[Partition, int] = {}
        self._gone: set[tuple[Partition, int]] = set()
        self._count = 0
        self.rebalances = 0

    def assigned(self, parts: Iterable[Any]) -> None:
        """Partitions became ours."""
        with self._lock:
            self.rebalances += 1
            for part in parts:
                self._count += 1
                self._owned[(part.topic, part.partition)] = self._count

    def revoked(self, parts: Iterable[Any]) -> None:
        """Partitions are no longer ours, or were lost."""
        with self._lock:
            for part in parts:
                key = (part.topic, part.partition)
                if key in self._owned:
                    self._gone.add((key, self._owned.pop(key)))

    def epoch(self, part: Partition) -> int | None:
        """Since which claim a partition is ours; None if it is not."""
        with self._lock:
            return self._owned.get(part)

    def owns(self, place: RecordPosition) -> bool:
        """Whether the partition is ours without a break since the record at `place` was read."""
        return self.epoch((place.topic, place.partition)) == place.epoch

    def owned(self) -> dict[Partition, int]:
        """All that is ours now, with epochs."""
        with self._lock:
            return dict(self._owned)

    def gone(self) -> set[tuple[Partition, int]]:
        """What was taken from us since this was last asked."""
        with self._lock:
            lost, self._gone = self._gone, set()
        return lost


def join_group(settings: BusSettings, group: str, claims: Claims, max_poll_interval_s: float) -> Any:
    """A consumer of the briefs topics in `group`, which tells `claims`; NoBroker if no broker answers.

    The assignor is made here, one for each consumer: it keeps state, and a shared one makes assignments flap.
    """
    from kafka import KafkaConsumer
    from kafka.consumer.subscription_state import ConsumerRebalanceListener
    from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
    from kafka.errors import KafkaError

    class Listener(ConsumerRebalanceListener):
        def on_partitions_assigned(self, assigned: Any) -> None:
            claims.assigned(assigned)

        def on_partitions_revoked(self, revoked: Any) -> None:
            claims.revoked(revoked)

        def on_partitions_lost(self, lost: Any) -> None:
            claims.revoked(lost)

    try:
        consumer = KafkaConsumer(
            **settings.client(),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
            max_poll_records=32,
            max_poll_interval_ms=int(1000 * max_poll_interval_s),
            metadata_max_age_ms=30_000,
            partition_assignment_strategy=[CooperativeStickyAssignor()],
        )
    except KafkaError as error:
        raise NoBroker(settings.bootstrap, str(error) or type(error).__name__) from error
    consumer.subscribe(pattern=PATTERN, listener=Listener())
    return consumer
