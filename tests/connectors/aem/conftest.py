"""The local AEM, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.aem.aem_connector import AemConnector
from tests.connectors.aem_bench import VARIABLE, AemBench
from tests.connectors.aem_server import aem_server
from tests.connectors.conformance import SECRET


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[AemBench]:
    monkeypatch.setenv(VARIABLE, SECRET)
    with aem_server() as server:
        yield AemBench(server)


@pytest.fixture
def connector(bench: AemBench) -> Iterator[AemConnector]:
    opened = bench.open()
    yield opened
    opened.close()
