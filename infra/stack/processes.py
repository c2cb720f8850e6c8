"""Start, find, pause and stop processes that are ours, and never anybody else's."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.stack.home import MARK, StackHome, StartedProcess

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}  # those that this very process started, so that it can reap them


def start(home: StackHome, server: str, role: str, command: Sequence[str], more: dict[str, str]) -> StartedProcess:
    """Start one process in a session of its own, its output in its log, and write it into the state file."""
    import psutil

    log = home.log(server, role)
    log.parent.mkdir(parents=True, exist_ok=True)
    mark = {**os.environ, **more, MARK: str(home.folder.resolve())}
    with home.changing() as state, log.open("ab") as sink:
        process = subprocess.Popen(
            command,
            env=mark,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
        _CHILDREN[process.pid] = process
        started = StartedProcess(pid=process.pid, started=psutil.Process(process.pid).create_time(), role=role)
        others = tuple(known for known in state.processes.get(server, ()) if known.role != role)
        state.processes[server] = (*others, started)
    return started


def is_alive(started: StartedProcess) -> bool:
    """Whether this very process still runs: the pid may belong to another by now.

    A killed process is a zombie as soon as its first thread ends, and holds its ports until the last one has.
    """
    import psutil

    try:
        process = psutil.Process(started.pid)
        same = abs(process.create_time() - started.started) < 0.05
        return same and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except psutil.NoSuchProcess:
        return False


def send(started: StartedProcess, number: signal.Signals) -> None:
    """Send a signal to the process and all that it started, if it is still ours."""
    if is_alive(started):
        os.killpg(started.pid, number)  # its session, and so its group, is its own


def stop(started: StartedProcess, patience_s: float = 10) -> None:
    """End a process, kindly first, and all that it started."""
    import psutil

    if not is_alive(started):
        _reap(started.pid)
        return
    family = _family(started.pid)
    send(started, signal.SIGCONT)
    send(started, signal.SIGTERM)
    _reaped_within(started.pid, patience_s)
    _, left = psutil.wait_procs(family, timeout=patience_s)
    for process in left:
        _kill(process)
    _reaped_within(started.pid, 5)
    psutil.wait_procs(left, timeout=5)
    _reap(started.pid)


def sweep(home: StackHome, spared: frozenset[int] = frozenset()) -> int:
    """Kill every process that carries this stack's mark, but the spared ones and this one; how many."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if process.pid not in spared | {os.getpid()} and process.environ().get(MARK) == str(home.folder.resolve()):
                found.append(process)
        except psutil.Error:  # gone meanwhile, or another user's: not ours
            continue
    for process in found:
        _kill(process)
    psutil.wait_procs(found, timeout=5)
    for process in found:
        _reap(process.pid)
    return len(found)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def _family(pid: int) -> list[Any]:
    """A process and all that it started; none if it ended meanwhile."""
    import psutil

    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(process: object) -> None:
    import psutil

    assert isinstance(process, psutil.Process)
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def _reap(pid: int) -> None:
    """Take a child's exit status, so that it leaves no zombie; one of another parent is not ours to take."""
    child = _CHILDREN.get(pid)
    if child is not None and child.poll() is not None:
        del _CHILDREN[pid]


def _reaped_within(pid: int, patience_s: float) -> None:
    """Wait for a child of this process to end; a process of another parent is waited for elsewhere."""
    child = _CHILDREN.get(pid)
    if child is not None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)
