"""Processes that tests kill, forked from one that has imported all they need: importing takes seconds, a fork none."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess

IMPORTED = (
    "apache_beam", "torch", "pipelines.campaign.flow", "pipelines.catalog.refresh", "pipelines.delivery.delivering",
    "tests.support.fakes",
)  # fmt: skip


@cache
def forks() -> ForkServerContext:
    """Return the context of processes that are forked; it must be asked before any other forks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED])
    return context


@contextmanager
def forked(work: Callable[..., None], *arguments: object) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """Run `work(connection, *arguments)` in a process of its own, silently; killed at the end if it still runs.

    `connection` is the other end of the one that is yielded, which reaches its end with the process.
    """
    ours, theirs = forks().Pipe()
    process = forks().Process(target=_silently, args=(work, theirs, *arguments))
    with ours:
        with theirs:
            process.start()
        try:
            yield process, ours
        finally:
            process.kill()
            process.join()


def _silently(work: Callable[..., None], *arguments: object) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    work(*arguments)
