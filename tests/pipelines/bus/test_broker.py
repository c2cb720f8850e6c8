"""Against a real broker: topics, orders, dead letters, progress."""

from __future__ import annotations

import gc
import json
import uuid
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from typer.testing import CliRunner

from console.cli import app
from pipelines.bus import dead, dead_topic, topics
from pipelines.bus.broker_errors import NoBroker, NoSuchTopic
from pipelines.bus.messages import BriefRequest, BusMessage, Unreadable, brief_message, event_message, parse_record
from pipelines.bus.order_progress import OrderProgress, campaign_key, progress_event, progress_line, watch_progress
from pipelines.bus.producing import NotSent, open_writer
from pipelines.bus.reading import all_records, open_reader
from pipelines.bus.settings import BusSettings
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
    assert len(again.unchanged) == len(topics.TOPICS) + 1
    with topics.open_admin(bus) as client:
        [dead_topic] = [entry for entry in client.describe_topics() if entry["name"] == topics.DEAD]
    assert topics.DEAD in topics.create_topics(bus, partitions=len(dead_topic["partitions"]) + 1).grown
    assert topics.create_topics(bus, partitions=2).grown == []


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
    topic, partition, offset = done.output.split()[:3]
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


def test_progress_is_watched_to_its_end_and_told_once(bus: BusSettings) -> None:
    campaign = f"c{uuid.uuid4().hex[:8]}"
    running, finished = (
        OrderProgress(request="r", plan="p", state="running", total=4, done=1, left_ms=1500),
        OrderProgress(request="r", plan="p", state="finished", total=4, done=4),
    )
    with open_writer(bus) as out:
        for step in (running, running, finished):
            event = progress_event("aurelle", campaign, step)
            out.send(topics.PROGRESS, event_message(event, campaign_key("aurelle", campaign)))
    found = list(watch_progress(bus, "aurelle", campaign))
    assert [said["state"] for said in found] == ["running", "finished"]
    assert progress_line(found[0]).split() == ["running", "1/4", "files,", "0/0", "shots,", "2", "s", "left"]


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


def test_the_dead_are_listed_for_people_and_for_scripts(bus: BusSettings) -> None:
    plain = CliRunner().invoke(app, ["dead", "list", "--bootstrap", bus.bootstrap])
    told = CliRunner().invoke(app, ["dead", "list", "--json", "--bootstrap", bus.bootstrap])
    assert plain.exit_code == told.exit_code == 0
    assert {json.loads(line)["code"] for line in told.stdout.splitlines()} >= {"unreadable_message"}
    assert len(plain.stdout.splitlines()) == len(told.stdout.splitlines())
