"""The ResourceSpace of these tests, and the key of its user."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.conformance import SECRET
from tests.connectors.resourcespace.benches import VARIABLE
from tests.connectors.resourcespace_server import ResourceSpace


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


@pytest.fixture
def server() -> Iterator[ResourceSpace]:
    with ResourceSpace() as running:
        yield running
