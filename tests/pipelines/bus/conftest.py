"""A real broker for the tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pipelines.bus.settings import BusSettings


@pytest.fixture(scope="session")
def broker() -> Iterator[BusSettings]:
    """A broker of the local stack, or the one that FOUNDRY_TEST_KAFKA names."""
    if os.environ.get("FOUNDRY_TEST_KAFKA"):
        yield BusSettings(bootstrap=os.environ["FOUNDRY_TEST_KAFKA"])
        return
    from infra.stack import running

    with running("kafka") as kafka:
        yield BusSettings(bootstrap=kafka.bootstrap)
