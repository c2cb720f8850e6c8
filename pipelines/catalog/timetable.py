"""The catalogs with a schedule in a store, and those of their runs that can begin now."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from foundry.catalog.catalog import Catalog
from foundry.errors import FoundryError
from foundry.store.object_store import ObjectStore
from pipelines.catalog.due_runs import Stand, missed_reason, note_schedule, skip, standing
from pipelines.catalog.registering import catalog_ids, open_catalog, tenants_of
from pipelines.catalog.schedule import DueRun, due_run
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.catalog.setting import CatalogSetting

Key = tuple[str, str]
"""Tenant and id of a catalog."""
log = logging.getLogger("foundry.catalog")


@dataclass
class KnownCatalog:
    """A catalog as it was read last. since: no occurrence before it was missed."""

    catalog: Catalog
    own: ObjectStore
    since: datetime
    over: str = ""
    """The newest run that needs nothing more."""
    seen: str = ""
    """A run that was seen in time, and waits for a free place: it is not missed."""
    not_before: float = 0.0
    """By the monotonic clock: nothing is begun earlier, since another run is at it."""


class WaitingRun(NamedTuple):
    """A run that can begin now, and the number of its next try."""

    known: KnownCatalog
    due: DueRun
    next_try: int

    @property
    def key(self) -> Key:
        """Tenant and id of its catalog."""
        return self.known.catalog.tenant, self.known.catalog.id


@dataclass(kw_only=True)
class Timetable:
    """The known catalogs. A catalog or a tenant that cannot be read is logged, and stops no other."""

    setting: CatalogSetting
    metrics: CatalogMetrics
    known: dict[Key, KnownCatalog] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    def look(self) -> None:
        """Read all catalogs again. What cannot be read now stays as it was read last."""
        if not self.setting.tenants.is_dir():
            log.warning("the folder of tenants, %s, is away; the catalogs that are known stay", self.setting.tenants)
            return
        there: set[Key] = set()
        for tenant in tenants_of(self.setting):
            ids = [name for of, name in self.known if of == tenant]
            with blaming(f"the store of {tenant}", self.metrics):
                ids = catalog_ids(self.setting, tenant)
            there |= {(tenant, name) for name in ids}
            for name in ids:
                with blaming(f"catalog {tenant}/{name}", self.metrics):
                    self._know(tenant, name)
        for key in self.known.keys() - there:
            del self.known[key]
            self.metrics.forget(*key)

    def _know(self, tenant: str, name: str) -> None:
        catalog = open_catalog(self.setting, tenant, name)
        own = self.setting.own(tenant)
        since = note_schedule(own, catalog, self.setting.now())
        before = self.known.get((tenant, name))
        if before and before.catalog == catalog:
            before.since = since
            return
        self.metrics.know(catalog)
        self.known[tenant, name] = KnownCatalog(catalog, own, since)

    def waiting(self, busy: Container[Key]) -> list[WaitingRun]:
        """Return the runs that can begin now, those first that were due first; `busy` ones are running."""
        found: list[WaitingRun] = []
        for key, known in self.known.items():
            if key not in busy and self.clock() >= known.not_before:
                with blaming(f"the schedule of catalog {key[0]}/{key[1]}", self.metrics):
                    found += self._of(known)
        return sorted(found, key=lambda each: (each.due.starts, each.key))

    def _of(self, known: KnownCatalog) -> Iterator[WaitingRun]:
        """Yield the newest due run of a catalog, if it can begin now; a missed one is recorded as skipped."""
        catalog, now = known.catalog, self.setting.now()
        due = due_run(catalog, catalog.schedule, now) if catalog.schedule else None
        if due is None or due.occurrence < known.since or due.run == known.over:
            self.metrics.show_late(catalog, 0)
            return
        found = standing(known.own, catalog, due, now)
        missed = found.stand is Stand.MISSED and known.seen != due.run
        if missed:
            self.metrics.count_run(skip(known.own, catalog, due, now, missed_reason(due, now)))
            log.warning("catalog %s/%s: the run %s was missed", catalog.tenant, catalog.id, due.run)
        if missed or found.stand is Stand.OVER:
            known.over = due.run
            self.metrics.show_late(catalog, 0)
            return
        known.seen = due.run
        self.metrics.show_late(catalog, (now - due.starts).total_seconds())
        if found.stand is not Stand.LATER:
            yield WaitingRun(known, due, found.next_try)


@contextmanager
def blaming(what: str, metrics: CatalogMetrics, where: str = "look") -> Iterator[None]:
    """Log an error of the block and end it there, so that one catalog stops no other. Bugs are counted."""
    try:
        yield
    except (FoundryError, OSError) as error:
        log.warning("%s: %s", what, str(error) or type(error).__name__)
    except Exception:
        log.exception("%s broke", what)
        metrics.bugs.labels(where).inc()
