"""A real broker: written, read by another client, killed, slowed, cut off, and guarded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack import Kafka, StackHome, StackRefused, running
from tests.support.secured_kafka import SecuredKafka

OLD_CALL = pytest.mark.filterwarnings("ignore:(read|open)_text is deprecated:DeprecationWarning")  # kafka-python's own
pytestmark = [pytest.mark.kafka, pytest.mark.slow, OLD_CALL]
TOPIC = "campaign.briefs"
USERS = (("admin", "hall-key"), ("aurelle", "spring-glow"), ("nordlys", "north-light"))


@pytest.fixture(scope="module")
def kafka() -> Iterator[Kafka]:
    with running("kafka") as broker:
        yield broker


def admin_arguments(broker: Kafka) -> tuple[str, ...]:
    where = ("--bootstrap-server", broker.bootstrap)
    return (*where, "--command-config", str(broker.client_file())) if isinstance(broker, SecuredKafka) else where


def create(broker: Kafka, topic: str) -> None:
    command = ("--create", "--topic", topic, "--partitions", "2")
    broker.run("org.apache.kafka.tools.TopicCommand", *admin_arguments(broker), *command)


def options_of(broker: Kafka, user: str) -> dict[str, str]:
    return broker.client_options(user) if isinstance(broker, SecuredKafka) else broker.client_options()


def send(broker: Kafka, topic: str, texts: list[str], user: str = "admin") -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(**options_of(broker, user), acks="all")
    try:
        for sent in [producer.send(topic, text.encode(), key=text.encode()) for text in texts]:
            sent.get(timeout=30)
    finally:
        producer.close()


def read(broker: Kafka, topic: str, user: str = "admin") -> list[str]:
    from kafka import KafkaConsumer

    options = options_of(broker, user)
    consumer = KafkaConsumer(topic, **options, auto_offset_reset="earliest", consumer_timeout_ms=8000)
    try:
        return sorted(record.value.decode() for record in consumer)
    finally:
        consumer.close()


def test_a_killed_broker_has_kept_200_records_and_another_client_reads_them(kafka):
    texts = sorted(f"brief-{n:03}" for n in range(200))
    create(kafka, TOPIC)
    send(kafka, TOPIC, texts)
    assert read(kafka, TOPIC) == texts
    before, address = kafka.running_processes(), kafka.bootstrap
    kafka.kill()
    assert not kafka.running_processes()
    kafka.up()
    assert kafka.bootstrap == address
    assert kafka.running_processes()[0].pid != before[0].pid
    told = ("--bootstrap-server", address, "--topic", TOPIC, "--from-beginning", "--max-messages", "200")
    console = kafka.run("org.apache.kafka.tools.consumer.ConsoleConsumer", *told, "--timeout-ms", "30000")
    assert sorted(console.split()) == texts


def test_a_paused_broker_is_seen_and_goes_on(kafka):
    kafka.pause()
    try:
        assert not kafka.healthy()
    finally:
        kafka.resume()
    kafka.wait(20)
    assert kafka.healthy()


def test_up_twice_starts_nothing(kafka):
    before = kafka.running_processes()
    kafka.up()
    assert kafka.running_processes() == before


def test_a_principal_writes_only_where_its_tenant_may():
    from kafka.errors import KafkaError, TopicAuthorizationFailedError

    with running(SecuredKafka, users=USERS) as broker:
        create(broker, "campaign.briefs.aurelle")
        grant = ("--add", "--allow-principal", "User:aurelle", "--operation", "Write", "--operation", "Describe")
        broker.run(
            "org.apache.kafka.tools.AclCommand", *admin_arguments(broker), *grant, "--topic", "campaign.briefs.aurelle"
        )
        send(broker, "campaign.briefs.aurelle", ["mine"], user="aurelle")
        with pytest.raises(KafkaError) as refused:
            send(broker, "campaign.briefs.aurelle", ["not mine"], user="nordlys")
        assert isinstance(refused.value, TopicAuthorizationFailedError)
        assert read(broker, "campaign.briefs.aurelle") == ["mine"]


def test_secrets_that_would_break_a_properties_file_are_refused(tmp_path: Path):
    home = StackHome(tmp_path, tmp_path)
    with pytest.raises(StackRefused):
        SecuredKafka(home, users=(("admin", 'a"; b'),))
    with pytest.raises(StackRefused, match="admin"):
        SecuredKafka(home, users=(("aurelle", "x"),))
