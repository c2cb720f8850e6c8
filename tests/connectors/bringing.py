"""Sendings that are made again until they succeed, as the engine of deliveries makes them."""

from __future__ import annotations

from typing import Protocol

from connectors.target.connector import Connector, Found, Sent
from connectors.target.errors import TargetAway
from connectors.target.outgoing import Outgoing
from tests.connectors.conformance import Died, Memory, place
from tests.support.fake_clock import FakeClock

MOST_TRIES = 40


class OpenBench(Protocol):
    """A target whose time moves only when somebody sleeps."""

    clock: FakeClock

    def open(self) -> Connector:
        """Return a fresh connector."""


class Watched(Memory):
    """A memory that a test reads afterwards. all: everything that was ever saved."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []

    def save(self, step: str, **resume: str) -> None:
        """Keep a step, and note it."""
        self.all.append(f"{step} {resume}")
        super().save(step, **resume)


def brought(bench: OpenBench, file: Outgoing, before: Found | None = None, memory: Memory | None = None) -> Sent:
    """Return what a target answered in the end; each try has a fresh connector, and waits as it was asked to.

    Before each try but the first, the target is asked what it has, as the engine asks.
    """
    memory, target_id = memory or Memory(), before.target_id if before else ""
    for _ in range(MOST_TRIES):
        connector = bench.open()
        try:
            return connector.send(file, before, memory)
        except TargetAway as away:
            bench.clock.sleep(away.after_s + 1.0)
        except Died:
            memory.dies_at = 0
        finally:
            connector.close()
        connector = bench.open()
        before = _asked(bench, connector, file, target_id)
        connector.close()
    raise AssertionError(f"{file.path} was not brought in {MOST_TRIES} tries")


def _asked(bench: OpenBench, connector: Connector, file: Outgoing, target_id: str) -> Found | None:
    for _ in range(MOST_TRIES):
        try:
            return connector.find(place(file, target_id))
        except TargetAway as away:
            bench.clock.sleep(away.after_s + 1.0)
    raise AssertionError("the target did not answer")


def words_of(bench: OpenBench, old: Outgoing, new: Outgoing) -> int:
    """Return how often the sending of a new content in place of an old one looks up: the moments to die at."""
    sent, memory = brought(bench, old), Memory()
    connector = bench.open()
    connector.send(new, connector.find(place(old, sent.target_id)), memory)
    connector.close()
    return memory.words


def killed_versions(bench: OpenBench, pairs: list[tuple[Outgoing, Outgoing]]) -> None:
    """Bring old contents, then new ones in their place; the sending of number n dies at its moment n, and goes on."""
    for at, (old, new) in enumerate(pairs, 1):
        sent, memory = brought(bench, old), Memory()
        connector = bench.open()
        before = connector.find(place(old, sent.target_id))
        connector.close()
        memory.dies_at = at
        again = brought(bench, new, before, memory)
        assert (again.target_id, memory.dies_at) == (sent.target_id, 0)
