"""Against a real broker: topics, orders, dead letters, progress."""

from __future__ import annotations

import dataclasses
import gc
import json
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from typer.testing import CliRunner

from console.cli import app
from foundry.errors import BadInput
from pipelines.bus import dead, dead_topic, topics
from pipelines.bus.broker_errors import BrokerRefused, NoBroker, NoSuchTopic
from pipelines.bus.messages import BriefRequest, BusMessage, Unreadable, brief_message, parse_record
from pipelines.bus.producing import NotSent, open_writer
from pipelines.bus.reading import all_records, open_reader, record_at
from pipelines.bus.settings import BusSettings
from pipelines.bus.skipping import NotSkipped, skip_record
from tests.pipelines.bus.test_messages import a_brief

pytestmark = pytest.mark.kafka
EXAMPLE = Path(__file__).parents[3] / "examples" / "northpeak-first-light.yaml"


@pytest.fixture(scope="module")
def bus(broker: BusSettings) -> BusSettings:
    topics.create_topics(broker, ["aurelle"], partitions=3)
    return broker


def test_topics_are_made_once_and_only_grow(bus: BusSettings) -> None:
    again = topics.create_topics(bus, ["aurelle"], partitions=3)
    assert (again.created, again.grown, again.configured) == ([], [], [])
    assert len(again.unchanged) == len(topics.TOPICS) + 3
    with topics.open_admin(bus) as client:
        [dead_topic] = [entry for entry in client.describe_topics() if entry["name"] == topics.DEAD]
    assert topics.DEAD in topics.create_topics(bus, partitions=len(dead_topic["partitions"]) + 1).grown
    assert topics.create_topics(bus, partitions=2).grown == []


@pytest.mark.parametrize("tenant", ["dead", "events", "progress", "briefs", "No Such!", "a b", "../x", "", "a" * 64])
def test_no_tenant_name_touches_a_shared_topic(bus: BusSettings, tenant: str) -> None:
    before = configs_of(bus, topics.DEAD)
    with pytest.raises(BadInput, match=r"is no tenant's id|is a word of shared topics"):
        topics.create_topics(bus, ["aurelle", tenant], partitions=3)
    assert configs_of(bus, topics.DEAD) == before
    assert before["retention.ms"] == str(90 * 86_400_000)


def configs_of(bus: BusSettings, topic: str) -> dict[str, str]:
    from kafka.admin import ConfigResource, ConfigResourceType

    with topics.open_admin(bus) as client:
        found = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    return {name: str(entry["value"]) for name, entry in found["topic"][topic].items()}


def test_what_a_broker_refuses_is_said_in_its_own_words(bus: BusSettings) -> None:
    with pytest.raises(BrokerRefused, match="replication factor") as caught:
        topics.create_topics(bus, [f"r{uuid.uuid4().hex[:8]}"], partitions=3, replicas=7)
    assert len(str(caught.value)) < 300
    topics.create_topics(bus, ["co.lide"], partitions=3)
    with pytest.raises(BrokerRefused, match="collide"):
        topics.create_topics(bus, ["co_lide"], partitions=3)


def configure(bus: BusSettings, topic: str, settings: dict[str, str]) -> None:
    from kafka.admin import ConfigResource, ConfigResourceType

    with topics.open_admin(bus) as client:
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, settings)])


def test_a_topic_with_other_settings_gets_ours(bus: BusSettings) -> None:
    configure(bus, topics.FAILED, {"retention.ms": "1000"})
    assert topics.create_topics(bus, partitions=3).configured == [topics.FAILED]


def test_a_message_that_is_refused_for_good_does_not_stop_those_behind_it(bus: BusSettings) -> None:
    configure(bus, topics.FAILED, {"max.message.bytes": "300"})
    with open_writer(bus) as out:
        with pytest.raises(NotSent, match="MessageSizeTooLarge"):
            out.send(topics.FAILED, BusMessage(b"aurelle", bytes(1000), ()))
        assert out.send(topics.FAILED, BusMessage(b"aurelle", b"{}", ())).topic == topics.FAILED
    topics.create_topics(bus, partitions=3)


def test_a_submitted_brief_lies_where_the_command_says(bus: BusSettings) -> None:
    done = CliRunner().invoke(app, ["submit", str(EXAMPLE), "--bootstrap", bus.bootstrap, "--request", "order-9"])
    assert done.exit_code == 0, done.output
    topic, partition, offset = done.stdout.split()[:3]
    assert f"foundry watch northpeak first-light --record {topic}:{partition}:{offset}" in done.stderr
    record = next(r for r in all_records(bus, topic) if (r.partition, r.offset) == (int(partition), int(offset)))
    found = parse_record(topic, record.value, record.headers, "there")
    assert isinstance(found, BriefRequest)
    assert (found.request_id, found.tenant, record.key) == ("order-9", "northpeak", b"northpeak")


