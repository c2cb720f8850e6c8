"""WebDAV servers as they are seen without the connector."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector, Found
from foundry.delivery.target import BasicSignIn, Secret, WebdavTarget
from tests.connectors.conformance import SECRET
from tests.support.dav_servers import USER, DavServer
from tests.support.fake_clock import FakeClock

VARIABLE = "DELIVERY_AURELLE__DAM"
SIGN_IN = BasicSignIn(kind="basic", user=USER, password=Secret(variable=VARIABLE))


class DavBench:
    """A folder of a server, which the connector has to make."""

    def __init__(self, server: DavServer, folder: str) -> None:
        self.server, self.folder = server, folder
        server.let_in(SECRET)

    @property
    def inside(self) -> Path:
        return self.server.files / self.folder

    @property
    def target(self) -> WebdavTarget:
        url = f"http://127.0.0.1:{self.server.port}/{quote(self.folder)}"
        return WebdavTarget(id="dam", kind="webdav", url=url, sign_in=SIGN_IN)

    def open(self) -> Connector:
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=FakeClock())
        return open_connector(self.target, setting)

    def contents(self) -> Mapping[str, bytes]:
        found = (each for each in self.inside.rglob("*") if each.is_file())
        inside = {each.relative_to(self.inside).parts: each for each in found}
        used = {parts: each for parts, each in inside.items() if parts[0] != "_expired" and ".DAV" not in parts}
        return {"/".join(parts): each.read_bytes() for parts, each in used.items()}

    def change(self, found: Found) -> None:
        (self.inside / found.path).write_bytes(b"theirs")

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()

    def lock_out(self) -> None:
        self.server.let_in("another password")
