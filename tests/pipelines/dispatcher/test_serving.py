"""Briefs on a real broker become campaigns in a store, once, and are told of."""

from __future__ import annotations

import uuid

import pytest

from pipelines.bus.dead_topic import dead_messages
from pipelines.bus.messages import BusMessage, brief_message
from pipelines.bus.topics import CAMPAIGN_FINISHED, FAILED, FINISHED, PROGRESS
from tests.pipelines.dispatcher.factory import Factory
from tests.support.waiting import until

pytestmark = pytest.mark.kafka


def named(word: str) -> str:
    """A campaign id that no other test has used on this broker."""
    return f"{word}-{uuid.uuid4().hex[:8]}"


def test_briefs_of_two_tenants_become_assets_and_events_and_commits(factory: Factory) -> None:
    first, second = named("first"), named("second")
    with factory.running():
        factory.submit(factory.brief(first), factory.brief(second, tenant="northpeak"), request="order-7")
        until(lambda: len(factory.told(CAMPAIGN_FINISHED, first, second)) == 2)
        until(factory.all_committed)
    assets = factory.told(FINISHED, first, second)
    assert len(assets) == 2 * 2  # two locales each
    objects = factory.objects()
    for asset in assets:
        assert any(name.endswith(asset["data"]["address"]) for name in objects)
    for campaign in (first, second):
        states = [said["data"]["state"] for said in factory.told(PROGRESS, campaign)]
        assert states[0] == "waiting"
        assert states[-1] == "finished"
        last = factory.told(PROGRESS, campaign)[-1]["data"]
        assert (last["request"], last["total"], last["done"], last["failed"]) == ("order-7", 2, 2, 0)


def test_poison_goes_to_the_dead_topic_and_the_rest_go_on(factory: Factory) -> None:
    good, foreign = named("good"), named("foreign")
    with factory.running():
        where = factory.send(BusMessage(b"aurelle", b"{not json", (("x", b"y"),)))[0]
        sent = brief_message(factory.brief(foreign))
        value = (sent.value or b"").replace(b"serum.png", b"../northpeak/serum.png")
        factory.send(BusMessage(sent.key, value, sent.headers))
        factory.submit(factory.brief(good))
        until(lambda: factory.told(CAMPAIGN_FINISHED, good))
        until(factory.all_committed)
    [refused] = factory.told(FAILED, foreign)
    assert refused["data"]["code"] == "refused_input"
    assert "files that may be named here" in refused["data"]["reason"]
    assert [said["data"]["state"] for said in factory.told(PROGRESS, foreign)] == ["refused"]
    dead = {message.origin: message for message in dead_messages(factory.bus)}
    message = dead[f"{where.topic}:{where.partition}:{where.offset}"]
    assert (message.code, message.message.value) == ("unreadable_message", b"{not json")


def test_a_partition_that_was_full_is_read_to_its_end(factory: Factory) -> None:
    """More requests than one poll brings, so that some are read ahead while the partition is not to be read."""
    often, other = named("often"), named("other")
    brief = factory.brief(often)
    with factory.running(backlog=1) as running:
        factory.send(*(brief_message(brief, f"order-{number}") for number in range(80)))
        until(lambda: factory.told(PROGRESS, often))
        factory.submit(factory.brief(other, tenant="northpeak"))
        until(lambda: running.metrics.briefs.labels("northpeak", "finished")._value.get() == 1)
        until(factory.all_committed)
    asked = {said["data"]["request"] for said in factory.told(PROGRESS, often) if said["data"]["state"] == "finished"}
    assert asked == {f"order-{number}" for number in range(80)}