def test_a_dead_message_tells_why_and_goes_back_as_it_came(bus: BusSettings) -> None:
    came = BusMessage(b"aurelle", b"not json " + uuid.uuid4().hex.encode(), (("x", b"kept"),))
    with open_writer(bus) as out:
        place = out.send(topics.BRIEFS, came)
        record = SimpleNamespace(**vars(place), key=came.key, value=came.value, headers=list(came.headers))
        why = Unreadable("there", "is not JSON", "send JSON")
        out.send(topics.DEAD, dead.to_dead_message(record, why, "read"))
    letter = next(x for x in dead_topic.dead_messages(bus) if x.message.value == came.value)
    assert letter.origin == f"{place.topic}:{place.partition}:{place.offset}"
    assert (letter.code, letter.message) == ("unreadable_message", came)
    with open_writer(bus) as out:
        sent = dead_topic.resend(bus, out, dead_topic.dead_message_at(bus, letter.place))
    back = next(r for r in all_records(bus, topics.BRIEFS) if (r.partition, r.offset) == (sent.partition, sent.offset))
    assert (back.key, back.value, list(back.headers)) == (came.key, came.value, [("x", b"kept")])
    for place in ("999:1", "0:999999", "0", "x:y", "0:" + "9" * 30):
        with pytest.raises(dead_topic.NoSuchDeadMessage, match=f"no dead message lies at '{place}'"):
            dead_topic.dead_message_at(bus, place)


def test_a_topic_that_is_not_there_is_named(bus: BusSettings) -> None:
    name = f"none-{uuid.uuid4().hex}"
    with (
        open_writer(bus.model_copy(update={"timeout_s": 3})) as out,
        pytest.raises(NotSent, match="foundry topics create"),
    ):
        out.send(name, brief_message(a_brief()))
    with pytest.raises(NoSuchTopic, match=name):
        list(all_records(bus, name))


def test_every_client_that_is_left_closes_its_connections(bus: BusSettings) -> None:
    ours = psutil.Process()
    port, before = int(bus.bootstrap.rpartition(":")[2]), gc.isenabled()

    def connected() -> int:
        return sum(bool(one.raddr) and one.raddr.port == port for one in ours.net_connections("tcp"))

    at_first = connected()
    gc.disable()  # what is closed here is closed by us, not by the collector
    try:
        with open_writer(bus) as out, topics.open_admin(bus), open_reader(bus, topics.FAILED) as reader:
            out.send(topics.FAILED, brief_message(a_brief()))
            reader.poll(timeout_ms=1000)
            assert connected() > at_first
        assert connected() == at_first
    finally:
        if before:
            gc.enable()


def test_no_broker_is_one_sentence() -> None:
    nowhere = BusSettings(bootstrap="127.0.0.1:9", timeout_s=1)
    with pytest.raises(NoBroker, match=r"no Kafka broker answers at 127\.0\.0\.1:9"), topics.open_admin(nowhere):
        pass
    with pytest.raises(NoBroker), open_writer(nowhere):
        pass
    with pytest.raises(NoBroker):
        list(all_records(nowhere, "x"))


def test_a_dead_record_that_was_too_large_is_fetched_again_while_it_is_there(bus: BusSettings) -> None:
    value = b"x" * 5_900_000 + uuid.uuid4().hex.encode()
    with open_writer(bus) as out:
        place = out.send(topics.BRIEFS, BusMessage(b"aurelle", value, (("h", b"kept"),)))
        record = record_at(bus, place.topic, place.partition, place.offset)
        assert record is not None
        died = out.send(topics.DEAD, dead.to_dead_message(record, Unreadable("there", "is large", "split it"), "read"))
        letter = dead_topic.dead_message_at(bus, f"{died.partition}:{died.offset}")
        assert (letter.left_out, letter.size_bytes, letter.message.value) == (("value",), len(value), None)
        sent = dead_topic.resend(bus, out, letter)
        back = record_at(bus, sent.topic, sent.partition, sent.offset)
        assert back is not None
        assert (back.value, back.headers) == (value, [("h", b"kept")])
        gone = dataclasses.replace(letter, origin=f"{topics.BRIEFS}:{place.partition}:99999999")
        with pytest.raises(dead_topic.OriginGone, match="is no longer in the topic; ask its sender"):
            dead_topic.resend(bus, out, gone)
        with pytest.raises(dead_topic.OriginGone, match="its hash differs"):
            dead_topic.resend(bus, out, dataclasses.replace(letter, sha256="0" * 64))


