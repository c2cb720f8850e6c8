"""Against WsgiDAV, which writes uploads in place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.conformance import SECRET, Conformance
from tests.connectors.webdav.benches import VARIABLE, DavBench
from tests.support.dav_servers import Wsgidav


@pytest.fixture(scope="module")
def wsgidav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wsgidav]:
    server = Wsgidav(tmp_path_factory.mktemp("wsgidav"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dav(wsgidav: Wsgidav, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> DavBench:
    monkeypatch.setenv(VARIABLE, SECRET)
    return DavBench(wsgidav, f"t{abs(hash(request.node.nodeid))}")


class TestConformance(Conformance):
    large = 2_000_001  # one request, as every size is

    @pytest.fixture
    def bench(self, dav: DavBench) -> DavBench:
        return dav
