"""What a delivery works with: the store, the folder of tenants, the hosts and folders in reach, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector
from foundry.delivery.target import Target
from foundry.retrying import Clock, SystemClock
from foundry.store.addresses import open_store
from foundry.store.lease import LEASE_S
from foundry.store.object_store import ObjectStore
from foundry.tenant import Tenant, load_tenant


def utc_now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(UTC)


def never() -> bool:
    """Return False: nothing asks the delivery to stop."""
    return False


@dataclass(frozen=True, kw_only=True)
class DeliverySetting:
    """The surroundings of deliveries.

    store: its address, a folder or `gs://bucket/prefix`. tenants: the folder of tenants. folders: the folder below
    which targets that are folders lie; None where the operator gave none. reach: the hosts that targets may be.
    expire_removed: files that a campaign no longer has are expired at the target, and not only reported. now: decides
    on embargoes and expiries, by the day in UTC. stopping: asked between files and between steps. clock: of pauses.
    connect: opens the connector of a target.

    tries: sendings of a file that may fail before it is set aside. failures: answers in a row that a target may fail to
    give before it is left alone in this run. first_pause_s: after the first of them; it is doubled after each further
    one, up to 30 s. longest_pause_s: a target that asks for a longer pause is left alone in this run.
    """

    store: str
    tenants: Path
    folders: Path | None = None
    reach: Reach = field(default_factory=Reach)
    expire_removed: bool = False
    now: Callable[[], datetime] = utc_now
    stopping: Callable[[], bool] = never
    clock: Clock = field(default_factory=SystemClock)
    lease_s: float = LEASE_S
    tries: int = 10
    failures: int = 12
    first_pause_s: float = 0.5
    longest_pause_s: float = 600.0
    connect: Callable[[Target, ConnectorSetting], Connector] = open_connector

    def tenant(self, tenant_id: str) -> Tenant:
        """Return a tenant by its id; BadInput says what is missing or wrong."""
        return load_tenant(self.tenants, tenant_id)

    def own(self, tenant: Tenant) -> ObjectStore:
        """Return the store of one tenant, closed to everything outside it."""
        return open_store(self.store, [tenant]).for_tenant(tenant.id)

    def connector_setting(self, tenant_id: str) -> ConnectorSetting:
        """Return the surroundings of a tenant's connectors."""
        return ConnectorSetting(
            tenant=tenant_id, reach=self.reach, folders=self.folders, store=self.store, clock=self.clock
        )
