"""The scheduler of catalogs: of all processes one leads, by a lease in the store, and begins the runs that are due.

Another process leads as soon as the leader has ended, or has not renewed its lease for its time. Each run holds the
lease of its catalog, so a run of an earlier leader that goes on keeps the next leader from that catalog alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from foundry.catalog.catalog import Catalog
from foundry.errors import Outage
from foundry.store.addresses import open_store
from foundry.store.lease import BootClock, Lease, LeaseHeld, LeaseLost, hold
from pipelines.catalog.due_runs import AGAIN_S, Refresh, begin
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.timetable import Key, Timetable, WaitingRun, blaming
from pipelines.dispatcher.errands import Errands
from pipelines.dispatcher.health import Health

LEADER = "SCHEDULER/catalogs.json"
"""The lease of the leader. No tenant's id has capitals, so it lies in no tenant's folder."""
TICK_S, LOOK_S, SWEEP_S, FOLLOW_S = 5.0, 60.0, 900.0, 10.0
log = logging.getLogger("foundry.catalog")


class _Drained(Exception):
    """The process drains while it waits for a lease."""


@dataclass(frozen=True)
class _DrainingClock(BootClock):
    """A clock whose pauses end when the process drains."""

    draining: threading.Event = field(default_factory=threading.Event)

    def sleep(self, seconds: float) -> None:
        """Wait; _Drained if the process drains."""
        if self.draining.wait(seconds):
            raise _Drained


@dataclass(kw_only=True)
class CatalogScheduler:
    """Begins the runs of all catalogs of all tenants when they are due, if this process leads.

    at_once: how many runs this process makes at the same time. announce: sends the events of a run that has ended; with
    "" for the run, now and then, those of all that were not announced yet, such as runs of people.
    """

    setting: CatalogSetting
    refresh: Refresh
    health: Health = field(default_factory=Health)
    metrics: CatalogMetrics = field(default_factory=CatalogMetrics)
    draining: threading.Event = field(default_factory=threading.Event)
    at_once: int = 1
    announce: Callable[[Catalog, str], None] | None = None
    tick_s: float = TICK_S
    look_s: float = LOOK_S

    def __post_init__(self) -> None:
        self.setting = replace(self.setting, stopping=self.draining.is_set)
        self.timetable = Timetable(setting=self.setting, metrics=self.metrics)
        self._running: dict[Key, Future[None]] = {}
        self._errands = Errands(1)
        self._looked: float | None = None
        self._swept: float | None = None

    def run(self) -> None:
        """Lead, or follow until the leader has ended, until drained; then wait for the runs that were begun here."""
        store, clock = open_store(self.setting.store), _DrainingClock(draining=self.draining)
        with ThreadPoolExecutor(self.at_once, thread_name_prefix="catalog-run") as pool:
            while not self.draining.is_set():
                try:
                    with hold(store, LEADER, seconds=self.setting.lease_s, clock=clock) as lease:
                        self._lead(lease, pool)
                except _Drained:
                    break
                except (LeaseHeld, LeaseLost) as error:
                    log.info("following: %s", error)
                    self._end_outage()
                except (OSError, Outage) as error:
                    log.warning("the store does not work: %s", error)
                    self.health.begin_outage("store", why=str(error), by="scheduler")
                self.health.beat()
                self.draining.wait(FOLLOW_S)
            log.info("draining")
            self._errands.close()

    def _end_outage(self) -> None:
        self.health.end_outage("store", by="scheduler")
        self.health.joined = True

    def _lead(self, lease: Lease, pool: ThreadPoolExecutor) -> None:
        log.info("leading: this process begins the runs that are due")
        self._end_outage()
        self._looked = self._swept = None
        self.metrics.leader.set(1)
        try:
            while not self.draining.is_set():
                lease.check()
                self.health.beat()
                self.step(pool)
                self.draining.wait(self.tick_s)
        finally:
            self.metrics.leader.set(0)

    def step(self, pool: ThreadPoolExecutor) -> None:
        """Read the catalogs now and then, and begin what is due as far as there are free places."""
        if self._looked is None or time.monotonic() - self._looked >= self.look_s:
            self._looked = time.monotonic()
            self.timetable.look()
        if self._swept is None or time.monotonic() - self._swept >= SWEEP_S:
            self._swept = time.monotonic()
            for known in self.timetable.known.values():
                self._announce(known.catalog, "")
        self._running = {key: future for key, future in self._running.items() if not future.done()}
        for waiting in self.timetable.waiting(self._running):
            if len(self._running) < self.at_once and not self.draining.is_set():
                self._running[waiting.key] = pool.submit(self._make, waiting)

    def _make(self, waiting: WaitingRun) -> None:
        """Make one run. Whatever it meets ends in the log; what broke off is tried again."""
        known, catalog = waiting.known, waiting.known.catalog
        what = f"run {waiting.due.run} of catalog {catalog.tenant}/{catalog.id}"
        log.info("%s begins, try %d", what, waiting.next_try, extra={"tenant": catalog.tenant})
        record, ended = None, False
        with blaming(what, self.metrics, "run"):
            setting = self.setting.of_tenant(catalog.tenant)
            record = begin(catalog, setting, waiting.due, waiting.next_try, self.refresh)
            ended = True
        if record:
            self.metrics.count_run(record)
            self._announce(catalog, record.run)
            log.info("%s: %s", what, record.state, extra={"tenant": catalog.tenant, "state": str(record.state)})
        elif ended:
            known.not_before = time.monotonic() + AGAIN_S
            log.info("%s waits for another run", what)
        else:
            self.metrics.count_failure(catalog)

    def _announce(self, catalog: Catalog, run: str) -> None:
        if self.announce:
            act = partial(self.announce, catalog, run)
            self._errands.run(f"announcing catalog {catalog.tenant}/{catalog.id}", act)
