"""A broker, and a factory that serves from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack.gcs import Gcs
from pipelines.bus import topics
from pipelines.bus.settings import BusSettings
from tests.pipelines.dispatcher.factory import Factory
from tests.support.buckets import client_of, named_bucket

PARTITIONS = 6


@pytest.fixture(scope="session")
def bus() -> Iterator[BusSettings]:
    """A broker of the local stack with all topics, or the one that FOUNDRY_TEST_KAFKA names."""
    if os.environ.get("FOUNDRY_TEST_KAFKA"):
        settings = BusSettings(bootstrap=os.environ["FOUNDRY_TEST_KAFKA"])
        topics.create_topics(settings, partitions=PARTITIONS)
        yield settings
        return
    from infra.stack.control import running

    with running("kafka") as kafka:
        settings = BusSettings(bootstrap=kafka.bootstrap)
        topics.create_topics(settings, partitions=PARTITIONS)
        yield settings


@pytest.fixture
def factory(bus: BusSettings, tmp_path: Path) -> Factory:
    """Folders, a store and a group of their own; the group begins at the topics' present ends."""
    return Factory.made(bus, tmp_path)


@pytest.fixture(scope="session")
def gcs() -> Iterator[Gcs]:
    """A Cloud Storage of the local stack."""
    from infra.stack.control import running

    with running("gcs") as server:
        yield server


@pytest.fixture
def bucket_factory(bus: BusSettings, gcs: Gcs, tmp_path: Path) -> Iterator[Factory]:
    """The same with a bucket for a store."""
    with client_of(gcs.endpoint):
        yield Factory.made(bus, tmp_path, address=f"gs://{named_bucket()}/prod")
