"""A serving process: probes, metrics, deliveries without brokers, and its end at a signal."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.bus.settings import BusSettings
from pipelines.delivery.asked import new_ask, put_ask
from pipelines.delivery.delivering import deliver
from pipelines.delivery.serving import DeliveryServeOptions, DeliveryServer
from pipelines.delivery.setting import DeliverySetting, utc_now
from tests.pipelines.dispatcher.test_probes import asked
from tests.support.deliveries import a_row, own_store, write_campaign, write_tenant
from tests.support.waiting import until


def a_server(folder: Path, bus: BusSettings | None = None) -> DeliveryServer:
    """A process's server, with a finished campaign of three files and a target that is a folder."""
    (folder / "there").mkdir()
    write_tenant(folder / "tenants", {"id": "handover", "kind": "folder", "folder": "handover"})
    own = own_store(folder / "store")
    write_campaign(own, [a_row(own, number) for number in range(3)])
    setting = DeliverySetting(store=str(folder / "store"), tenants=folder / "tenants", folders=folder / "there")
    server = DeliveryServer(DeliveryServeOptions(setting=setting, http_port=0, bus=bus), deliver)
    server.worker.tick_s = server.worker.look_s = 0.05
    return server


@contextmanager
def running(server: DeliveryServer) -> Iterator[None]:
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.port)
        yield
    finally:
        server.budget.draining.set()
        thread.join(60)
        assert not thread.is_alive()


def delivered(folder: Path) -> int:
    return len(list((folder / "there/aurelle/handover").rglob("*.jpg")))


def test_what_is_asked_for_is_delivered_without_brokers_and_probes_and_metrics_show_it(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    with running(server):
        until(lambda: asked(server.port, "/ready") == (200, "ready\n"))
        assert asked(server.port, "/live") == (200, "alive\n")
        put_ask(own_store(tmp_path / "store"), new_ask("campaign:spring", "by hand", utc_now()))
        until(lambda: delivered(tmp_path) == 3)
        whole = 'foundry_delivery_runs_total{end="whole",target="handover",tenant="aurelle"} 1.0'
        until(lambda: whole in asked(server.port, "/metrics")[1])
        on_time = 'foundry_delivery_late_seconds{target="handover",tenant="aurelle"} 0.0'
        until(lambda: on_time in asked(server.port, "/metrics")[1] and not server.worker.wanted)
        assert "foundry_delivery_ready 1.0" in asked(server.port, "/metrics")[1]
    assert server.health.draining


def test_deliveries_go_on_while_the_brokers_are_away_and_are_told_later(tmp_path: Path) -> None:
    server = a_server(tmp_path, BusSettings(bootstrap="127.0.0.1:9", timeout_s=1))
    with running(server):
        put_ask(own_store(tmp_path / "store"), new_ask("campaign:spring", "by hand", utc_now()))
        until(lambda: delivered(tmp_path) == 3)
        until(lambda: "outage of broker" in asked(server.port, "/ready")[1])
        failed = 'foundry_delivery_runs_total{end="failed",target="handover",tenant="aurelle"} 1.0'
        until(lambda: failed in asked(server.port, "/metrics")[1])
    assert list(own_store(tmp_path / "store").list("deliveries/ASKED/"))  # its events are still to be sent


def test_sigterm_drains(tmp_path: Path) -> None:
    server = a_server(tmp_path)
    ask = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
    ask.start()
    server.run()
    ask.join()
    assert server.worker.draining.is_set()
