"""Calls of functions in the box."""

from __future__ import annotations

import json
import os
import select
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from foundry.box.answer import Boxed, BrokenAnswer, read_answer
from foundry.box.job import DONE
from foundry.box.keeper import BoxAway, WarmProcess, close_quietly, keeper
from foundry.box.limits import BoxLimits
from foundry.box.refusals import explain_end, refusal
from foundry.errors import FoundryError, Unusable
from foundry.metering.steps import charge_processor

GRACE_S = 20.0
"""Seconds beyond a job's own limit after which the warm process counts as stuck, and is replaced."""
TRIES = 2
"""A job whose warm process died under it is tried once more, in another."""
CHILDREN = max(2, os.cpu_count() or 1)


class Received(Protocol):
    """A file that came in through the door: a name for people, and the copy that was hashed then."""

    @property
    def short_name(self) -> str:
        """The last part of the file's name, as its sender wrote it."""
        ...

    def path(self) -> Path:
        """Return the copy."""
        ...


class _Places:
    """So many places for jobs that run at once, which bounds the memory that they can take together."""

    def __init__(self) -> None:
        self.renew()
        os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        """Have all places free: in a process that was just forked, the threads that held some are not there."""
        self.free = threading.BoundedSemaphore(CHILDREN)


_places = _Places()


def boxed(
    function: str,
    data: Received | bytes | Path,
    /,
    *,
    limits: BoxLimits | None = None,
    called: str = "",
    raises: tuple[type[FoundryError], ...] = (),
    **arguments: Any,
) -> Boxed:
    """Run "module:name" on untrusted bytes in the box, and return its answer.

    There, the function is called as `name(stream, **arguments)`; `stream` is a binary file at its start, `arguments`
    are JSON. It may return a JSON value, arrays, or a `Boxed` of both. `called` is the file's name in sentences; by
    default that of the file. Threads may call at once; so many jobs run together as there are cores.

    A FoundryError that the function raises is raised here: as itself if its class is Unusable or one of `raises` and
    its arguments are texts and numbers, else as Unusable. So is Unusable for whatever else it raises, for a job that
    takes more than its limits, and for one that crashes. BoxAway means that the box itself does not work here.
    """
    limits, title = limits or BoxLimits(), called or _title(data)
    with _places.free, _opened(data, title) as source, _memory_file(title) as answer:
        end = _run(function, arguments, source, answer, limits)
        if wrong := explain_end(end, limits):
            raise Unusable(title, *wrong)
        try:
            status, found = read_answer(answer, limits.json_bytes, limits.answer_bytes)
        except BrokenAnswer as error:
            raise Unusable(title, f"made its reader give no sound answer: {error}", "save it again") from error
    if status != DONE:
        raise refusal(title, status, found.value, raises, limits)
    return replace(found, title=title)


def confinement() -> dict[str, Any]:
    """Return what is put around jobs on this machine, for logs and metrics: rlimits, landlock, seccomp and others."""
    return dict(keeper.warm().fence)


def _title(data: Received | bytes | Path) -> str:
    if isinstance(data, bytes):
        return "the file"
    return data.name if isinstance(data, Path) else data.short_name


@contextmanager
def _opened(data: Received | bytes | Path, title: str) -> Iterator[int]:
    """Yield a descriptor at the start of the data; Unusable for a path that leads to no regular file."""
    if isinstance(data, bytes):
        with _memory_file("input") as descriptor:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.lseek(descriptor, 0, os.SEEK_SET)
            yield descriptor
        return
    path = data if isinstance(data, Path) else data.path()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe without a writer must not block
    except OSError as error:
        raise Unusable(title, f"cannot be opened ({error.strerror})", "name a file that is there") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unusable(title, "is not a file", "name a regular file")
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _memory_file(title: str) -> Iterator[int]:
    """Yield the descriptor of an empty file that has no name on any disk where the system can, or none any more."""
    if sys.platform.startswith("linux"):
        descriptor = os.memfd_create("".join(c for c in title if c.isalnum())[:40] or "box", os.MFD_CLOEXEC)
    else:
        descriptor, name = tempfile.mkstemp(prefix="foundry-box-")
        Path(name).unlink()
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _run(function: str, arguments: dict[str, Any], source: int, answer: int, limits: BoxLimits) -> dict[str, Any]:
    """Run a job to its end. Return the warm process's report; BoxAway if two warm processes died under it."""
    request = {"function": function, "arguments": arguments, "limits": asdict(limits)}
    for _ in range(TRIES):
        warm = keeper.warm()
        report = _ask(warm, request, (source, answer), limits.wall_s + GRACE_S)
        if report is None:
            keeper.replace(warm)
            os.lseek(source, 0, os.SEEK_SET)
        elif "missing" in report:
            raise LookupError(f"the box has no function {report['missing']}")
        elif "no_fork" in report:
            raise BoxAway(f"no process can be started to decode a file: {report['no_fork']}")
        else:
            charge_processor("decode", report["cpu_s"])
            return report
    raise BoxAway(f"the process that decodes files died {TRIES} times")


def _ask(
    warm: WarmProcess, request: dict[str, Any], files: tuple[int, int], patience_s: float
) -> dict[str, Any] | None:
    """Return the report on a job; None if the warm process died or is stuck."""
    told, tell = os.pipe()
    try:
        warm.send(request, (*files, tell))
    except OSError:
        close_quietly(told, tell)
        return None
    os.close(tell)
    try:
        return _report(told, time.monotonic() + patience_s)
    finally:
        os.close(told)


def _report(told: int, deadline: float) -> dict[str, Any] | None:
    waiting = select.poll()
    waiting.register(told, select.POLLIN)
    if not waiting.poll(max(deadline - time.monotonic(), 0) * 1000):
        return None
    content = os.read(told, select.PIPE_BUF)
    return json.loads(content) if content else None
