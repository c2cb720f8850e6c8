"""The topics and their creation, which can be repeated and never takes anything away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from foundry.errors import BadInput, FoundryError, shorten
from foundry.names import is_slug
from pipelines.bus.broker_errors import broker_errors
from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings
from pipelines.bus.signing_in import check_identity

BRIEFS, DEAD = "campaign.briefs", "campaign.briefs.dead"
PROGRESS, FINISHED, CAMPAIGN_FINISHED, FAILED = (
    "campaign.progress", "assets.finished", "campaign.finished", "campaign.failed",
)  # fmt: skip
CHANGED, CHANGED_DEAD, REFRESHED = "catalog.changed", "catalog.changed.dead", "catalog.refreshed"
DELIVERED = "assets.delivered"
EVENTS = "campaign.events"
"""The first part of the names of tenants' own event topics."""
KNOWN_FOR_S = 30.0
"""Seconds until a topic that was created is known."""
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Topic:
    """One topic: what it carries, for how many days, and whether only the newest message of a key is kept."""

    name: str
    content: str
    days: int
    compacted: bool = False
    partitions: int | None = None
    """None: as many as `create_topics` is asked for."""

    def configs(self) -> dict[str, str]:
        """Return the topic's configuration in Kafka's names."""
        settings = {
            "cleanup.policy": "compact,delete" if self.compacted else "delete",
            "retention.ms": str(self.days * DAY_MS),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "min.insync.replicas": "1",
        }
        return settings | ({"segment.ms": str(DAY_MS)} if self.compacted else {})


TOPICS = (
    Topic(BRIEFS, "Briefs and cancellations; key: tenant", 14),
    Topic(PROGRESS, "Progress of a campaign; key: tenant/campaign; the newest counts", 7, compacted=True),
    Topic(FINISHED, "Finished assets; key: tenant/campaign", 30),
    Topic(CAMPAIGN_FINISHED, "A campaign whose manifest is written; key: tenant/campaign", 90),
    Topic(FAILED, "Shots and files that were given up, and campaigns that were refused; key: tenant/campaign", 90),
    Topic(DEAD, "Messages that could not be read or run, unchanged, with the reason; key unchanged", 90),
    Topic(CHANGED, "Items of catalogs that changed or ended; key: tenant/catalog", 14),
    Topic(REFRESHED, "Ended runs of catalogs, files that were withdrawn or restored; key: tenant/catalog", 90),
    Topic(DELIVERED, "Files that targets have taken, refused or expired; key: tenant/campaign or tenant/catalog", 90),
    Topic(CHANGED_DEAD, "Changed items that could not be read or used, unchanged, with the reason; key unchanged", 90),
)


log = logging.getLogger("foundry.serve")
RESERVED = frozenset({"dead", "events", "progress", "briefs", "finished", "failed"})
"""Words that name shared topics, or might name some later: no tenant has a topic under one of them."""


def briefs_topic(tenant: str) -> Topic:
    """Return the topic that only one tenant may write to, so that its name proves whose briefs it carries."""
    return Topic(f"{BRIEFS}.{tenant}", f"Briefs of {tenant}", 14, partitions=1)


def events_topic(tenant: str) -> Topic:
    """Return the topic that only one tenant may read: all events, progress and refusals of this tenant."""
    return Topic(f"{EVENTS}.{tenant}", f"Events, progress and refusals of {tenant}", 30, partitions=1)


def changes_topic(tenant: str) -> Topic:
    """Return the topic of changed items that only one tenant may write to."""
    return Topic(f"{CHANGED}.{tenant}", f"Changed items of catalogs of {tenant}", 14, partitions=1)


def own_topics(tenant: str) -> tuple[Topic, ...]:
    """Return the topics of one tenant alone."""
    return briefs_topic(tenant), events_topic(tenant), changes_topic(tenant)


def is_events_topic(topic: str) -> bool:
    """Return whether a topic is a tenant's own topic of events."""
    return topic.startswith(f"{EVENTS}.")


def check_topic_owner(tenant: str) -> str:
    """Return the id of a tenant that may have topics of its own; BadInput for another text or a reserved word."""
    if not is_slug(tenant):
        raise BadInput(
            "--tenant",
            f"{shorten(tenant)} is no tenant's id; use lower-case letters, digits, '.', '_' and '-', at most 63",
        )
    if tenant in RESERVED:
        raise BadInput("--tenant", f"{tenant!r} is a word of shared topics; give the tenant another id")
    return tenant


