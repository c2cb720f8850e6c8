"""A serving process: probes, metrics, runs without brokers, and its end at a signal."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundry.catalog.runs import RunRecord
from pipelines.bus.settings import BusSettings
from pipelines.catalog.serving import CatalogServeOptions, CatalogServer, Work
from tests.pipelines.dispatcher.test_probes import asked
from tests.support.scheduled import HandClock, PaperRefresh, a_catalog, a_setting, keep
from tests.support.waiting import until


def no_rows(*_: Any, **__: Any) -> RunRecord:
    raise AssertionError("no brokers, so no changed items")


def a_server(folder: Path, clock: HandClock, bus: BusSettings | None = None) -> tuple[CatalogServer, PaperRefresh]:
    """A process's server with one catalog, whose run is due at half past two."""
    setting, paper = a_setting(folder, clock), PaperRefresh(folder / "book")
    keep(setting, a_catalog())
    options = CatalogServeOptions(setting=setting, http_port=0, bus=bus)
    server = CatalogServer(options, Work(paper, no_rows))
    server.scheduler.tick_s = 0.02
    return server, paper


@contextmanager
def running(server: CatalogServer) -> Iterator[None]:
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.port)
        yield
    finally:
        server.budget.draining.set()
        thread.join(60)
        assert not thread.is_alive()


def test_probes_and_metrics_show_a_leader_and_its_runs(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 11, 30, 2, tzinfo=UTC))
    server, paper = a_server(tmp_path, clock)
    with running(server):
        until(lambda: asked(server.port, "/ready") == (200, "ready\n"))
        assert asked(server.port, "/live") == (200, "alive\n")
        until(lambda: server.scheduler.timetable.known)
        clock.set("2026-11-30T02:30")
        until(paper.lines)
        ran = 'foundry_catalog_runs_total{state="finished",tenant="aurelle"} 1.0'
        until(lambda: ran in asked(server.port, "/metrics")[1])
        shown = asked(server.port, "/metrics")[1]
        assert "foundry_catalog_leader 1.0" in shown
        assert "foundry_catalog_ready 1.0" in shown
        assert 'foundry_catalog_late_seconds{catalog="shoes",tenant="aurelle"} 0.0' in shown
    assert server.health.draining


def test_runs_go_on_while_the_brokers_are_away_and_a_drain_does_not_wait_for_them(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 11, 30, 2, tzinfo=UTC))
    server, paper = a_server(tmp_path, clock, BusSettings(bootstrap="127.0.0.1:9", timeout_s=1))
    with running(server):
        until(lambda: server.scheduler.timetable.known)
        clock.set("2026-11-30T02:30")
        until(paper.lines)
        until(lambda: "outage of broker" in asked(server.port, "/ready")[1])
    assert paper.lines() == ["shoes 20261130T023000Z"]


def test_sigterm_drains(tmp_path: Path) -> None:
    server, _ = a_server(tmp_path, HandClock(datetime(2026, 11, 30, 2, tzinfo=UTC)))
    ask = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
    ask.start()
    server.run()
    ask.join()
    assert server.scheduler.draining.is_set()
