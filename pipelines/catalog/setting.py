"""What a refresh works with: the store, the folders of tenants and cards, the engine, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from connectors.http.public_transport import Reach
from foundry.store.addresses import open_store
from foundry.store.lease import LEASE_S
from foundry.store.object_store import ObjectStore
from foundry.tenant import Tenant, load_tenant
from pipelines.campaign.shared_run import ProgressDisplay, RunOptions, show_nothing


def utc_now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(UTC)


def never() -> bool:
    """Return False: nothing asks the run to stop."""
    return False


@dataclass(frozen=True, kw_only=True)
class CatalogSetting:
    """The surroundings of a catalog's runs.

    store: its address, a folder or `gs://bucket/prefix`. tenants: the folder of tenants. files: the folder that a
    feed's file and a film's sounds are named from; None where the catalog has neither. products_per_batch: the most
    products that one campaign of a run makes. reach: the hosts that feeds and pictures may come from. expectations:
    feeds and finished files are held against suites of Great Expectations, which takes some seconds each time.
    """

    store: str
    tenants: Path
    files: Path | None = None
    cards: Path | None = None
    options: RunOptions = field(default_factory=RunOptions)
    display: ProgressDisplay = show_nothing
    now: Callable[[], datetime] = utc_now
    reach: Reach = field(default_factory=Reach)
    products_per_batch: int = 2_000
    lease_s: float = LEASE_S
    stopping: Callable[[], bool] = never
    expectations: bool = True

    def of_tenant(self, tenant_id: str) -> CatalogSetting:
        """Return the setting of one tenant's runs in a process that serves several: its files are in `files`/TENANT."""
        return replace(self, files=self.files / tenant_id if self.files else None)

    def tenant(self, tenant_id: str) -> Tenant:
        """Return a tenant by its id; BadInput says what is missing or wrong."""
        return load_tenant(self.tenants, tenant_id)

    def objects(self, tenant: Tenant) -> ObjectStore:
        """Return the store of all tenants, in which this one's own bucket is known."""
        return open_store(self.store, [tenant])

    def own(self, tenant_id: str) -> ObjectStore:
        """Return the store of one tenant, closed to everything outside it; BadInput if there is no such tenant."""
        return self.objects(self.tenant(tenant_id)).for_tenant(tenant_id)
