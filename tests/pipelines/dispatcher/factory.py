"""Everything around a dispatcher under test: tenants, files, a store, a group; briefs in and events out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foundry.brief.brief import Brief
from foundry.store.addresses import open_store
from foundry.store.bucket_requests import CONNECTIONS
from foundry.store.bucket_store import BucketStore
from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.bus.messages import BriefRequest, BusMessage, brief_message, cancel_message
from pipelines.bus.producing import SentMessage, open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import BRIEFS, DEAD
from pipelines.campaign.flow import build_all
from pipelines.dispatcher.admission import admit_request
from pipelines.dispatcher.loop import Dispatcher
from pipelines.dispatcher.serving import ServeOptions, open_dispatcher
from tests.pipelines.dispatcher.orders import folders_in, tenants_and_files
from tests.support.briefs import ROOT, a_brief
from tests.support.fakes import PaintingHandler
from tests.support.stored import contents

SMALL = ["google/leaderboard"]
BOOKS = ("quota", "stops", "plans")
"""Folders of a tenant that hold no files: the books of quotas, the markers of stops, and the plans of all orders."""


@dataclass
class Factory:
    """One group of dispatchers and what they work on."""

    bus: BusSettings
    folder: Path
    group: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:12]}")
    address: str = ""
    """Of the store; empty: a folder of its own."""

    @classmethod
    def made(cls, bus: BusSettings, folder: Path, address: str = "") -> Factory:
        made = cls(bus, folder, address=address)
        tenants_and_files(folder)
        begin_at_the_ends(bus, made.group, topics_of_briefs(bus))
        return made

    @property
    def root(self) -> Path:
        return self.folder / "store"

    @property
    def store(self) -> ObjectStore:
        """Where the dispatchers put what they make."""
        return open_store(self.address or str(self.root), patience_s=60.0)

    def serving(self, **changes: Any) -> ServeOptions:
        """Options of a dispatcher."""
        told = {
            "store": self.address or str(self.root), "folders": folders_in(self.folder),
            "group": self.group, "http_port": 0, "reports": False, "patience_s": 60.0,
        }  # fmt: skip
        return ServeOptions(**(told | changes))

    @contextmanager
    def running(self, generator: Any = None, **changes: Any) -> Iterator[Dispatcher]:
        """A dispatcher at work in a thread; drained at the end, or its error raised."""
        broken: list[BaseException] = []

        def work(running: Dispatcher) -> None:
            try:
                running.run()
            except BaseException as error:  # noqa: BLE001 - raised again below
                broken.append(error)

        with open_dispatcher(self.bus, self.serving(**changes), generator or PaintingHandler()) as running:
            thread = threading.Thread(target=work, args=(running,))
            thread.start()
            try:
                yield running
            finally:
                running.drain()
                thread.join()
        if broken:
            raise broken[0]

    @contextmanager
    def process(self, *arguments: str, bootstrap: str = "", **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A dispatcher in a process of its own; killed at the end if it still runs.

        `bootstrap`: where it finds the brokers, if not where everybody does.
        """
        log = (self.folder / "serve.log").open("ab")
        told = [str(self.folder), self.group, bootstrap or self.bus.bootstrap, f"store={self.address}", *arguments]
        command = [sys.executable, "-m", "tests.pipelines.dispatcher.serve_painted", *told]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        started = subprocess.Popen(command, cwd=ROOT, env=env, stderr=log, stdout=log)
        try:
            yield started
        finally:
            if started.poll() is None:
                started.send_signal(signal.SIGKILL)
            started.wait()
            log.close()

    def brief(self, campaign: str, tenant: str = "aurelle", **changes: Any) -> Brief:
        """A small brief."""
        told = {"tenant": tenant, "campaign": {"id": campaign, "name": campaign}, "placements": SMALL}
        return Brief.model_validate(a_brief(**(told | changes)))

    def submit(self, *briefs: Brief, request: str = "") -> list[SentMessage]:
        return self.send(*(brief_message(brief, request) for brief in briefs))

    def send(self, *messages: BusMessage) -> list[SentMessage]:
        with open_writer(self.bus) as out:
            return [out.send(BRIEFS, message) for message in messages]

    def cancel(self, tenant: str, campaign: str) -> None:
        self.send(cancel_message(tenant, campaign))

    def told(self, topic: str, *campaigns: str) -> list[dict[str, Any]]:
        """Records of a topic about these campaigns, oldest first within each: CloudEvent type, id, data."""
        import json

        found = []
        for record in all_records(self.bus, topic):
            if (record.key or b"").decode().split("/")[-1] in campaigns:
                headers = {name: bytes(value).decode() for name, value in record.headers}
                data = json.loads(record.value)
                found.append(
                    {"type": headers["ce_type"], "id": headers["ce_id"], "data": data, "partition": record.partition}
                )
        return found

    def committed(self) -> dict[int, tuple[int, int]]:
        """(committed offset, end) by partition of the shared briefs topic."""
        from kafka import KafkaConsumer, TopicPartition

        consumer = KafkaConsumer(**self.bus.client(), group_id=self.group, enable_auto_commit=False)
        try:
            parts = [TopicPartition(BRIEFS, number) for number in sorted(consumer.partitions_for_topic(BRIEFS))]
            ends = consumer.end_offsets(parts)
            return {part.partition: (consumer.committed(part) or 0, ends[part]) for part in parts}
        finally:
            consumer.close()

    def all_committed(self) -> bool:
        return all(done == end for done, end in self.committed().values())

    def objects(self) -> dict[str, bytes]:
        """All that the store holds of files and campaigns, by name."""
        return without_books(contents(self.store))

    def generations(self) -> dict[str, int]:
        """Which write of a name in the bucket it is that is to be seen; of assets, which are written once."""
        store = self.store
        assert isinstance(store, BucketStore)
        start, found = store.home.prefix, CONNECTIONS.client().list_blobs(store.home.bucket, prefix=store.home.prefix)
        names = {blob.name.removeprefix(start): blob.generation for blob in found}
        return {name: generation for name, generation in names.items() if is_asset(name)}


