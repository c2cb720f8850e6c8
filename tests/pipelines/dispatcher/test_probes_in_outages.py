"""The probes and gauges of a serving process while broker, folders and store really go away and come back."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.stack.control import running
from pipelines.bus import topics
from pipelines.bus.settings import BusSettings
from tests.pipelines.dispatcher.factory import Factory
from tests.support.cut_wire import Proxy, between
from tests.support.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
NOTICED_S, MENDED_S = 90.0, 240.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Served:
    """A dispatcher in a process of its own, whose wire to the broker can be cut."""

    factory: Factory
    wire: Proxy
    port: int

    def ready(self) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (URLError, OSError):
            return 0, ""

    def gauge(self, name: str, **labels: str) -> float:
        with urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        return next(
            one.value for family in families for one in family.samples if (one.name, one.labels) == (name, labels)
        )

    def is_unready_for(self, kind: str) -> bool:
        status, why = self.ready()
        return status == 503 and f"outage of {kind} since" in why


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with ExitStack() as up:
        wire = up.enter_context(between(0))
        kafka = up.enter_context(running("kafka", seen_port=wire.port))
        wire.target_port = kafka.port("wire")
        bus = BusSettings(bootstrap=kafka.bootstrap)
        topics.create_topics(bus, partitions=2)
        port = free_port()
        factory = Factory.made(bus, tmp_path)
        up.enter_context(factory.process(f"http={port}", "patience=600", bootstrap=f"127.0.0.1:{wire.port}"))
        one = Served(factory, wire, port)
        until(lambda: one.ready()[0] == 200, MENDED_S, every_s=1.0)
        yield one


def test_readiness_and_gauges_follow_what_goes_away_and_comes_back(served: Served) -> None:
    files, away = served.factory.folder / "files", served.factory.folder / "away"
    assert served.gauge("foundry_ready") == 1.0
    assert served.gauge("foundry_outage", kind="broker", tenant="") == 0.0

    served.wire.cut()
    until(lambda: served.is_unready_for("broker"), NOTICED_S, every_s=1.0)
    assert served.gauge("foundry_outage", kind="broker", tenant="") == 1.0
    assert served.gauge("foundry_ready") == 0.0
    served.wire.mend()
    until(lambda: served.ready()[0] == 200, MENDED_S, every_s=1.0)
    assert served.gauge("foundry_outage", kind="broker", tenant="") == 0.0

    files.rename(away)
    until(lambda: served.is_unready_for("folders"), NOTICED_S, every_s=1.0)
    away.rename(files)
    until(lambda: served.ready()[0] == 200, MENDED_S, every_s=1.0)

    shutil.rmtree(served.factory.root, ignore_errors=True)
    served.factory.root.write_text("a file where the store's folder was")
    until(lambda: served.is_unready_for("store"), NOTICED_S, every_s=1.0)
    served.factory.root.unlink()
    until(lambda: served.ready()[0] == 200, MENDED_S, every_s=1.0)
