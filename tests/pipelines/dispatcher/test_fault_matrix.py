"""Whatever fails around a dispatcher, whenever: the same objects, each written once, all told of, all committed.

FOUNDRY_FAULT_ROUNDS says how often each fault strikes, each time at another moment of chance.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.pipelines.dispatcher.rig import Fault, Rig, rig
from tests.support.cut_wire import Proxy
from tests.support.rounds import ROUNDS

pytestmark = [pytest.mark.gcs, pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One dispatcher that lives through all of it."""
    with rig(tmp_path_factory.mktemp("rig")) as up:
        yield up
        up.end()


def cut_twice(wire: Proxy, chance: random.Random, longest_s: float) -> None:
    """For up to so many seconds each."""
    for _ in range(2):
        wire.cut()
        time.sleep(chance.uniform(0.5, longest_s))
        wire.mend()
        time.sleep(chance.uniform(0.0, 1.0))


def killed_store(rig: Rig, chance: random.Random) -> None:
    """The store's process is killed, and started again on its port and data."""
    rig.gcs.kill()
    time.sleep(chance.uniform(0.0, 4.0))
    rig.gcs.up()


def cut_store(rig: Rig, chance: random.Random) -> None:
    """The wire to the store is cut, twice."""
    cut_twice(rig.store_wire, chance, 4.0)


def bad_answers(rig: Rig, chance: random.Random) -> None:
    """The store is busy, and then errs in each way, in an order of chance, now and then behaving itself."""
    rig.faults.down = True
    time.sleep(chance.uniform(0.5, 3.0))
    rig.faults.down = False
    sending, asking = ["503", "429", "half", "lost", "cut", "wrong"], ["503", "429", "cut", "lost", "slow"]
    for method, faults in (("POST", sending), ("GET", asking)):
        for fault in chance.sample(faults, len(faults)):
            rig.faults.give(method, fault, *["none"] * chance.randint(0, 3))


def cut_broker(rig: Rig, chance: random.Random) -> None:
    """The wire to the broker is cut, twice."""
    cut_twice(rig.broker_wire, chance, 5.0)


def paused_broker(rig: Rig, chance: random.Random) -> None:
    """The broker keeps its connections, and answers nothing for a while; then slowly."""
    rig.kafka.pause()
    time.sleep(chance.uniform(3.0, 8.0))
    rig.kafka.resume()
    rig.broker_wire.slow(chance.uniform(0.05, 0.3))
    time.sleep(chance.uniform(1.0, 3.0))
    rig.broker_wire.mend()


def killed_broker(rig: Rig, chance: random.Random) -> None:
    """The broker's process is killed, and started again on its port and data."""
    rig.kafka.kill()
    time.sleep(chance.uniform(0.0, 4.0))
    rig.kafka.up()


def jumped_clock(rig: Rig, chance: random.Random) -> None:
    """The dispatcher's clock goes ahead, then behind, by up to a day, and then is right again."""
    for side in (1, -1):
        rig.clock.jump(side * chance.randint(60, 86_400))
        time.sleep(chance.uniform(0.5, 3.0))
    rig.clock.jump(0)


OF_THE_BROKER = [killed_broker, cut_broker, paused_broker]
OF_THE_STORE = [killed_store, cut_store, bad_answers]


def two_at_once(rig: Rig, chance: random.Random) -> None:
    """A fault of the broker and one of the store."""
    struck = [(chance.choice(some), random.Random(chance.random())) for some in (OF_THE_BROKER, OF_THE_STORE)]
    with ThreadPoolExecutor() as beside:
        for striking in [beside.submit(fault, rig, own) for fault, own in struck]:
            striking.result()


FAULTS = [*OF_THE_BROKER, *OF_THE_STORE, jumped_clock, two_at_once]


@pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_it_comes_through(line: Rig, fault: Fault, seed: int) -> None:
    line.disturbed(f"{fault.__name__.replace('_', '-')}-{seed}", fault)