def topics_of_briefs(bus: BusSettings) -> list[str]:
    """The topic of briefs, and those of single tenants that other tests have left on the broker."""
    from kafka import KafkaConsumer

    with closing(KafkaConsumer(**bus.client())) as consumer:
        return [
            name for name in consumer.topics() if name == BRIEFS or (name.startswith(f"{BRIEFS}.") and name != DEAD)
        ]


def begin_at_the_ends(bus: BusSettings, group: str, topics: Sequence[str]) -> list[Any]:
    """Let a group begin at the present ends of topics; their partitions."""
    from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

    with closing(KafkaConsumer(**bus.client(), group_id=group, enable_auto_commit=False)) as consumer:
        parts = [TopicPartition(name, number) for name in topics for number in consumer.partitions_for_topic(name)]
        consumer.assign(parts)
        ends = consumer.end_offsets(parts)
        consumer.commit({part: OffsetAndMetadata(end, "", -1) for part, end in ends.items()})
    return parts


def undisturbed(factory: Factory, briefs: list[Brief], root: Path) -> dict[str, bytes]:
    """What runs without a dispatcher leave in a folder."""
    folders, store = folders_in(factory.folder), LocalStore(root)
    for brief in briefs:
        wish = BriefRequest("", brief.tenant, brief.campaign.id, brief.model_dump(mode="json"))
        each = admit_request(wish, folders)
        build_all([(each.plan, each.inputs)], store, generator=PaintingHandler())
    return without_books(contents(store))


def without_books(found: dict[str, bytes]) -> dict[str, bytes]:
    """The same objects without those of the folders in BOOKS."""
    return {name: data for name, data in found.items() if name.split("/")[1] not in BOOKS}


def is_asset(name: str) -> bool:
    """Whether an object is written once; views, which are written anew, lie in the folders of campaigns."""
    return name.split("/")[1] not in ("campaigns", *BOOKS)
