"""The progress of a run on the error stream: bars in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pipelines.campaign.running import ProgressDisplay

LINE_EVERY_S = 10.0
BARS_EVERY_S = 0.2
Counts = Callable[[], Mapping[str, int]]


def progress_on(err: Console) -> ProgressDisplay:
    """Return a display that writes to `err` while a run goes on."""

    @contextmanager
    def display(totals: Mapping[str, int], counts: Counts) -> Iterator[None]:
        done = threading.Event()
        show = _show_bars if err.is_terminal else _print_lines
        watcher = threading.Thread(target=show, args=(err, totals, counts, done), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    return display


def _print_lines(err: Console, totals: Mapping[str, int], counts: Counts, done: threading.Event) -> None:
    while not done.wait(LINE_EVERY_S):
        now = counts()
        err.print(", ".join(f"{now.get(key, 0)}/{total} {key}" for key, total in totals.items()), highlight=False)


def _show_bars(err: Console, totals: Mapping[str, int], counts: Counts, done: threading.Event) -> None:
    columns = (
        TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err) as bars:
        tasks = {key: bars.add_task(key, total=total, rate="") for key, total in totals.items()}
        while not done.wait(BARS_EVERY_S):
            for key, task in tasks.items():
                speed = bars.tasks[task].speed or 0
                bars.update(task, completed=counts().get(key, 0), rate=f"{speed:.1f}/s")
        for key, task in tasks.items():
            bars.update(task, completed=counts().get(key, 0))
