"""The credential, the server and the clock of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.remote.asking import SECRET, VARIABLE
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer


@pytest.fixture(autouse=True)
def credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
