"""The local Cloudinary as a bench of the conformance suite."""

from __future__ import annotations

import time
from collections.abc import Mapping

from connectors.cloudinary.api import CHUNK_BYTES, CloudinaryApi
from connectors.cloudinary.cloudinary_connector import CloudinaryConnector
from connectors.cloudinary.opening import open_target
from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector, Found
from foundry.delivery.target import CloudinaryTarget, Secret
from tests.connectors.cloudinary_server import CloudinaryServer
from tests.connectors.conformance import SECRET
from tests.support.fake_clock import FakeClock

VARIABLE, KEY = "DELIVERY_AURELLE__CLOUDINARY", "123456789012345"


class CloudinaryBench:
    """A bench. Its clock begins now, because signatures hold the time. The server takes half a chunk, too."""

    def __init__(self, chunk_bytes: int = CHUNK_BYTES) -> None:
        self.chunk_bytes, self.clock = chunk_bytes, FakeClock(time.time())
        self.server = CloudinaryServer(KEY, SECRET)
        self.server.least_chunk = chunk_bytes // 2

    @property
    def target(self) -> CloudinaryTarget:
        secret = Secret(variable=VARIABLE)
        return CloudinaryTarget(
            id="cloud", kind="cloudinary", cloud_name="demo", api_key=KEY, api_secret=secret, url=self.server.host.url
        )

    def open(self) -> Connector:
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=self.clock)
        opened = open_target(self.target, setting)
        assert isinstance(opened, CloudinaryConnector)
        return CloudinaryConnector("aurelle", CloudinaryApi(self.target, opened._session, self.chunk_bytes))

    def contents(self) -> Mapping[str, bytes]:
        return {f"{key[0]}/{key[2]}": asset.data for key, asset in self.server.assets.items() if key[1] == "upload"}

    def change(self, found: Found) -> None:
        (asset,) = [each for each in self.server.assets.values() if each.asset_id == found.target_id]
        self.server.versions += 1
        asset.data, asset.version = asset.data + b" and theirs", self.server.versions

    def stop(self) -> None:
        self.server.host.stop()

    def start(self) -> None:
        self.server.host.start()

    def lock_out(self) -> None:
        self.server.secret = "another-one"
