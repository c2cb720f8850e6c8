"""The topics, and how they are made: idempotently, and never with less than they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pipelines.bus.settings import MAX_MESSAGE_BYTES, BusSettings, NoBroker

BRIEFS, DEAD = "campaign.briefs", "campaign.briefs.dead"
PROGRESS, FINISHED, CAMPAIGN_FINISHED, FAILED = (
    "campaign.progress", "assets.finished", "campaign.finished", "campaign.failed",
)  # fmt: skip
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Topic:
    """One topic: what it carries, how long, and whether only the newest message of a key is kept."""

    name: str
    says: str
    days: int
    compacted: bool = False
    partitions: int | None = None
    """None: as many as the command is told."""

    def configs(self) -> dict[str, str]:
        """Kafka's topic configuration."""
        kept = {
            "cleanup.policy": "compact,delete" if self.compacted else "delete",
            "retention.ms": str(self.days * DAY_MS),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "min.insync.replicas": "1",
        }
        return kept | ({"segment.ms": str(DAY_MS)} if self.compacted else {})


TOPICS = (
    Topic(BRIEFS, "Briefs and cancellations; key: tenant", 14),
    Topic(PROGRESS, "How far a campaign is; key: tenant/campaign; the newest counts", 7, compacted=True),
    Topic(FINISHED, "A finished asset each; key: tenant/campaign", 30),
    Topic(CAMPAIGN_FINISHED, "A campaign whose manifest is written; key: tenant/campaign", 90),
    Topic(FAILED, "Shots and files that were given up, and campaigns that were refused; key: tenant/campaign", 90),
    Topic(DEAD, "Messages that could not be read or run, as they came, with why; key as it came", 90),
)


def briefs_topic(tenant: str) -> Topic:
    """A topic that one tenant alone may write to, so that its name says whose briefs it carries."""
    return Topic(f"{BRIEFS}.{tenant}", f"Briefs of {tenant}", 14, partitions=1)


def tenant_of_topic(topic: str) -> str | None:
    """The tenant whose own topic this is; None for the topic that is shared."""
    return topic.removeprefix(f"{BRIEFS}.") if topic.startswith(f"{BRIEFS}.") and topic != DEAD else None


@dataclass
class TopicChanges:
    """What a call of `create` did, by topic name."""

    created: list[str] = field(default_factory=list)
    grown: list[str] = field(default_factory=list)
    configured: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@contextmanager
def open_admin(settings: BusSettings) -> Iterator[Any]:
    """An admin client; NoBroker if there is none."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        client = KafkaAdminClient(**settings.client())
    except KafkaError as error:
        raise NoBroker(settings.bootstrap, str(error) or type(error).__name__) from error
    try:
        yield client
    finally:
        client.close()


def create_topics(
    settings: BusSettings, tenants: Sequence[str] = (), *, partitions: int = 12, replicas: int = -1
) -> TopicChanges:
    """Make what is missing of all topics, and of one topic for each tenant; give the others our configuration.

    Partitions are added where there are fewer and never taken away. `replicas` of -1 is the brokers' default.
    """
    made = TopicChanges()
    with open_admin(settings) as client:
        there = {entry["name"]: len(entry["partitions"]) for entry in client.describe_topics()}
        for topic in (*TOPICS, *(briefs_topic(tenant) for tenant in tenants)):
            wanted = topic.partitions or partitions
            if topic.name not in there:
                _make(client, topic, wanted, replicas)
                made.created.append(topic.name)
                continue
            grown = there[topic.name] < wanted
            if grown:
                client.create_partitions({topic.name: wanted})
                made.grown.append(topic.name)
            if _configure(client, topic):
                made.configured.append(topic.name)
            elif not grown:
                made.unchanged.append(topic.name)
    return made


def _make(client: Any, topic: Topic, partitions: int, replicas: int) -> None:
    from kafka.errors import TopicAlreadyExistsError

    told = {"num_partitions": partitions, "replication_factor": replicas, "configs": topic.configs()}
    try:
        client.create_topics({topic.name: told}, wait_for_metadata=True)
    except TopicAlreadyExistsError:  # somebody else was faster, with the same command
        _configure(client, topic)


def _configure(client: Any, topic: Topic) -> bool:
    """Whether anything had to be set."""
    from kafka.admin import ConfigResource, ConfigResourceType

    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    found = client.describe_configs([resource], config_filter="all")["topic"][topic.name]
    wrong = {name: value for name, value in topic.configs().items() if str(_value(found.get(name))) != value}
    if wrong:
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, wrong)])
    return bool(wrong)


def _value(entry: Any) -> Any:
    return entry.get("value") if isinstance(entry, dict) else entry
