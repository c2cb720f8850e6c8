"""AEM as every connector: by direct binary upload, and by the create-asset servlet of older versions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.target.connector import Connector
from tests.connectors.aem_bench import AemBench
from tests.connectors.conformance import Conformance


class TestDirectUpload(Conformance):
    large = 3_500_001

    @pytest.fixture
    def bench(self, bench: AemBench) -> AemBench:
        return bench


class TestServlet(Conformance):
    large = 500_001

    @pytest.fixture
    def bench(self, bench: AemBench) -> AemBench:
        bench.server.repository.direct, bench.chunk_bytes = False, 200_000
        return bench

    @pytest.fixture
    def connector(self, bench: AemBench) -> Iterator[Connector]:
        opened = bench.open()
        yield opened
        opened.close()
