"""A bench of the local AEM for the conformance suite, and what its own tests share."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.aem.aem_connector import AemConnector
from connectors.http.public_transport import Reach
from connectors.http.session import open_session
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Found
from foundry.delivery.target import AemTarget, BasicSignIn, OAuthSignIn, Secret, SignIn
from tests.connectors.aem_server import AemServer
from tests.support.fake_clock import FakeClock

VARIABLE = "DELIVERY_AURELLE__AEM"
"""The environment variable that the tests give the secret."""
FOLDER = "/content/dam/aurelle"
BASIC = BasicSignIn(kind="basic", user="admin", password=Secret(variable=VARIABLE))


@dataclass
class AemBench:
    """The instance, seen without the connector. chunk_bytes: of the create-asset servlet; 0 for as many as usual."""

    server: AemServer
    sign_in: SignIn = BASIC
    metadata: dict[str, str] = field(default_factory=dict)
    chunk_bytes: int = 0
    clock: FakeClock = field(default_factory=lambda: FakeClock(time.time()))

    def __post_init__(self) -> None:
        self.server.now = self.clock.time

    @property
    def target(self) -> AemTarget:
        return AemTarget(
            kind="aem", id="dam", url=self.server.url, folder=FOLDER, sign_in=self.sign_in, metadata=self.metadata
        )

    def open(self) -> AemConnector:
        if self.chunk_bytes:
            session = open_session(self.target, self.target.url, Reach(loopback=True), self.clock)
            return AemConnector("dam", FOLDER, session, self.chunk_bytes)
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=self.clock)
        opened = open_connector(self.target, setting)
        assert isinstance(opened, AemConnector)
        return opened

    def contents(self) -> Mapping[str, bytes]:
        return self.server.contents()

    def change(self, found: Found) -> None:
        self.server.repository.store(f"{FOLDER}/{found.path}", b"theirs", "image/jpeg", version=True)

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()

    def lock_out(self) -> None:
        self.server.locked = True


def oauth(server: AemServer) -> OAuthSignIn:
    """Return a sign-in whose tokens end."""
    where = f"{server.url}/ims/token"
    return OAuthSignIn(kind="oauth", token_url=where, client_id="foundry", client_secret=Secret(variable=VARIABLE))
