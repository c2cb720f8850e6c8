"""Put a dispatcher together, run it until a signal drains it, take it apart."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.bus.producing import open_writer
from pipelines.bus.settings import BusSettings
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.announcing import Announcer
from pipelines.dispatcher.answering import Health, serve_health
from pipelines.dispatcher.claims import Claims, join_group
from pipelines.dispatcher.loop import Dispatcher
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import Order
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.outage_budget import OutageBudget
from pipelines.dispatcher.scheduler import Limits

if TYPE_CHECKING:
    from pipelines.engines.engine import Engine

AT_ONCE = 130
LEAVE_MS = 10_000
log = logging.getLogger("foundry.serve")


@dataclass(frozen=True)
class ServeOptions:
    """What `foundry serve` was told."""

    store: str
    folders: Folders
    group: str = "campaign-foundry"
    limits: Limits = field(default_factory=Limits)
    backlog: int = 256
    patience_s: float = 300.0
    max_poll_interval_s: float = 300.0
    host: str = "127.0.0.1"
    http_port: int = 8080
    blender: str = ""
    reports: bool = True
    engine: str = "embedded"
    engine_config: Path | None = None


@contextmanager
def open_dispatcher(bus: BusSettings, told: ServeOptions, generator: Any = None) -> Iterator[Dispatcher]:
    """A dispatcher in its group, which it leaves when the block ends. `generator` as in `build_all`.

    BadInput for an engine that there is not, or whose settings cannot be used, before anything is read.
    """
    make_engine = _engine(told)
    claims, patience = Claims(), OutageBudget(told.patience_s)

    def ours(order: Order) -> bool:
        return any(claims.owns(taken.place) for taken in list(order.taken))

    with open_writer(bus) as out:
        kitchen = RoundMaker(
            told.store, Announcer(out), patience, ours, told.blender, generator, told.reports, make_engine
        )
        consumer = join_group(bus, told.group, claims, told.max_poll_interval_s)
        try:
            yield Dispatcher(
                consumer, OffsetBook(claims), OrderBook(told.limits), kitchen, told.folders, told.backlog,
                max(1, told.limits.cost // 2), Health(stuck_s=told.max_poll_interval_s),
            )  # fmt: skip
        finally:
            consumer.close(autocommit=False, timeout_ms=LEAVE_MS)


def _engine(told: ServeOptions) -> Callable[[], Engine] | None:
    """What gives each round its engine: made anew, since a portable runner is good for one run."""
    if told.engine == "embedded":
        return None
    from pipelines.engines.engine import choose_engine, engine_settings

    settings = engine_settings(told.engine_config)
    choose_engine(told.engine, settings)
    return lambda: choose_engine(told.engine, settings)


def serve(bus: BusSettings, told: ServeOptions, generator: Any = None) -> None:
    """Work until SIGTERM or SIGINT: the first drains, a second ends the process at once."""
    with open_dispatcher(bus, told, generator) as running, _signals(running):
        metrics: Metrics = running.metrics
        with serve_health(told.host, told.http_port, running.health, metrics) as port:
            log.info("serving group %s; health and metrics on port %d", told.group, port)
            running.run()
            log.info("drained")


@contextmanager
def _signals(running: Dispatcher) -> Iterator[None]:
    """Signals mean drain, then end; outside the main thread there are none to be had."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def told(number: int, frame: Any) -> None:
        if running.draining:
            os._exit(AT_ONCE)
        running.drain()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(ValueError):
                signal.signal(number, handler)
