"""`foundry serve --delivery`: what is asked for is delivered, and topics of finished files and withdrawals are read.

Deliveries need the store and the targets alone. While the brokers are away, events in both directions wait, however
long that lasts; what people or a day ask for goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.bus.broker_errors import NoBroker
from pipelines.bus.producing import open_writer
from pipelines.bus.rights import deliveries_group
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import FINISHED, REFRESHED, known_topics
from pipelines.delivery.announcing import DeliveryAnnouncer, EventSpool
from pipelines.delivery.event_loop import PATTERN, EventLoop
from pipelines.delivery.scopes import Scope
from pipelines.delivery.service_metrics import DeliveryMetrics
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.working import Deliver, DeliveryWorker
from pipelines.dispatcher.audience import Audience, server_folders
from pipelines.dispatcher.beside_topics import BesideTopics, Reading
from pipelines.dispatcher.claims import Claims, join_group
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.outage_budget import OutageBudget
from pipelines.dispatcher.serving import LEAVE_MS, await_broker

STUCK_S, POLL_INTERVAL_S = 300.0, 300.0
log = logging.getLogger("foundry.delivery")


@dataclass(frozen=True, kw_only=True)
class DeliveryServeOptions:
    """The options of `foundry serve --delivery`. at_once: targets that are served at the same time."""

    setting: DeliverySetting
    group: str = "campaign-foundry"
    at_once: int = 8
    host: str = "127.0.0.1"
    http_port: int = 8080
    bus: BusSettings | None = None


@dataclass
class _LateAnnouncer:
    """The announcer of a process whose brokers have not answered yet: until they do, nothing can be told."""

    bus: BusSettings
    audience: Audience = field(default_factory=Audience)
    announcer: DeliveryAnnouncer | None = None

    def send(self, scope: Scope, spool: EventSpool) -> int:
        """Send what a run collected; NoBroker before the brokers have answered."""
        if self.announcer is None:
            raise NoBroker(self.bus.bootstrap, "it has not answered yet")
        return self.announcer.send(scope, spool)


@dataclass
class DeliveryServer:
    """The parts of one serving process."""

    options: DeliveryServeOptions
    deliver: Deliver
    health: Health = field(default_factory=lambda: Health(stuck_s=STUCK_S))

    def __post_init__(self) -> None:
        setting, bus = self.options.setting, self.options.bus
        self.metrics = DeliveryMetrics(self.health)
        self.budget = OutageBudget(float("inf"), self.health)  # deliveries go on without brokers
        hidden = [str(folder.absolute()) for folder in (setting.tenants, setting.folders) if folder]
        store = [] if "://" in setting.store else [str(Path(setting.store).absolute())]
        self._hidden = server_folders([*store, *hidden])
        self._announcer = _LateAnnouncer(bus, Audience(hidden=self._hidden)) if bus else None
        self.worker = DeliveryWorker(
            setting=setting,
            deliver=self.deliver,
            health=self.health,
            metrics=self.metrics,
            draining=self.budget.draining,
            announce=self._announcer,
            at_once=self.options.at_once,
        )
        self._process = BesideTopics(self.health, self.budget, self.metrics, log)

    @property
    def port(self) -> int:
        """The port of its probes, once they are served."""
        return self._process.port

    def run(self) -> None:
        """Work until SIGTERM or SIGINT: the first signal drains, a second one ends the process at once."""
        reading = Reading("ask", self._open_events) if self.options.bus else None
        self._process.run(self.worker.run, reading, self.options.host, self.options.http_port)

    @contextmanager
    def _open_events(self) -> Iterator[EventLoop]:
        bus, late, claims = self.options.bus, self._announcer, Claims()
        assert bus is not None
        assert late is not None
        await_broker(bus, self.budget)
        with open_writer(bus) as writer, known_topics(bus) as known:
            late.announcer = DeliveryAnnouncer(writer, Audience(known.__contains__, self._hidden))
            group = deliveries_group(self.options.group)
            consumer = join_group(bus, group, claims, POLL_INTERVAL_S, PATTERN)
            log.info("reading %s and %s in group %s", FINISHED, REFRESHED, group)
            try:
                yield EventLoop(
                    consumer=consumer,
                    offsets=OffsetBook(claims),
                    setting=self.worker.setting,
                    outage_budget=self.budget,
                    metrics=self.metrics,
                    give=self.worker.give,
                )
            finally:
                consumer.close(autocommit=False, timeout_ms=LEAVE_MS)
