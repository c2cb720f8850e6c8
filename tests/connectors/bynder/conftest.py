"""The portal of these tests, and what signs in to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.bynder.benches import VARIABLE
from tests.connectors.bynder_server import Bynder
from tests.connectors.conformance import SECRET


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


@pytest.fixture
def server() -> Iterator[Bynder]:
    with Bynder() as running:
        yield running
