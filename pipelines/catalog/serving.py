"""`foundry serve --catalog`: the scheduler of catalogs, and the loop over changed items where there are brokers.

Nightly runs need the store alone. While the brokers are away, changed items and announcements wait, however long that
lasts, and the runs go on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from foundry.catalog.catalog import Catalog
from pipelines.bus.broker_errors import NoBroker
from pipelines.bus.producing import open_writer
from pipelines.bus.rights import catalogs_group
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import CHANGED, known_topics
from pipelines.catalog.announcing import RunAnnouncer
from pipelines.catalog.change_answers import ChangeAnswers
from pipelines.catalog.change_loop import ChangeLoop, RefreshRows
from pipelines.catalog.due_runs import Refresh
from pipelines.catalog.scheduling import CatalogScheduler
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.catalog.setting import CatalogSetting
from pipelines.dispatcher.audience import Audience, server_folders
from pipelines.dispatcher.beside_topics import BesideTopics, Reading
from pipelines.dispatcher.claims import Claims, join_group, topics_pattern
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.outage_budget import OutageBudget
from pipelines.dispatcher.serving import LEAVE_MS, await_broker

STUCK_S, POLL_INTERVAL_S = 300.0, 300.0
log = logging.getLogger("foundry.catalog")


@dataclass(frozen=True, kw_only=True)
class CatalogServeOptions:
    """The options of `foundry serve --catalog`. at_once: runs that this process makes at the same time."""

    setting: CatalogSetting
    group: str = "campaign-foundry"
    at_once: int = 1
    host: str = "127.0.0.1"
    http_port: int = 8080
    bus: BusSettings | None = None


@dataclass(frozen=True)
class Work:
    """What a serving process does with a catalog: whole runs, and refreshes of single rows."""

    refresh: Refresh
    refresh_rows: RefreshRows


@dataclass
class CatalogServer:
    """The parts of one serving process."""

    options: CatalogServeOptions
    work: Work
    health: Health = field(default_factory=lambda: Health(stuck_s=STUCK_S))

    def __post_init__(self) -> None:
        self.metrics = CatalogMetrics(self.health)
        self.budget = OutageBudget(float("inf"), self.health)  # runs go on without brokers
        self.scheduler = CatalogScheduler(
            setting=self.options.setting,
            refresh=self.work.refresh,
            health=self.health,
            metrics=self.metrics,
            draining=self.budget.draining,
            at_once=self.options.at_once,
            announce=self._announce if self.options.bus else None,
        )
        self._announcer: RunAnnouncer | None = None
        self._process = BesideTopics(self.health, self.budget, self.metrics, log)

    @property
    def port(self) -> int:
        """The port of its probes, once they are served."""
        return self._process.port

    def run(self) -> None:
        """Work until SIGTERM or SIGINT: the first signal drains, a second one ends the process at once."""
        reading = Reading("change", self._open_changes) if self.options.bus else None
        self._process.run(self.scheduler.run, reading, self.options.host, self.options.http_port)

    def _announce(self, catalog: Catalog, run: str) -> None:
        if self._announcer is None:
            raise NoBroker(str(self.options.bus and self.options.bus.bootstrap), "it has not answered yet")
        self._announcer(catalog, run)

    @contextmanager
    def _open_changes(self) -> Iterator[ChangeLoop]:
        bus = self.options.bus
        assert bus is not None
        setting, claims = self.scheduler.setting, Claims()
        await_broker(bus, self.budget)
        with open_writer(bus) as writer, known_topics(bus) as known:
            hidden = [str(folder.absolute()) for folder in (setting.tenants, setting.files, setting.cards) if folder]
            store = [] if "://" in setting.store else [str(Path(setting.store).absolute())]
            audience = Audience(known.__contains__, server_folders([*store, *hidden]))
            self._announcer = RunAnnouncer(writer, setting, audience)
            group, pattern = catalogs_group(self.options.group), topics_pattern(CHANGED)
            consumer = join_group(bus, group, claims, POLL_INTERVAL_S, pattern)
            log.info("reading %s in group %s", CHANGED, group)
            try:
                yield ChangeLoop(
                    consumer=consumer,
                    offsets=OffsetBook(claims),
                    setting=setting,
                    refresh_rows=self.work.refresh_rows,
                    answers=ChangeAnswers(writer, audience),
                    outage_budget=self.budget,
                    metrics=self.metrics,
                    announce=self._announce,
                )
            finally:
                consumer.close(autocommit=False, timeout_ms=LEAVE_MS)
