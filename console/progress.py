"""The line on stderr that shows how far a run is: shots, clips, files, and the time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from pipelines.campaign.running import ProgressDisplay

Counts = Mapping[str, int]
WORDS = {"shots": "shots", "clips": "clips", "variants": "files"}
TERMINAL_EVERY_S = 0.2
FIRST_LINE_S, LINE_EVERY_S = 2.0, 20.0
TELLING = 0.03  # below this part of the work, nothing is said about the time left


def progress_on(err: Console, line_every_s: float = LINE_EVERY_S) -> ProgressDisplay:
    """Return a display that shows on `err` how far a run is: one changing line on a terminal, else a line at times.

    It takes how many `shots`, `clips` and `variants` are to be made, and a function that returns how many are, which is
    called from another thread. Where nothing is to be made, nothing is shown.
    """

    @contextmanager
    def display(totals: Counts, counts: Callable[[], Counts]) -> Iterator[None]:
        if not any(totals.values()):
            yield
            return
        done = threading.Event()
        if err.is_terminal:
            watcher = threading.Thread(target=_watch_terminal, args=(totals, counts, err, done), daemon=True)
        else:
            watcher = threading.Thread(target=_print_lines, args=(totals, counts, err, done, line_every_s), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    return display


def counted(totals: Counts, now: Counts) -> str:
    """Return the counts in words: `12/30 shots, 208/504 files`."""
    told = [f"{min(now.get(key, 0), total)}/{total} {WORDS[key]}" for key, total in totals.items() if total]
    return ", ".join(told)


def share_done(totals: Counts, now: Counts) -> float:
    """Return the part of the work that is done, 0 to 1: the mean of the parts of each kind of thing."""
    parts = [min(now.get(key, 0) / total, 1.0) for key, total in totals.items() if total]
    return sum(parts) / len(parts)


def time_left(share: float, seconds: float) -> str:
    """Return what is left of the time in words, after `seconds` of work at an even pace."""
    if share >= 1:
        return "reports are written"
    if share < TELLING:
        return "models are being loaded" if share == 0 else "starting"
    minutes, rest = divmod(round(seconds * (1 - share) / share), 60)
    return f"about {minutes}:{rest:02d} left"


def _watch_terminal(totals: Counts, counts: Callable[[], Counts], err: Console, done: threading.Event) -> None:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
    pace = _Pace()
    with Progress(*columns, console=err) as line:
        task = line.add_task(counted(totals, {}), total=1.0, left=time_left(0, 0))
        while not done.wait(TERMINAL_EVERY_S):
            now = counts()
            share = share_done(totals, now)
            line.update(task, description=counted(totals, now), completed=share, left=pace.left(share))
        now = counts()
        line.update(task, description=counted(totals, now), completed=share_done(totals, now), left="")


def _print_lines(
    totals: Counts, counts: Callable[[], Counts], err: Console, done: threading.Event, every_s: float
) -> None:
    pace = _Pace()
    wait_s = min(FIRST_LINE_S, every_s)
    while not done.wait(wait_s):
        wait_s = every_s
        now = counts()
        err.print(f"{counted(totals, now)}, {pace.left(share_done(totals, now))}")


class _Pace:
    """The time since the first thing was made: loading models says nothing about the rest."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def left(self, share: float) -> str:
        if share == 0:
            self.began = time.monotonic()
        return time_left(share, time.monotonic() - self.began)
