"""A broker, a bucket and a dispatcher between them, on wires that can be cut; and what must hold whatever happened."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from foundry.brief.brief import Brief
from infra.stack.control import running
from infra.stack.gcs import Gcs
from infra.stack.kafka import Kafka
from pipelines.bus import topics
from pipelines.bus.dead_topic import dead_messages
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import CAMPAIGN_FINISHED, FAILED, FINISHED, PROGRESS
from tests.pipelines.dispatcher.clock import Clock
from tests.pipelines.dispatcher.factory import Factory, is_asset, undisturbed
from tests.support.buckets import client_of, named_bucket
from tests.support.cut_wire import Proxy, between
from tests.support.faulty_proxy import Faults, faulty
from tests.support.waiting import until

RECOVERY_S = 420.0
"""kafka-python took up to 50 s to find a broker again that was killed, on a machine with nothing else to do."""
SLOW_S = 1.0
MOMENTS_S = 5.0
"""About as long as two briefs take here."""
TENANTS = ("aurelle", "northpeak")
SCENES = [{"id": side, "prompt": f"Plaster wall, {side} light"} for side in ("left", "right")]
Fault = Callable[["Rig", random.Random], None]


@dataclass
class Rig:
    """One dispatcher in a process of its own. Tests look at broker and bucket past the wires that they cut."""

    kafka: Kafka
    broker_wire: Proxy
    gcs: Gcs
    store_wire: Proxy
    faults: Faults
    clock: Clock
    factory: Factory
    serving: subprocess.Popen[bytes]

    def disturbed(self, word: str, fault: Fault) -> None:
        """Briefs of two tenants are sent; the fault strikes while they are read, made or told of; all holds."""
        briefs, chance = self._briefs(word), random.Random(word)
        wanted = self._undisturbed(briefs)
        self._empty()
        self.factory.submit(*briefs)
        time.sleep(chance.uniform(0.0, MOMENTS_S))
        fault(self, chance)
        names = [brief.campaign.id for brief in briefs]
        until(lambda: self._lives() and len(self._finished(names)) == len(names), RECOVERY_S, every_s=1.0)
        until(self.factory.all_committed, RECOVERY_S, every_s=1.0)
        left = self.factory.objects()
        assert sorted(left.keys() ^ wanted.keys()) == []
        assert [name for name in sorted(left) if left[name] != wanted[name]] == []
        self._each_was_written_once()
        self._all_is_told(briefs, names)

    def _briefs(self, word: str) -> list[Brief]:
        """One is made in two parts, the other in one."""
        parts = zip(TENANTS, (SCENES, SCENES[:1]), strict=True)
        return [self.factory.brief(f"{word}-{tenant}", tenant, scenes=scenes) for tenant, scenes in parts]

    def _undisturbed(self, briefs: list[Brief]) -> dict[str, bytes]:
        """What these briefs alone leave. Their pictures and files are those of all other words: drawn once here."""
        mine = tuple(f"{brief.tenant}/campaigns/{brief.campaign.id}/" for brief in briefs)
        found = undisturbed(self.factory, briefs, self.factory.folder / "alone")
        return {name: data for name, data in found.items() if is_asset(name) or name.startswith(mine)}

    def _empty(self) -> None:
        """Forget what was made for earlier words, so that everything is to be made."""
        for name in list(self.factory.store.list()):
            self.factory.store.remove(name)
        self.faults.written.clear()
        self.faults.waiting.clear()

    def _lives(self) -> bool:
        assert self.serving.poll() is None, (self.factory.folder / "serve.log").read_text()[-3000:]
        return True

    def _finished(self, names: list[str]) -> set[str]:
        return {said["data"]["plan"] for said in self.factory.told(CAMPAIGN_FINISHED, *names)}

    def _each_was_written_once(self) -> None:
        store = self.factory.store
        acknowledged = {name.removeprefix(store.home.prefix): told for name, told in self.faults.written.items()}  # type: ignore[attr-defined]
        for name, generation in self.factory.generations().items():
            assert acknowledged.get(name, [generation]) == [generation], f"{name} was written again"
        assert any(is_asset(name) for name in acknowledged)

    def _all_is_told(self, briefs: list[Brief], names: list[str]) -> None:
        """Each event at least once, with one id however often; nothing failed, nothing is dead."""
        told = self.factory.told(FINISHED, *names)
        events = {said["id"]: (said["data"]["plan"], said["data"]["address"]) for said in told}
        expected = sum(len(brief.scenes) * len(brief.placements) * 2 for brief in briefs)  # two locales
        assert len(events) == len(set(events.values())) == expected
        ends = {said["id"]: said["data"]["plan"] for said in self.factory.told(CAMPAIGN_FINISHED, *names)}
        assert len(ends) == len(set(ends.values())) == len(names)
        assert self.factory.told(FAILED, *names) == []
        dead = [json.loads(letter.message.value) for letter in dead_messages(self.factory.bus)]
        assert dead == []
        for name in names:
            states = [said["data"]["state"] for said in self.factory.told(PROGRESS, name)]
            assert states[-1] == "finished"

    def end(self) -> None:
        """The dispatcher drains as if nothing had happened."""
        self.serving.send_signal(signal.SIGTERM)
        assert self.serving.wait(90) == 0


@contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    """Everything up, on empty topics and an empty bucket; one drained dispatcher at the end."""
    with ExitStack() as up:
        broker_wire, store_wire = up.enter_context(between(0)), up.enter_context(between(0))
        gcs = up.enter_context(running("gcs", kept=True, seen_port=store_wire.port))
        faults = up.enter_context(faulty(lambda front: gcs.port("http")))
        kafka = up.enter_context(running("kafka", seen_port=broker_wire.port))
        store_wire.target_port, broker_wire.target_port = faults.port, kafka.port("wire")
        up.enter_context(client_of(f"http://127.0.0.1:{gcs.port('http')}"))
        bus = BusSettings(bootstrap=kafka.bootstrap)
        topics.create_topics(bus, partitions=2)
        factory = Factory.made(bus, folder, address=f"gs://{named_bucket()}/prod")
        clock = Clock.right(folder)
        seen = {**clock.environment(), "STORAGE_EMULATOR_HOST": gcs.endpoint, "GOOGLE_CLOUD_PROJECT": "tests"}
        through = f"127.0.0.1:{broker_wire.port}"
        serving = up.enter_context(
            factory.process(f"slow={SLOW_S}", "cost=30", "patience=300", bootstrap=through, **seen)
        )
        yield Rig(kafka, broker_wire, gcs, store_wire, faults, clock, factory, serving)
