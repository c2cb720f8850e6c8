"""Records of every wrong kind to a running process, with good briefs of three tenants among them.

FOUNDRY_MUTANTS says how many there are. Each must be a dead letter once, and no good brief may suffer.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.bus import topics
from pipelines.bus.dead_topic import dead_messages
from pipelines.bus.messages import brief_message
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.settings import BusSettings
from tests.pipelines.dispatcher.factory import Factory, begin_at_the_ends
from tests.pipelines.dispatcher.test_serving import named
from tests.support.mutants import TENANTS, mutants
from tests.support.raw_records import RawName, packed, send_batch
from tests.support.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
MUTANTS = int(os.environ.get("FOUNDRY_MUTANTS", "300"))
GOOD = int(os.environ.get("FOUNDRY_GOOD_BRIEFS", "6"))
SEED = 20_261_130
IN_FLIGHT = 40
OWN = "aurelle"
"""The tenant that sends its briefs on a topic of its own; the others share one with the attack."""


@dataclass
class Attack:
    """A process that serves, and what is sent to it."""

    factory: Factory
    serving: subprocess.Popen[bytes]
    offsets: Any
    parts: list[Any]
    places: list[str] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)

    def lag(self) -> int:
        """How many records of the topics are not committed."""
        ends = self.offsets.end_offsets(self.parts)
        return sum(end - (self.offsets.committed(part) or 0) for part, end in ends.items())

    def send_good(self, word: str, least: int = GOOD, during: threading.Event | None = None) -> list[str]:
        """Send good briefs one after another, each when the one before is finished; their campaigns.

        At least so many are sent, and more until `during` is set.
        """
        names: list[str] = []
        while len(names) < least or (during and not during.is_set()):
            number = len(names)
            tenant, name = TENANTS[number % len(TENANTS)], named(f"{word}-{number}")
            scenes = [{"id": "s", "prompt": f"Plaster wall of {name}"}]
            message = brief_message(self.factory.brief(name, tenant, scenes=scenes))
            topic = topics.briefs_topic(tenant).name if tenant == OWN else topics.BRIEFS
            with open_writer(self.factory.bus) as out:
                self.sent[name] = time.time()
                out.send(topic, message)
            names.append(name)
            until(lambda name=name: self.lives() and self.finished(name), 900, every_s=1.0)  # type: ignore[misc]
        return names

    def lives(self) -> bool:
        assert self.serving.poll() is None, (self.factory.folder / "serve.log").read_text()[-3000:]
        return True

    def finished(self, *names: str) -> dict[str, float]:
        """The good campaigns that are finished, with the time of the event."""
        found: dict[str, float] = {}
        for record in all_records(self.factory.bus, topics.CAMPAIGN_FINISHED):
            name = (record.key or b"").decode().rpartition("/")[2]
            if name in names:
                found.setdefault(name, record.timestamp / 1000)
        return found

    def attack(self, count: int) -> None:
        """Send the mutants, as fast as they are settled."""
        from kafka import KafkaProducer

        with closing(KafkaProducer(**self.factory.bus.client(), acks="all", max_request_size=6_000_000)) as out:
            waiting = []
            for number, (key, value, headers) in enumerate(mutants(count, SEED)):
                strange = any(isinstance(name, RawName) or part is None for name, part in headers)
                if strange or (key is None and value is None):
                    offset = send_batch(self.factory.bus, topics.BRIEFS, 0, bytes(packed((key, value, headers))))
                    self.places.append(f"{topics.BRIEFS}:0:{offset}")
                else:
                    waiting.append(out.send(topics.BRIEFS, key=key, value=value, headers=list(headers)))
                if number % IN_FLIGHT == IN_FLIGHT - 1:
                    self._note(waiting)
                    until(lambda: self.lives() and self.lag() < IN_FLIGHT, 900, every_s=0.1)
            self._note(waiting)

    def _note(self, waiting: list[Any]) -> None:
        for future in waiting:
            told = future.get(timeout=60)
            self.places.append(f"{told.topic}:{told.partition}:{told.offset}")
        waiting.clear()

    def waits(self, names: list[str]) -> list[float]:
        """Seconds from a brief's sending to the event that says it is finished."""
        return [at - self.sent[name] for name, at in self.finished(*names).items()]


@contextmanager
def serving(bus: BusSettings, folder: Path) -> Iterator[Attack]:
    """Three tenants, one with a topic of its own; a process that serves them."""
    from kafka import KafkaConsumer

    topics.create_topics(bus, [OWN], partitions=6)
    factory = Factory.made(bus, folder)
    third_tenant(folder)
    parts = begin_at_the_ends(bus, factory.group, [topics.BRIEFS, topics.briefs_topic(OWN).name])
    with (
        closing(KafkaConsumer(**bus.client(), group_id=factory.group, enable_auto_commit=False)) as offsets,
        factory.process("patience=900") as process,
    ):
        yield Attack(factory, process, offsets, parts)


def third_tenant(folder: Path) -> None:
    """Add a tenant like the first one."""
    shutil.copytree(folder / "tenants" / "aurelle", folder / "tenants" / "solara")
    shutil.copytree(folder / "files" / "aurelle", folder / "files" / "solara")
    file = folder / "tenants" / "solara" / "tenant.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"id": "solara", "name": "Solara"}))


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def test_no_record_stops_the_dispatcher_or_holds_up_a_good_brief(bus: BusSettings, tmp_path: Path) -> None:
    with serving(bus, tmp_path) as run:
        run.send_good("warm", 1)
        calm = run.send_good("calm")
        attacked, among = threading.Event(), list[str]()
        good = threading.Thread(target=lambda: among.extend(run.send_good("among", during=attacked)))
        began = time.time()
        good.start()
        try:
            run.attack(MUTANTS)
        finally:
            attacked.set()
        seconds = time.time() - began
        good.join(1800)
        until(lambda: run.lives() and run.lag() == 0, 900, every_s=1.0)
        dead = Counter(message.origin for message in dead_messages(bus))
        assert {place: dead[place] for place in run.places if dead[place] != 1} == {}
        assert set(run.finished(*calm, *among)) == {*calm, *among}
        quiet, loud = run.waits(calm), run.waits(among)
        figures = {
            "mutants": len(run.places), "good": len(calm) + len(among), "seconds": round(seconds),
            "per_s": round(len(run.places) / seconds, 1), "p50_calm_s": round(statistics.median(quiet), 2),
            "p95_calm_s": round(p95(quiet), 2), "p50_among_s": round(statistics.median(loud), 2),
            "p95_among_s": round(p95(loud), 2),
        }  # fmt: skip
        print(json.dumps(figures))
        # Twice the calm wait was measured on an idle machine; other tests beside this one make waits uneven.
        assert p95(loud) <= 5 * p95(quiet) + 10.0, figures
        run.serving.send_signal(signal.SIGTERM)
        assert run.serving.wait(120) == 0
