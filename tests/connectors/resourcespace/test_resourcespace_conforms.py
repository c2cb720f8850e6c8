"""ResourceSpace holds to what every connector holds to, whatever it computes of its files."""

from __future__ import annotations

import pytest

from tests.connectors.conformance import Conformance
from tests.connectors.resourcespace.benches import ResourceSpaceBench
from tests.connectors.resourcespace_server import ResourceSpace


class TestWithoutChecksums(Conformance):
    large = 2_100_000

    @pytest.fixture
    def bench(self, server: ResourceSpace) -> ResourceSpaceBench:
        return ResourceSpaceBench(server)


class TestWithChecksums(Conformance):
    large = 200_001

    @pytest.fixture
    def bench(self, server: ResourceSpace) -> ResourceSpaceBench:
        server.checksums = "whole"
        return ResourceSpaceBench(server)
