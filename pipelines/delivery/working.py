"""The work of the process that delivers: what is asked for, brought to all automatic targets of its tenant.

Several processes may do this for one store: a target's lease lets one of them deliver to it at a time. An ask stays
until all targets have what it asks for. A target that is away is asked again after growing pauses, and holds up no
other; the day on which an embargo ends, or a file expires, is an ask for later.
"""

from __future__ import annotations

import logging
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from foundry.delivery.target import Target
from foundry.errors import FoundryError, Outage
from foundry.names import is_slug
from foundry.store.lease import LeaseHeld
from foundry.tenant import TENANT_FILE
from pipelines.delivery.announcing import EventSpool, ToldBefore
from pipelines.delivery.asked import Ask, BrokenAsk, ask_for_day, due_asks, remove_asks
from pipelines.delivery.delivering import DeliveryRun, Seen
from pipelines.delivery.events import DELIVERY_FAILED
from pipelines.delivery.pauses import GROWING, Pauses
from pipelines.delivery.scopes import Scope, scope_from_text
from pipelines.delivery.selecting import Lost
from pipelines.delivery.service_metrics import DeliveryMetrics
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.wanted import Wanted
from pipelines.dispatcher.audience import Audience
from pipelines.dispatcher.health import Health

TICK_S, LOOK_S, HELD_S = 1.0, 60.0, 15.0
MOST_ASKS, MOST_SCOPES = 2_000, 1_000
Place = tuple[str, str]
"""A tenant, and a target of it."""
log = logging.getLogger("foundry.delivery")


class Deliver(Protocol):
    """`pipelines.delivery.delivering.deliver`."""

    def __call__(self, scope: Scope, target: Target, setting: DeliverySetting, seen: Seen | None = None) -> DeliveryRun:
        """Bring the files of a scope to a target; LeaseHeld if another process is at it."""


class Announce(Protocol):
    """Sends the events of a run; an Outage if the brokers do not take them."""

    audience: Audience

    def send(self, scope: Scope, spool: EventSpool) -> int:
        """Return how many were sent."""


