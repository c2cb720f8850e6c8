"""One Flink cluster for all tests of a folder that need one: its start costs more than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.stack import JobServer, running


@pytest.fixture(scope="package")
def jobs() -> Iterator[JobServer]:
    """Yield Beam's job server before a cluster of two taskmanagers; a test that breaks something mends it."""
    with running("jobserver") as server:
        yield server
