"""Assembly of a dispatcher from its options, and its run until a signal drains it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.bus.broker_errors import NoBroker
from pipelines.bus.producing import open_writer
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import known_topics, open_admin
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.admission_desk import AdmissionDesk, AdmissionLimits
from pipelines.dispatcher.announcing import Announcer
from pipelines.dispatcher.audience import Audience, server_folders
from pipelines.dispatcher.claims import Claims, join_group
from pipelines.dispatcher.health import Health
from pipelines.dispatcher.lookout import Lookout, Surroundings
from pipelines.dispatcher.loop import Dispatcher
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.outage_budget import GivenUp, OutageBudget
from pipelines.dispatcher.probes import serve_probes
from pipelines.dispatcher.refusing import Refuser
from pipelines.dispatcher.scheduler import Limits
from pipelines.dispatcher.signals import draining_on_signals
from pipelines.dispatcher.telemetry import exporting

if TYPE_CHECKING:
    from pipelines.engines.engine import Engine

LEAVE_MS = 10_000
ASK_S = 3
log = logging.getLogger("foundry.serve")


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """The options of `foundry serve`."""

    store: str
    folders: Folders
    group: str = "campaign-foundry"
    limits: Limits = field(default_factory=Limits)
    backlog: int = 256
    admission: AdmissionLimits = field(default_factory=AdmissionLimits)
    patience_s: float = 300.0
    max_poll_interval_s: float = 300.0
    host: str = "127.0.0.1"
    http_port: int = 8080
    blender: str = ""
    reports: bool = True
    engine: str = "embedded"
    engine_config: Path | None = None


class Around(NamedTuple):
    """The parts of a dispatcher that are there before it is: its state, its metrics, its patience."""

    health: Health
    metrics: Metrics
    budget: OutageBudget

    @classmethod
    def of(cls, options: ServeOptions) -> Around:
        """Return fresh ones."""
        health = Health(stuck_s=options.max_poll_interval_s)
        return cls(health, Metrics(health), OutageBudget(options.patience_s, health))


@contextmanager
def open_dispatcher(
    bus: BusSettings, options: ServeOptions, generator: Any = None, around: Around | None = None
) -> Iterator[Dispatcher]:
    """Open a dispatcher as a member of its group, which it leaves when the block ends.

    `generator` is as in `build_all`. BadInput, before any record is read, for an engine that does not exist or whose
    settings cannot be used. A broker that is away is waited for; GivenUp if that takes too long.
    """
    make_engine = _engine_maker(options)
    health, metrics, budget = around or Around.of(options)
    claims = Claims()
    await_broker(bus, budget)
    with open_writer(bus) as writer, known_topics(bus) as known:
        audience = Audience(known.__contains__, server_folders([str(path) for path in _folders(options)]))
        announcer = Announcer(writer, audience=audience)
        maker = RoundMaker(
            address=options.store,
            announcer=announcer,
            outage_budget=budget,
            is_ours=lambda order: any(claims.owns(taken.position) for taken in list(order.records)),
            blender=options.blender,
            generator=generator,
            reports=options.reports,
            make_engine=make_engine,
            count_bug=metrics.count_bug,
            count_run=metrics.time.count_run,
        )
        consumer = join_group(bus, options.group, claims, options.max_poll_interval_s)
        try:
            offsets = OffsetBook(claims)
            yield Dispatcher(
                consumer=consumer,
                offsets=offsets,
                orders=OrderBook(options.limits),
                maker=maker,
                announcer=announcer,
                desk=AdmissionDesk(options.folders, max(1, options.limits.cost // 2), options.admission),
                refuser=Refuser(writer, offsets, budget, metrics, audience),
                outage_budget=budget,
                backlog=options.backlog,
                health=health,
                metrics=metrics,
            )
        finally:
            consumer.close(autocommit=False, timeout_ms=LEAVE_MS)


def _folders(options: ServeOptions) -> list[Path]:
    """Return the folders of this server that the options name."""
    store = [] if "://" in options.store else [Path(options.store).absolute()]
    return [*store, *(folder.absolute() for folder in (*options.folders.required, options.folders.cards) if folder)]


def await_broker(bus: BusSettings, budget: OutageBudget) -> None:
    """Return once a broker answers. It is asked with a short limit, so that the log soon says what is waited for.

    The limit is also well within the patience, since a failure that takes longer than that would begin a new outage.
    """
    impatient = bus.model_copy(update={"timeout_s": min(ASK_S, bus.timeout_s, budget.seconds / 4)})

    def ask() -> None:
        with open_admin(impatient):
            """A client that opened has asked a broker for the cluster's metadata."""

    budget.insist(f"the broker at {bus.bootstrap}", ask, (NoBroker,))


def _engine_maker(options: ServeOptions) -> Callable[[], Engine] | None:
    """Return a function that makes the engine of one round, because a portable runner is good for one run only."""
    if options.engine == "embedded":
        return None
    from pipelines.engines.engine import choose_engine, engine_settings

    settings = engine_settings(options.engine_config).at_most_patient(options.patience_s / 4)
    choose_engine(options.engine, settings)
    return lambda: choose_engine(options.engine, settings)


def serve(bus: BusSettings, options: ServeOptions, generator: Any = None) -> None:
    """Work until SIGTERM or SIGINT: the first signal drains, a second one ends the process at once.

    Probes are answered from the beginning, also while a broker is waited for.
    """
    around = Around.of(options)
    with (
        exporting(around.metrics.registry),
        draining_on_signals(around.budget.draining),
        serve_probes(options.host, options.http_port, around.health, around.metrics) as port,
    ):
        log.info("health and metrics on port %d", port)
        try:
            with open_dispatcher(bus, options, generator, around) as dispatcher, look_out(bus, options, dispatcher):
                log.info("serving group %s", options.group)
                dispatcher.run()
        except GivenUp:
            if around.health.joined or not around.budget.draining.is_set():
                raise
        log.info("drained")


def look_out(bus: BusSettings, options: ServeOptions, dispatcher: Dispatcher) -> AbstractContextManager[None]:
    """Look out for outages of what the dispatcher needs, in a thread, while the block runs."""
    health, metrics = dispatcher.health, dispatcher.metrics
    surroundings = Surroundings(bus, options.folders, options.store, metrics, time.monotonic)
    return Lookout(health, metrics, surroundings.checks).running()
