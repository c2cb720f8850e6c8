"""Bynder holds to what every connector holds to, by both kinds of uploads and of tokens."""

from __future__ import annotations

import pytest

from tests.connectors.bynder.benches import BynderBench
from tests.connectors.bynder_server import Bynder
from tests.connectors.conformance import Conformance


class Conforms(Conformance):
    large = 5_300_000  # two parts


class TestUploadsOfVersion7(Conforms):
    @pytest.fixture
    def bench(self, server: Bynder) -> BynderBench:
        return BynderBench(server, "v7")


class TestUploadsOfVersion4(Conforms):
    @pytest.fixture
    def bench(self, server: Bynder) -> BynderBench:
        return BynderBench(server, "v4")


class TestTokensOfOAuth(Conformance):
    large = 60_000

    @pytest.fixture
    def bench(self, server: Bynder) -> BynderBench:
        server.forgets = True
        return BynderBench(server, "v7", oauth=True)
