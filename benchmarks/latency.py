"""B8: from a brief on Kafka to its first and its last file in the store, against the same work without Kafka.

python -m benchmarks.latency [--rounds 20] [--bootstrap HOST:PORT]

Both sides are warm and in one process, take turns, and draw with a painting generator, so that what differs is the way
in: `direct` reads a brief file, admits it, builds, as `foundry run` does; `kafka` is the loop of `foundry serve`, from
before the brief is sent. Times are those of the files, and of the moment when the flow is begun: the flow
is the same on both sides and takes seconds, which on a busy machine differ by more than the way in takes. Without
--bootstrap a broker is started.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from foundry.brief.brief import Brief
from foundry.plan.estimate import count_needs
from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.bus import topics
from pipelines.bus.messages import brief_message
from pipelines.bus.producing import MessageWriter, open_writer
from pipelines.bus.settings import BusSettings
from pipelines.campaign.flow import build_all
from pipelines.dispatcher.loop import Dispatcher
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.part_counting import PartLetters
from pipelines.dispatcher.spending import PartToMake
from pipelines.planning.admission import admit_file
from tests.pipelines.dispatcher.factory import Factory
from tests.support.fakes import PaintingHandler
from tests.support.manifests import manifest_rows
from tests.support.waiting import until

WARM_UP = 2


Times = tuple[float, float, float]
"""Milliseconds from the order to the flow's beginning, the first file, the last file."""


class Timed(RoundMaker):
    """Notes when it begins the flow, in seconds."""

    begun = 0.0

    def _build(self, parts: Sequence[PartToMake], store: ObjectStore) -> Mapping[str, PartLetters]:
        self.begun = time.time()
        return super()._build(parts, store)

    @classmethod
    def like(cls, other: RoundMaker) -> Timed:
        """Return a timed maker with the fields of another one."""
        return cls(**{field.name: getattr(other, field.name) for field in fields(other)})


def times_of(root: Path, began: float, begun: float) -> Times:
    """Of the campaign that was made last."""
    index = max(root.glob("*/campaigns/*/manifest.json"), key=lambda path: path.stat().st_mtime_ns)
    tenant, campaign = index.parts[-4], index.parts[-2]
    files = [root / tenant / row["address"] for row in manifest_rows(root, tenant, campaign)]
    written = [file.stat().st_mtime for file in files]
    return 1000 * (begun - began), 1000 * (min(written) - began), 1000 * (max(written) - began)


def direct(factory: Factory, brief: Brief) -> Times:
    """Read, admit, look at what is missing, build."""
    root, file = factory.folder / "direct", factory.folder / "files" / brief.tenant / "brief.json"
    file.write_text(brief.model_dump_json())
    began, store = time.time(), LocalStore(root)
    orders = admit_file(file, factory.folder / "tenants")
    for each in orders:
        count_needs(each.plan, store.for_tenant(each.plan.tenant.id))
    begun = time.time()
    build_all([(each.plan, each.inputs) for each in orders], store, generator=PaintingHandler())
    return times_of(root, began, begun)


def by_kafka(factory: Factory, serving: Dispatcher, maker: Timed, out: MessageWriter, brief: Brief) -> Times:
    """Send the brief, wait until it is told to be finished."""
    began, ended = time.time(), serving.metrics.briefs.labels(brief.tenant, "finished")
    before = ended._value.get()  # noqa: SLF001 - the client has no other way to read a counter
    out.send(topics.BRIEFS, brief_message(brief))
    until(lambda: ended._value.get() > before)  # noqa: SLF001 - as above
    return times_of(factory.root, began, maker.begun)


def quantiles(values: list[float]) -> str:
    """p50 / p95."""
    return f"{statistics.median(values):7.0f} / {statistics.quantiles(values, n=20)[-1]:7.0f} ms"


@contextmanager
def broker(bootstrap: str) -> Iterator[BusSettings]:
    """Yield the broker that was named, or one of the local stack."""
    if bootstrap:
        yield BusSettings(bootstrap=bootstrap)
        return
    from infra.stack.control import running

    with running("kafka") as kafka:
        yield BusSettings(bootstrap=kafka.bootstrap)


def measured(bus: BusSettings, folder: Path, rounds: int) -> dict[str, list[Times]]:
    """Of every round, by way in; the ways take turns and the first rounds do not count."""
    topics.create_topics(bus, partitions=6)
    factory = Factory.made(bus, folder)
    found: dict[str, list[Times]] = {"direct": [], "kafka": []}
    with factory.running() as serving, open_writer(bus) as out:
        serving.maker = maker = Timed.like(serving.maker)
        until(serving.offsets.claims.partitions)
        for number in range(WARM_UP + rounds):
            scene = [{"id": "s", "prompt": f"Plaster wall number {number}, light from the left"}]
            brief = factory.brief(f"latency-{number}", scenes=scene)
            found["direct"].append(direct(factory, brief))
            found["kafka"].append(by_kafka(factory, serving, maker, out, brief))
    return {way: times[WARM_UP:] for way, times in found.items()}


def main() -> None:
    """Run the benchmark that the command line asks for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--bootstrap", default="")
    told, _ = parser.parse_known_args()
    with broker(told.bootstrap) as bus, tempfile.TemporaryDirectory() as folder:
        found = measured(bus, Path(folder), told.rounds)
    print(f"{told.rounds} briefs of two files each, p50 / p95 from the order")
    for way, times in found.items():
        begun, first, last = ([each[at] for each in times] for at in range(3))
        print(f"{way:>7}  flow {quantiles(begun)}   first file {quantiles(first)}   last file {quantiles(last)}")
    for at, until_when in ((0, "flow"), (2, "last file")):
        gaps = [kafka[at] - alone[at] for kafka, alone in zip(found["kafka"], found["direct"], strict=True)]
        print(f"added by Kafka until the {until_when}, pair by pair: {quantiles(gaps)}")


if __name__ == "__main__":
    main()
