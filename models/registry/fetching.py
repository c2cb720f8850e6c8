"""One file from an origin, in as many goes as it takes; what has arrived is never asked for again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.registry.refusals import PullRefused

BLOCK = 1 << 20
Told = Callable[[str, int, int | None], None]
"""Is told a file, the bytes of it that are here, and the bytes that it has, if known."""


@dataclass(frozen=True)
class Listed:
    """What an origin says of a file: bytes and SHA-256, where it knows them."""

    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Reading:
    """An open file at its origin: the byte that the first block begins at, and the bytes of the whole, if known."""

    start: int
    size: int | None
    blocks: Iterator[bytes]


class Origin(Protocol):
    """Where weights are fetched from. Refusals are PullRefused; what may go better next time is Interrupted."""

    def listing(self) -> Mapping[str, Listed]:
        """Every file that is there."""

    def reading(self, file: str, start: int) -> AbstractContextManager[Reading]:
        """Open a file at a byte; an origin that cannot begins at 0."""


class Interrupted(OSError):
    """The connection broke, or the origin is busy; it may ask for a pause."""

    def __init__(self, why: str, pause_s: float = 0):
        super().__init__(why)
        self.pause_s = pause_s


@dataclass(frozen=True)
class Patience:
    """How long to go on without a single new byte: tries, first pause (it doubles), longest pause, silence allowed."""

    tries: int = 6
    pause_s: float = 1
    longest_s: float = 60
    silence_s: float = 30

    def wait(self, tries: int, asked_s: float) -> None:
        """The pause after so many tries, at least what the origin asks for, within the longest."""
        time.sleep(min(max(asked_s, self.pause_s * 2 ** (tries - 1)), self.longest_s))


@dataclass(frozen=True)
class Fetch:
    """The file to fetch, for which card, and what is known of it."""

    card: str
    file: str
    listed: Listed


def fetch(origin: Origin, wanted: Fetch, part: Path, told: Told, patience: Patience) -> None:
    """Complete `part`; PullRefused when tries run out, with `part` kept for the next command."""
    tries = 0
    while True:
        before = _here(part, wanted.listed.size)
        if wanted.listed.size is not None and before == wanted.listed.size:
            return
        try:
            _go_on(origin, wanted, part, told)
            return
        except Interrupted as broken:
            tries = 1 if _here(part, wanted.listed.size) > before else tries + 1
            if tries >= patience.tries:
                wrong = f"stopped coming ({broken}) after {tries} tries; run the same command to go on"
                raise PullRefused(wanted.card, wanted.file, wrong) from broken
            patience.wait(tries, broken.pause_s)


def _here(part: Path, size: int | None) -> int:
    """Bytes that have arrived; a part longer than its file is another file's and is begun again."""
    here = part.stat().st_size if part.is_file() else 0
    if size is not None and here > size:
        part.unlink()
        return 0
    return here


def _go_on(origin: Origin, wanted: Fetch, part: Path, told: Told) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as stream, origin.reading(wanted.file, stream.tell()) as reading:
        stream.truncate(reading.start)
        size = wanted.listed.size if wanted.listed.size is not None else reading.size
        here = reading.start
        for block in reading.blocks:
            stream.write(block)
            stream.flush()  # what has arrived is kept, however this process ends
            here += len(block)
            if size is not None and here > size:
                raise PullRefused(wanted.card, wanted.file, f"goes on after the {size} bytes that it was listed with")
            told(wanted.file, here, size)
    if size is not None and here < size:
        raise Interrupted(f"{here} of {size} bytes came")