def tenant_of_topic(topic: str, shared: str = BRIEFS) -> str | None:
    """Return the tenant that a topic of briefs, or of the kind of another `shared` one, belongs to; None for shared."""
    name = topic.removeprefix(f"{shared}.")
    return None if name == topic or name in RESERVED else name


@dataclass
class TopicChanges:
    """The changes that one call of `create_topics` made, as names of topics."""

    created: list[str] = field(default_factory=list)
    grown: list[str] = field(default_factory=list)
    configured: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@contextmanager
def open_admin(settings: BusSettings) -> Iterator[Any]:
    """Open an admin client, and close it when the block ends. Errors of kafka-python in the block become refusals."""
    from kafka.admin import KafkaAdminClient

    check_identity(settings)
    with broker_errors(settings):
        client = KafkaAdminClient(**settings.client())
    try:
        with broker_errors(settings):
            yield client
    finally:
        client.close()


class KnownTopics:
    """The names of the topics that the brokers list, read again in the background, so that nobody waits for them."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        self._names: frozenset[str] = frozenset()
        self._closed = threading.Event()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self) -> None:
        """Read the names; errors of the brokers become refusals."""
        with open_admin(self._settings) as client:
            self._names = frozenset(client.list_topics())

    def read_on(self, every_s: float = KNOWN_FOR_S) -> None:
        """Read the names again and again until `close` is called; while the brokers are away, the last ones stay."""
        while not self._closed.wait(every_s):
            try:
                self.read()
            except FoundryError as error:
                log.warning("the topics are not listed: %s", error)

    def close(self) -> None:
        """End `read_on`."""
        self._closed.set()


@contextmanager
def known_topics(settings: BusSettings) -> Iterator[KnownTopics]:
    """Read the names of the topics, and keep them up to date while the block runs; NoBroker if no broker answers."""
    known = KnownTopics(settings)
    known.read()
    threading.Thread(target=known.read_on, name="topics", daemon=True).start()
    try:
        yield known
    finally:
        known.close()


def create_topics(
    settings: BusSettings, tenants: Sequence[str] = (), *, partitions: int = 12, replicas: int = -1
) -> TopicChanges:
    """Create the missing topics, also three for each of `tenants`, and set the configuration of the others.

    BadInput, before anything is changed, if one of `tenants` cannot have topics. Partitions are added where there are
    fewer than `partitions`, and never removed. -1 replicas: the brokers' default.
    """
    changes = TopicChanges()
    named = [check_topic_owner(tenant) for tenant in tenants]
    own = [topic for tenant in named for topic in own_topics(tenant)]
    with open_admin(settings) as client:
        there = {entry["name"]: len(entry["partitions"]) for entry in client.describe_topics()}
        for topic in (*TOPICS, *own):
            wanted = topic.partitions or partitions
            if topic.name not in there:
                _create_topic(client, topic, wanted, replicas)
                changes.created.append(topic.name)
                continue
            grown = there[topic.name] < wanted
            if grown:
                client.create_partitions({topic.name: wanted})
                changes.grown.append(topic.name)
            if _configure(client, topic):
                changes.configured.append(topic.name)
            elif not grown:
                changes.unchanged.append(topic.name)
    return changes


def _create_topic(client: Any, topic: Topic, partitions: int, replicas: int) -> None:
    from kafka.errors import TopicAlreadyExistsError

    request = {"num_partitions": partitions, "replication_factor": replicas, "configs": topic.configs()}
    try:
        client.create_topics({topic.name: request}, wait_for_metadata=True)
    except TopicAlreadyExistsError:  # another process created it in the meantime
        _configure(client, topic)


def _configure(client: Any, topic: Topic) -> bool:
    """Set the topic's configuration where it differs; return whether it did."""
    from kafka.admin import ConfigResource, ConfigResourceType

    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    found = client.describe_configs([resource], config_filter="all")["topic"][topic.name]
    wrong = {name: value for name, value in topic.configs().items() if str(_value(found.get(name))) != value}
    if wrong:
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, wrong)])
    return bool(wrong)


def _value(entry: Any) -> Any:
    return entry.get("value") if isinstance(entry, dict) else entry
