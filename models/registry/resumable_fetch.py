"""Fetching of one file from an origin in as many connections as it takes; bytes that have arrived are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from foundry.retrying import RetriesEnded, RetryPolicy
from models.registry.refusals import PullRefused

BLOCK = 1 << 20
PULL_RETRIES = RetryPolicy(attempts=6, first_pause_s=1.0, longest_pause_s=60.0, call_s=30.0)
"""`attempts` without a single new byte end a fetch; `call_s` is how long an origin may be silent."""
OnProgress = Callable[[str, int, int | None], None]
"""Called with a file, the bytes of it that are here, and the bytes that it has, if known."""


@dataclass(frozen=True)
class ListedFile:
    """The size in bytes and the SHA-256 that an origin gives for a file, where it knows them."""

    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class OpenFile:
    """A file opened at its origin: position of the first block's first byte, bytes of the whole file if known."""

    start: int
    size: int | None
    blocks: Iterator[bytes]


class Origin(Protocol):
    """A place that weights are fetched from. It raises PullRefused, and Interrupted for what may pass."""

    def list_files(self) -> Mapping[str, ListedFile]:
        """Return every file that is there, by its path."""

    def open_file(self, file: str, start: int) -> AbstractContextManager[OpenFile]:
        """Open a file at a byte; an origin that cannot do so begins at 0."""


class Interrupted(OSError):
    """The connection broke, or the origin is busy; it may ask for a pause."""

    def __init__(self, why: str, pause_s: float = 0) -> None:
        super().__init__(why)
        self.pause_s = pause_s


@dataclass(frozen=True)
class WantedFile:
    """A file to fetch, the name of the card that it is for, and what is known of it."""

    card: str
    file: str
    listed: ListedFile


def fetch(origin: Origin, wanted: WantedFile, part: Path, on_progress: OnProgress, retries: RetryPolicy) -> None:
    """Complete `part`, which may hold the file's beginning; PullRefused when the tries run out.

    Tries are counted anew whenever bytes have arrived. `part` is kept for the next command in any case.
    """
    here = 0

    def go_on() -> None:
        nonlocal here
        here = _bytes_here(part, wanted.listed.size)
        if wanted.listed.size is None or here < wanted.listed.size:
            _append(origin, wanted, part, on_progress)

    try:
        retries.repeat(
            go_on,
            Interrupted,
            pause_s=lambda failures, broken: pause_s(retries, failures, broken),
            progressed=lambda: _bytes_here(part, wanted.listed.size) > here,
        )
    except RetriesEnded as ended:
        wrong = f"stopped coming ({ended.fault}) after {ended.tries} tries; run the same command to go on"
        raise PullRefused(wanted.card, wanted.file, wrong) from ended.fault


def pause_s(retries: RetryPolicy, failures: int, broken: Interrupted) -> float:
    """Return the pause after a failure: at least what the origin asks for, at most the policy's longest."""
    return min(max(broken.pause_s, retries.pause_s(failures)), retries.longest_pause_s)


def _bytes_here(part: Path, size: int | None) -> int:
    """Return the bytes that have arrived; a part longer than its file is another file's, and is removed."""
    here = part.stat().st_size if part.is_file() else 0
    if size is not None and here > size:
        part.unlink()
        return 0
    return here


def _append(origin: Origin, wanted: WantedFile, part: Path, on_progress: OnProgress) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as stream, origin.open_file(wanted.file, stream.tell()) as opened:
        stream.truncate(opened.start)
        size = wanted.listed.size if wanted.listed.size is not None else opened.size
        here = opened.start
        for block in opened.blocks:
            stream.write(block)
            stream.flush()  # what has arrived is kept, however this process ends
            here += len(block)
            if size is not None and here > size:
                raise PullRefused(wanted.card, wanted.file, f"goes on after the {size} bytes that it was listed with")
            on_progress(wanted.file, here, size)
    if size is not None and here < size:
        raise Interrupted(f"{here} of {size} bytes came")
