"""A ResourceSpace on this machine, as the tests see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting
from connectors.resourcespace.opening import open_target
from connectors.target.connector import Connector, Found
from foundry.delivery.target import ResourceSpaceTarget, Secret
from tests.connectors.resourcespace_server import USER, ResourceSpace
from tests.support.fake_clock import FakeClock

VARIABLE = "DELIVERY_AURELLE__RESOURCESPACE"


@dataclass
class ResourceSpaceBench:
    """A ResourceSpace, and connectors of it; time moves only when somebody sleeps."""

    server: ResourceSpace
    clock: FakeClock = field(default_factory=FakeClock)
    id: str = "dam"

    def open(self) -> Connector:
        """Return a fresh connector."""
        key = Secret(variable=VARIABLE)
        target = ResourceSpaceTarget(kind="resourcespace", id=self.id, url=self.server.url, user=USER, key=key)
        return open_target(target, ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=self.clock))

    def contents(self) -> dict[str, bytes]:
        """Return the contents of the resources in use."""
        return self.server.contents()

    def change(self, found: Found) -> None:
        """Replace a file by hand."""
        self.server.change(found.target_id)

    def stop(self) -> None:
        """Let it be away."""
        self.server.stop()

    def start(self) -> None:
        """Let it be there again; the circuit breaker has had its time."""
        self.server.start()
        self.clock.sleep(600)

    def lock_out(self) -> None:
        """Give the user another key."""
        self.server.locked = True
