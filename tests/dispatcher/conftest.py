"""A broker, and a factory that serves from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry.bus import topics
from foundry.bus.settings import BusSettings
from tests.dispatcher.factory import Factory

PARTITIONS = 6


@pytest.fixture(scope="session")
def bus() -> Iterator[BusSettings]:
    """A broker of the local stack with all topics, or the one that FOUNDRY_TEST_KAFKA names."""
    if os.environ.get("FOUNDRY_TEST_KAFKA"):
        settings = BusSettings(bootstrap=os.environ["FOUNDRY_TEST_KAFKA"])
        topics.create(settings, partitions=PARTITIONS)
        yield settings
        return
    from foundry.stack.running import running

    with running("kafka") as kafka:
        settings = BusSettings(bootstrap=kafka.bootstrap)
        topics.create(settings, partitions=PARTITIONS)
        yield settings


@pytest.fixture
def factory(bus: BusSettings, tmp_path: Path) -> Factory:
    """Folders, a store and a group of their own; the group begins at the topics' present ends."""
    return Factory.made(bus, tmp_path)