def test_the_dead_are_listed_by_time_without_reading_the_older_ones(bus: BusSettings) -> None:
    everything = [each.place for each in dead_topic.dead_messages(bus)]
    now_ms = int(1000 * time.time())
    time.sleep(0.01)
    with open_writer(bus) as out:
        record = SimpleNamespace(topic="t", partition=0, offset=1, key=b"k", value=b"{", headers=[])
        died = out.send(topics.DEAD, dead.to_dead_message(record, BadInput("a", "b"), "read"))
    later = [each.place for each in dead_topic.dead_messages(bus, dead_topic.DeadFilter(since_ms=now_ms))]
    assert later == [f"{died.partition}:{died.offset}"]
    assert len(everything) + 1 == len(list(dead_topic.dead_messages(bus)))
    with open_writer(bus) as out, pytest.raises(BadInput, match="which is no topic of briefs"):
        dead_topic.resend(bus, out, dead_topic.dead_message_at(bus, later[0]))


def test_a_dead_change_of_a_catalog_is_listed_apart_and_sent_again_to_where_it_came_from(bus: BusSettings) -> None:
    tenant = f"t{uuid.uuid4().hex[:8]}"
    topics.create_topics(bus, [tenant], partitions=1)
    own = topics.changes_topic(tenant).name
    record = SimpleNamespace(topic=own, partition=0, offset=0, key=b"k", value=b"{broken", headers=[])
    with open_writer(bus) as out:
        died = out.send(topics.CHANGED_DEAD, dead.to_dead_message(record, BadInput("a", "b"), "read"))
        place = f"{died.partition}:{died.offset}"
        assert place in [each.place for each in dead_topic.dead_messages(bus, topic=topics.CHANGED_DEAD)]
        found = dead_topic.dead_message_at(bus, place, topic=topics.CHANGED_DEAD)
        assert found.origin == f"{own}:0:0"
        sent = dead_topic.resend(bus, out, found)
    back = record_at(bus, own, sent.partition, sent.offset)
    assert back is not None
    assert back.value == b"{broken"


def test_a_group_is_moved_past_a_record_only_when_it_is_stopped_and_at_it(bus: BusSettings) -> None:
    from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

    group, tenant = f"g{uuid.uuid4().hex[:8]}", f"t{uuid.uuid4().hex[:8]}"
    topics.create_topics(bus, [tenant], partitions=3)
    topic = topics.briefs_topic(tenant).name
    part = TopicPartition(topic, 0)
    with open_writer(bus) as out:
        for number in range(3):
            out.send(topic, BusMessage(tenant.encode(), f"bad {number}".encode(), ()))
    member = KafkaConsumer(**bus.client(), group_id=group, enable_auto_commit=False)
    try:
        member.subscribe([topic])
        while not member.assignment():
            member.poll(timeout_ms=200)
        member.commit({part: OffsetAndMetadata(1, "", -1)})
        with pytest.raises(NotSkipped, match=r"has 1 active member\(s\); stop every `foundry serve`"):
            skip_record(bus, group, topic, 0, 1)
    finally:
        member.close()
    with pytest.raises(NotSkipped, match="is past it, at 1"):
        skip_record(bus, group, topic, 0, 0)
    with pytest.raises(NotSkipped, match="reads 1 next, and would lose the records between; skip 1 first"):
        skip_record(bus, group, topic, 0, 2)
    with pytest.raises(NotSkipped, match="is no topic of briefs"):
        skip_record(bus, group, topics.DEAD, 0, 1)
    done = CliRunner().invoke(
        app, ["dead", "skip", topic, "0", "1", "--group", group, "--yes", "--bootstrap", bus.bootstrap]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == f"{group} reads {topic} 0 from 2"
    letter = next(each for each in dead_topic.dead_messages(bus, dead_topic.DeadFilter(tenant=tenant)))
    assert (letter.code, letter.stage, letter.message.value) == ("skipped", "skip", b"bad 1")


def test_the_dead_are_listed_for_people_and_for_scripts(bus: BusSettings) -> None:
    plain = CliRunner().invoke(app, ["dead", "list", "--bootstrap", bus.bootstrap])
    told = CliRunner().invoke(app, ["dead", "list", "--json", "--bootstrap", bus.bootstrap])
    assert plain.exit_code == told.exit_code == 0
    assert {json.loads(line)["code"] for line in told.stdout.splitlines()} >= {"unreadable_message"}
    assert len(plain.stdout.splitlines()) == len(told.stdout.splitlines())
