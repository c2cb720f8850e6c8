"""The work at one target: its connector, the lease of its records, and the patience with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from foundry.delivery.target import Target
from foundry.store.lease import hold
from foundry.tenant import Tenant
from pipelines.delivery.outbox import lease_name
from pipelines.delivery.patience import Patience
from pipelines.delivery.sending import Delivering
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.stopped import Stopped


@contextmanager
def at_work(tenant: Tenant, target: Target, setting: DeliverySetting) -> Iterator[Delivering]:
    """Yield a target at which this process alone works, until the block ends.

    LeaseHeld if another process works at it; TargetRefused if its settings cannot be used.
    """
    own = setting.own(tenant)
    with (
        closing(setting.connect(target, setting.connector_setting(tenant.id))) as connector,
        hold(own, lease_name(target.id), seconds=setting.lease_s) as lease,
    ):

        def ask() -> None:
            if setting.stopping():
                raise Stopped(target.id)
            lease.check()

        yield Delivering(
            own=own,
            target=target,
            connector=connector,
            lease=lease,
            patience=Patience(setting.clock, setting.failures, setting.first_pause_s, setting.longest_pause_s),
            ask=ask,
            now=setting.now,
            tries=setting.tries,
        )
