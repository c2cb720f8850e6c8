"""Partitions that come and go: each time of owning one is another epoch."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka import TopicPartition

from pipelines.dispatcher.claims import PATTERN, Claims
from pipelines.dispatcher.order import RecordPosition

PART = TopicPartition("campaign.briefs", 3)


def test_a_partition_that_comes_back_is_another_claim() -> None:
    claims = Claims()
    claims.gain([PART])
    position = RecordPosition(*PART, 17, claims.epoch_of(PART) or 0)
    assert claims.owns(position)
    claims.lose([PART])
    assert not claims.owns(position)
    claims.gain([PART])
    assert not claims.owns(position)
    assert claims.take_lost() == {(PART, position.epoch)}
    assert claims.take_lost() == set()


def test_losing_what_is_not_ours_is_nothing() -> None:
    claims = Claims()
    claims.lose([PART])
    assert claims.take_lost() == set()
    assert claims.partitions() == {}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=30))
def test_epochs_are_never_used_twice_and_everything_lost_is_told_once(steps: list[tuple[bool, int]]) -> None:
    claims, seen, lost = Claims(), set(), set()
    for gained, number in steps:
        part = TopicPartition("campaign.briefs", number)
        if gained:
            claims.gain([part])
            epoch = claims.epoch_of(part)
            assert epoch not in seen
            seen.add(epoch)
        else:
            before = claims.epoch_of(part)
            claims.lose([part])
            assert claims.epoch_of(part) is None
            if before is not None:
                lost.add((part, before))
    assert claims.take_lost() == lost
    assert claims.rebalances == sum(gained for gained, _ in steps)


@pytest.mark.parametrize(
    ("topic", "ours"),
    [
        ("campaign.briefs", True),
        ("campaign.briefs.aurelle", True),
        ("campaign.briefs.dead", False),
        ("campaign.briefs.deadline", True),
        ("campaignxbriefs", False),
        ("other.campaign.briefs", False),
    ],
)
def test_briefs_topics_are_read_and_the_dead_are_not(topic: str, ours: bool) -> None:
    assert bool(re.match(PATTERN, topic)) == ours
