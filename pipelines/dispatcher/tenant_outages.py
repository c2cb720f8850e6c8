"""Outages of single tenants' stores: their orders wait, with growing pauses, and everybody else's rounds go on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from foundry.retrying import RetryPolicy

PAUSES = RetryPolicy(first_pause_s=0.5, longest_pause_s=30.0)
log = logging.getLogger("foundry.serve")


@dataclass
class TenantOutage:
    """An outage of one tenant. `failures` are those since its last part was made; it is asked again at `next_try`."""

    reason: str
    failures: int
    next_try: float
    asking: bool = False
    answered: bool = False
    """True once its store has answered again; its next round shows whether it also takes what is made."""


@dataclass
class TenantOutages:
    """The tenants whose stores are away. For use by the polling thread alone."""

    pauses: RetryPolicy = PAUSES
    clock: Callable[[], float] = time.monotonic
    _outages: dict[str, TenantOutage] = field(default_factory=dict)

    def begin(self, tenant: str, reason: str) -> None:
        """Note a failure; the tenant's orders wait at least for its pause."""
        known = self._outages.get(tenant)
        failures = known.failures + 1 if known else 1
        if known is None or known.reason != reason:
            log.warning("the store of %s does not work: %s", tenant, reason, extra={"tenant": tenant})
        self._outages[tenant] = TenantOutage(reason, failures, self.clock() + self.pauses.pause_s(failures))

    def end(self, tenant: str) -> None:
        """Note that a part of the tenant was made."""
        if self._outages.pop(tenant, None):
            log.info("the store of %s works again", tenant, extra={"tenant": tenant})

    def due(self) -> list[str]:
        """Return the tenants whose stores are to be asked now, each until `tell_answer`."""
        now = self.clock()
        due = [
            tenant
            for tenant, outage in self._outages.items()
            if not (outage.asking or outage.answered) and outage.next_try <= now
        ]
        for tenant in due:
            self._outages[tenant].asking = True
        return due

    def tell_answer(self, tenant: str, reason: str) -> None:
        """Note the answer of a tenant's store: "" if it works, or why it does not."""
        if tenant not in self._outages:
            return
        if reason:
            self.begin(tenant, reason)
        else:
            self._outages[tenant].answered, self._outages[tenant].asking = True, False

    def forget(self, tenants: Iterable[str]) -> None:
        """Forget tenants that have no order here any more."""
        for tenant in tenants:
            self._outages.pop(tenant, None)

    @property
    def waiting(self) -> frozenset[str]:
        """The tenants whose orders must wait."""
        return frozenset(tenant for tenant, outage in self._outages.items() if not outage.answered)

    @property
    def doubtful(self) -> frozenset[str]:
        """The tenants whose next round must not be shared, because their last one failed."""
        return frozenset(self._outages)

    @property
    def reasons(self) -> dict[str, str]:
        """The reasons, by tenant."""
        return {tenant: outage.reason for tenant, outage in self._outages.items()}
