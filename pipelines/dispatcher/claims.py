"""The partitions that the consumer group gave to this dispatcher, and the group's consumer."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipelines.bus.broker_errors import broker_errors
from pipelines.bus.client import Consumer, TopicPartition
from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings
from pipelines.bus.signing_in import check_identity
from pipelines.bus.topics import BRIEFS, RESERVED
from pipelines.bus.unpacking import unpack_safely
from pipelines.dispatcher.order import RecordPosition

if TYPE_CHECKING:
    from kafka.consumer.subscription_state import ConsumerRebalanceListener


def topics_pattern(shared: str) -> str:
    """Return the pattern of a shared topic and of every tenant's own of its kind, but not of the dead messages."""
    return rf"^{shared.replace('.', '[.]')}([.](?!({'|'.join(sorted(RESERVED))})$).+)?$"


PATTERN = topics_pattern(BRIEFS)
Partition = tuple[str, int]


class Claims:
    """The partitions that are ours. Each time a partition becomes ours it has another epoch.

    `gain` and `lose` are called from the client's own thread, the rest by the dispatcher's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owned: dict[Partition, int] = {}
        self._lost: set[tuple[Partition, int]] = set()
        self._count = 0
        self.rebalances = 0

    def gain(self, parts: Iterable[TopicPartition]) -> None:
        """Note that partitions became ours."""
        with self._lock:
            self.rebalances += 1
            for part in parts:
                self._count += 1
                self._owned[(part.topic, part.partition)] = self._count

    def lose(self, parts: Iterable[TopicPartition]) -> None:
        """Note that partitions were revoked or lost."""
        with self._lock:
            for part in parts:
                key = (part.topic, part.partition)
                if key in self._owned:
                    self._lost.add((key, self._owned.pop(key)))

    def epoch_of(self, part: Partition) -> int | None:
        """Return the epoch of a partition that is ours, None of another one."""
        with self._lock:
            return self._owned.get(part)

    def owns(self, position: RecordPosition) -> bool:
        """Return whether the partition has been ours without a break since the record at `position` was read."""
        return self.epoch_of((position.topic, position.partition)) == position.epoch

    def partitions(self) -> dict[Partition, int]:
        """Return all partitions that are ours now, with their epochs."""
        with self._lock:
            return dict(self._owned)

    def take_lost(self) -> set[tuple[Partition, int]]:
        """Return the partitions, with epochs, that were lost since the last call."""
        with self._lock:
            lost, self._lost = self._lost, set()
        return lost


def join_group(
    settings: BusSettings, group: str, claims: Claims, max_poll_interval_s: float, pattern: str = PATTERN
) -> Consumer:
    """Return a consumer of the topics that match `pattern`, those of briefs, in `group`; it keeps `claims` up to date.

    NoBroker if none answers, WrongIdentity if the brokers refuse who we are.
    Every consumer has its own assignor, because an assignor has state, and a shared one makes assignments flap.
    """
    from kafka import KafkaConsumer
    from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

    check_identity(settings)
    with broker_errors(settings):
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
    unpack_safely(consumer)
    consumer.subscribe(pattern=pattern, listener=_listener(claims))
    joined: Consumer = consumer
    return joined


def _listener(claims: Claims) -> ConsumerRebalanceListener:
    """Return the listener with which the client tells `claims` of partitions that come and go."""
    from kafka.consumer.subscription_state import ConsumerRebalanceListener

    class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
        def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
            claims.gain(assigned)

        def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
            claims.lose(revoked)

        def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
            claims.lose(lost)

    return Listener()
