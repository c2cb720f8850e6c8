"""A flood of briefs through Kafka and a real `foundry serve`: waits, fairness, lag, memory, throughput.

python -m benchmarks.flood [--briefs 300] [--bootstrap HOST:PORT] [--shared] [--keep FOLDER]

Briefs of three sizes from 200 tenants, one of whom sends a fifth of all, and first. A painting generator draws, masters
are small and so are the files, so that the flow is measured and not pixels. Some of the same briefs are made by
`build_all` alone, in a process of its own, before and after. The flooding tenant has its own topic; with --shared it
writes to the one that all share. Without --bootstrap a broker is started. Ends with 1 if a brief is lost or
refused, or if memory grows with the briefs.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.flood_figures import Measured, print_figures, problems
from benchmarks.flood_work import A_ROUND, FLOODER, Order, furnish, orders
from benchmarks.fresh import printed
from benchmarks.latency import broker
from pipelines.bus import topics
from pipelines.bus.messages import brief_message
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.settings import BusSettings
from tests.pipelines.dispatcher.factory import begin_at_the_ends
from tests.support.briefs import ROOT
from tests.support.waiting import until

PARTITIONS, EVERY_S, LONGEST_S = 12, 1.0, 7200.0
BARE = 2 * A_ROUND
"""Briefs of the bare flow, before and after; the first round of each is not counted."""


@dataclass
class Watch:
    """Samples of the serving process: time in seconds, records not committed, megabytes resident, processor seconds."""

    process: psutil.Process
    lag: Any
    samples: list[tuple[float, int, float, float]] = field(default_factory=list)

    def drained(self) -> bool:
        """Look once; whether everything is committed."""
        spent, memory = self.process.cpu_times(), self.process.memory_info().rss / 2**20
        lag = self.lag()
        self.samples.append((time.time(), lag, memory, spent.user + spent.system))
        time.sleep(EVERY_S)
        return bool(lag == 0)


@contextmanager
def serving(folder: Path, group: str, bus: BusSettings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a dispatcher in a process of its own, with the small templates; it drains when the block ends."""
    command = [sys.executable, "-m", "tests.pipelines.dispatcher.serve_painted", str(folder), group, bus.bootstrap]
    with (folder / "serve.log").open("wb") as log:
        started = subprocess.Popen(command, cwd=folder / "small", env=_environment(), stderr=log, stdout=log)
        try:
            yield started
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(timeout=600)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def bare(folder: Path, count: int, first: int, stop: int) -> dict[str, float]:
    """Return what `benchmarks.flood_work` prints of these briefs."""
    told = ("benchmarks.flood_work", folder, count, first, stop)
    found: dict[str, float] = printed(*told, cwd=folder / "small", environment=_environment())
    return found


@contextmanager
def lag_of(bus: BusSettings, group: str, names: Sequence[str]) -> Iterator[Any]:
    """Yield a function that says how many records the group has not committed, counted from the topics' ends."""
    from kafka import KafkaConsumer

    parts = begin_at_the_ends(bus, group, names)
    with closing(KafkaConsumer(**bus.client(), group_id=group, enable_auto_commit=False)) as seen:
        yield lambda: sum(end - (seen.committed(part) or 0) for part, end in seen.end_offsets(parts).items())


def send(bus: BusSettings, each: Sequence[Order], own_topic: bool) -> None:
    """All briefs, as fast as they are taken."""
    with open_writer(bus) as out:
        for order in each:
            own = own_topic and order.tenant == FLOODER
            out.send_nowait(topics.briefs_topic(FLOODER).name if own else topics.BRIEFS, brief_message(order.brief()))
        out.flush()


def times(bus: BusSettings, topic: str, since: float) -> dict[str, float]:
    """Campaign (by its CloudEvent's source) → seconds of its first record's timestamp, from `since` on."""
    found: dict[str, float] = {}
    for record in all_records(bus, topic):
        if record.timestamp / 1000 >= since:
            headers = {name: bytes(value).decode() for name, value in record.headers}
            found.setdefault(headers["ce_source"].rsplit("/", 1)[-1], record.timestamp / 1000)
    return found


def measured(bus: BusSettings, folder: Path, count: int, own_topic: bool) -> Measured:
    """Furnish, send, wait until all is committed; the bare flow before and after."""
    topics.create_topics(bus, [FLOODER] if own_topic else [], partitions=PARTITIONS)
    names = [topics.BRIEFS] + ([topics.briefs_topic(FLOODER).name] if own_topic else [])
    furnish(folder)
    each, group, part = orders(count), f"flood-{uuid.uuid4().hex[:8]}", min(BARE, count // 2)
    alone = [bare(folder, count, 0, part)]
    with lag_of(bus, group, names) as lag:
        began = time.time()
        with serving(folder, group, bus) as process:
            until(lambda: b"serving group" in (folder / "serve.log").read_bytes())
            watch = Watch(psutil.Process(process.pid), lag)
            send(bus, each, own_topic)
            until(watch.drained, LONGEST_S)
    alone.append(bare(folder, count, count - part, count))
    own = {order.campaign for order in each}
    sent, finished, refused = (
        {name: at for topic in some for name, at in times(bus, topic, began).items() if name in own}
        for some in (names, [topics.CAMPAIGN_FINISHED], [topics.FAILED])
    )
    return Measured(each, sent, finished, len(refused), watch.samples, alone, process.returncode)


def main() -> None:
    """Run the benchmark that the command line asks for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefs", type=int, default=300)
    parser.add_argument("--bootstrap", default="")
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--keep", type=Path, default=None, help="An empty folder for files and logs, which stays.")
    told, _ = parser.parse_known_args()
    if told.keep:
        told.keep.mkdir(parents=True)
    place = nullcontext(str(told.keep)) if told.keep else tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with broker(told.bootstrap) as bus, place as folder:
        found = measured(bus, Path(folder), told.briefs, not told.shared)
    print_figures(found)
    if wrong := problems(found):
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