@dataclass(kw_only=True)
class DeliveryWorker:
    """Does what is asked for. at_once: targets that files are brought to at the same time."""

    setting: DeliverySetting
    deliver: Deliver
    health: Health = field(default_factory=Health)
    metrics: DeliveryMetrics = field(default_factory=DeliveryMetrics)
    draining: threading.Event = field(default_factory=threading.Event)
    announce: Announce | None = None
    at_once: int = 8
    tick_s: float = TICK_S
    look_s: float = LOOK_S
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.setting = replace(self.setting, stopping=self.draining.is_set)
        self.wanted: dict[tuple[str, str], Wanted] = {}
        self.given: queue.SimpleQueue[tuple[str, Ask]] = queue.SimpleQueue()
        self._running: dict[Place, tuple[Wanted, Future[DeliveryRun]]] = {}
        self._pauses = Pauses(self.clock)
        self._targets: dict[str, Mapping[str, Target]] = {}
        self._told = ToldBefore()
        self._looked: float | None = None

    def run(self) -> None:
        """Work until drained; runs that were begun end at their next file, and go on when a process starts again."""
        with ThreadPoolExecutor(self.at_once, thread_name_prefix="delivery") as pool:
            while not self.draining.is_set():
                self.step(pool)
                self.health.joined = True
                self.health.beat()
                self.draining.wait(self.tick_s)
            log.info("draining")

    def give(self, tenant: str, ask: Ask) -> None:
        """Take an ask that lies in the store already, without waiting for the next look; for any thread."""
        self.given.put((tenant, ask))

    def step(self, pool: ThreadPoolExecutor) -> None:
        """Read what is asked now and then, end the runs that have ended, and begin others."""
        if self._looked is None or self.clock() - self._looked >= self.look_s:
            self._looked = self.clock()
            self._targets.clear()
            self._look()
        while not self.given.empty():
            self._want(*self.given.get())
        for place, (wanted, future) in list(self._running.items()):
            if future.done():
                del self._running[place]
                self._end(place, wanted, future)
        while any(self._begin(wanted, pool) for wanted in sorted(self.wanted.values(), key=self._turn)):
            """The next one to begin is chosen anew."""
        self._show()

    def _look(self) -> None:
        """Read the asks that are due. A tenant that cannot be read is logged, and stops no other."""
        try:
            tenants = sorted(each.parent.name for each in self.setting.tenants.glob(f"*/{TENANT_FILE}"))
        except OSError as error:
            log.warning("the folder of tenants cannot be read: %s", error)
            return
        for tenant in filter(is_slug, tenants):
            try:
                own = self.setting.own(self.setting.tenant(tenant))
                for ask in islice(due_asks(own, self.setting.now()), MOST_ASKS):
                    self._want(tenant, ask)
            except (OSError, Outage) as error:
                log.warning("the store of %s does not work: %s", tenant, error)
                self.health.begin_outage("tenant_store", tenant, str(error), by="deliveries")
            except FoundryError as error:
                log.warning("tenant %s: %s", tenant, error)
            except Exception:
                log.exception("the asks of %s cannot be read", tenant)
                self.metrics.bugs.labels("look").inc()
            else:
                self.health.end_outage("tenant_store", tenant, by="deliveries")

    def _want(self, tenant: str, ask: Ask | BrokenAsk) -> None:
        if isinstance(ask, BrokenAsk):
            log.warning("tenant %s: %s", tenant, ask)
            return
        key = (tenant, ask.scope)
        if key not in self.wanted and len(self.wanted) >= MOST_SCOPES:
            return  # a later look finds it
        self.wanted.setdefault(key, Wanted(scope_from_text(*key))).add(ask)

    def _turn(self, wanted: Wanted) -> tuple[int, str]:
        """Return the place of a scope in the queue: tenants with few runs come first, then what was asked for first."""
        return sum(tenant == wanted.scope.tenant for tenant, _ in self._running), wanted.due

    def _begin(self, wanted: Wanted, pool: ThreadPoolExecutor) -> bool:
        """Begin one delivery that a scope still wants; return False if there is none to be begun now."""
        tenant, scope = wanted.scope.tenant, wanted.scope.text
        if self.draining.is_set() or self._pauses.hold((tenant, scope)):
            return False
        try:
            targets = self._targets_of(tenant)
        except (FoundryError, OSError) as error:
            log.warning("%s of %s waits: %s", scope, tenant, error)
            self._pauses.begin((tenant, scope))
            return False
        self._pauses.end((tenant, scope))
        wanted.left = set(targets) if wanted.left is None else wanted.left & targets.keys()
        for target in sorted(wanted.left):
            place = (tenant, target)
            self.metrics.know(*place)
            busy = place in self._running or len(self._running) >= self.at_once
            if not (busy or self._pauses.hold(place, (*place, scope))):
                log.info("%s to target %s of %s begins", scope, target, tenant, extra={"tenant": tenant})
                run = replace(wanted, asks=dict(wanted.asks))  # what comes meanwhile is not done by it
                self._running[place] = (run, pool.submit(self._run, run, targets[target]))
                return True
        if not wanted.left and not any(of.scope == wanted.scope for of, _ in self._running.values()):
            self._finish(wanted)
        return False

    def _targets_of(self, tenant: str) -> Mapping[str, Target]:
        """Return the automatic targets of a tenant by their ids, as its file had them at the last look or later."""
        if tenant not in self._targets:
            declared = self.setting.tenant(tenant).delivery.targets
            self._targets[tenant] = {each.id: each for each in declared if each.automatic}
        return self._targets[tenant]

    def _run(self, wanted: Wanted, target: Target) -> DeliveryRun:
        """Deliver, and tell the brokers what was done. In a thread of the pool."""
        audience = self.announce.audience if self.announce else Audience()
        with tempfile.TemporaryDirectory(prefix="foundry-delivery-") as folder:
            spool = EventSpool(Path(folder) / "events.jsonl", wanted.since, audience, self._told)
            run = self.deliver(wanted.scope, target, self.setting, spool.add)
            self.metrics.count_run(run)
            if self.announce:
                self.metrics.events.inc(self.announce.send(wanted.scope, spool))
            else:
                for event in spool.events():
                    self._told.add(event.id)
            self._count_failed(run, spool)
        return run

    def _count_failed(self, run: DeliveryRun, spool: EventSpool) -> None:
        states: dict[str, int] = {}
        for event in spool.events():
            if event.type == DELIVERY_FAILED:
                states[event.data["state"]] = states.get(event.data["state"], 0) + 1
        self.metrics.count_failed_files(run.tenant, run.target, states)

    def _end(self, place: Place, run: Wanted, future: Future[DeliveryRun]) -> None:
        """Note what a run left: its target is done with the scope, or asked again after a pause."""
        scope, target = run.scope.text, place[1]
        try:
            found = future.result()
        except LeaseHeld as error:
            log.info("%s to target %s of %s waits: %s", scope, target, place[0], error)
            self._pauses.begin(place, HELD_S)
        except (OSError, Outage) as error:
            log.warning("%s to target %s of %s broke off: %s", scope, target, place[0], error)
            self.metrics.count_failure(*place)
            self._pauses.begin(place)
        except Lost as error:
            log.warning("%s of %s has nothing to deliver: %s", scope, place[0], error)
            self._done(place, run)
        except FoundryError as error:
            log.warning("%s to target %s of %s cannot be made: %s", scope, target, place[0], error)
            self.metrics.count_failure(*place)
            self._pauses.begin((*place, scope))
        except Exception:
            log.exception("%s to target %s of %s broke", scope, target, place[0])
            self.metrics.bugs.labels("run").inc()
            self.metrics.count_failure(*place)
            self._pauses.begin((*place, scope))
        else:
            self._note(place, run, found)

    def _note(self, place: Place, run: Wanted, found: DeliveryRun) -> None:
        scope, target = run.scope.text, place[1]
        told = {str(state): number for state, number in found.states.items()}
        log.info(
            "%s to target %s of %s: %d sent, %d expired%s", scope, target, place[0], found.sent, found.expired,
            f"; {found.away}" if found.away else "", extra={"tenant": place[0], "states": told},
        )  # fmt: skip
        if found.stopped:
            return
        if found.away:
            self._pauses.begin(place, found.after_s or (GROWING.longest_pause_s if found.refused else 0.0))
            return
        self._pauses.end(place)
        if told.get("open"):
            self._pauses.begin((*place, scope))
            return
        self._pauses.end((*place, scope))
        self._done(place, run, found.next_day)

    def _done(self, place: Place, run: Wanted, next_day: str = "") -> None:
        """Note that a target has what a scope asked for when the run began."""
        if wanted := self.wanted.get((place[0], run.scope.text)):
            wanted.note(run, place[1], next_day)

    def _finish(self, wanted: Wanted) -> None:
        """Remove the asks that are done, and ask for the day on which there is something to do again."""
        tenant, scope = wanted.scope.tenant, wanted.scope.text
        try:
            own = self.setting.own(self.setting.tenant(tenant))
            if wanted.next_day:
                ask_for_day(own, scope, wanted.next_day, self.setting.now())
            remove_asks(own, wanted.asks)
        except (FoundryError, OSError) as error:
            log.warning("the asks of %s of %s stay: %s", scope, tenant, error)
            self._pauses.begin((tenant, scope))
            return
        del self.wanted[tenant, scope]

    def _show(self) -> None:
        self.metrics.scopes.set(len(self.wanted))
        self.metrics.show_late(dict(self._late()))

    def _late(self) -> Iterator[tuple[Place, float]]:
        """Yield how many seconds ago the oldest ask of each target was due, the oldest last."""
        now = self.setting.now()
        for wanted in sorted(self.wanted.values(), key=lambda each: each.due, reverse=True):
            for target in wanted.left or ():
                yield (wanted.scope.tenant, target), (now - datetime.fromisoformat(wanted.due)).total_seconds()
