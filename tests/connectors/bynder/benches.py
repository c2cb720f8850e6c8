"""A Bynder portal on this machine, as the tests see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from connectors.bynder.opening import open_target
from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector, Found
from foundry.delivery.target import BynderTarget, OAuthSignIn, Secret, SignIn, TokenSignIn
from tests.connectors.bynder_server import BRAND, Bynder
from tests.support.fake_clock import FakeClock

VARIABLE = "DELIVERY_AURELLE__BYNDER"


@dataclass
class BynderBench:
    """A portal, and connectors of it; time moves only when somebody sleeps."""

    server: Bynder
    api: Literal["v4", "v7"] = "v7"
    oauth: bool = False
    clock: FakeClock = field(default_factory=FakeClock)

    def target(self) -> BynderTarget:
        """Return the target's settings."""
        sign_in: SignIn = TokenSignIn(kind="token", token=Secret(variable=VARIABLE))
        if self.oauth:
            token_url = f"{self.server.url}/v6/authentication/oauth2/token"
            secret = Secret(variable=VARIABLE)
            sign_in = OAuthSignIn(kind="oauth", token_url=token_url, client_id="factory", client_secret=secret)
        return BynderTarget(kind="bynder", id="dam", url=self.server.url, brand=BRAND, api=self.api, sign_in=sign_in)

    def open(self) -> Connector:
        """Return a fresh connector."""
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=self.clock)
        return open_target(self.target(), setting)

    def contents(self) -> dict[str, bytes]:
        """Return the contents of the assets in use."""
        return self.server.contents()

    def change(self, found: Found) -> None:
        """Save a version by hand."""
        self.server.change(found.target_id)

    def stop(self) -> None:
        """Let the portal be away."""
        self.server.stop()

    def start(self) -> None:
        """Let it be there again; the circuit breaker has had its time."""
        self.server.start()
        self.clock.sleep(600)

    def lock_out(self) -> None:
        """Take the rights of the token away."""
        self.server.locked = True
