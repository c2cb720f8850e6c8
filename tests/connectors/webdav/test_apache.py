"""Against Apache httpd with mod_dav."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.conformance import SECRET, Conformance
from tests.connectors.webdav.benches import VARIABLE, DavBench
from tests.support.dav_servers import Apache

pytestmark = pytest.mark.apache


@pytest.fixture(scope="module")
def apache() -> Iterator[Apache]:
    server = Apache()
    server.let_in(SECRET)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def dav(apache: Apache, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> DavBench:
    monkeypatch.setenv(VARIABLE, SECRET)
    return DavBench(apache, f"t{abs(hash(request.node.nodeid))}")


class TestConformance(Conformance):
    large = 2_000_001  # one request, as every size is

    @pytest.fixture
    def bench(self, dav: DavBench) -> DavBench:
        return dav
