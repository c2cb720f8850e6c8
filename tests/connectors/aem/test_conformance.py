"""AEM as every connector: by direct binary upload, and by the create-asset servlet of older versions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.aem_bench import VARIABLE, AemBench
from tests.connectors.aem_server import aem_server
from tests.connectors.conformance import SECRET, Conformance


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[AemBench]:
    monkeypatch.setenv(VARIABLE, SECRET)
    with aem_server() as server:
        yield AemBench(server)


class TestDirectUpload(Conformance):
    large = 3_500_001

    @pytest.fixture
    def bench(self, bench: AemBench) -> AemBench:
        return bench


class TestServlet(Conformance):
    large = 1_000_001

    @pytest.fixture
    def bench(self, bench: AemBench) -> AemBench:
        bench.server.repository.direct, bench.chunk_bytes = False, 400_000
        return bench
