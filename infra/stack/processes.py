"""Start, find, signal and stop the processes of a stack, and no others."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from infra.stack.home import MARK, StackHome, StartedProcess

if TYPE_CHECKING:
    import psutil

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}  # what this Python process started, and so has to reap


def start(
    home: StackHome, server: str, role: str, command: Sequence[str], environment: dict[str, str]
) -> StartedProcess:
    """Start one process in its own session, with its output in its log, and write it into the state file."""
    import psutil

    log = home.log(server, role)
    log.parent.mkdir(parents=True, exist_ok=True)
    marked = {**os.environ, **environment, MARK: str(home.folder.resolve())}
    with home.changing() as state, log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - the commands are those of the stack's servers
            command,
            env=marked,
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
    """Return whether the process runs; another process that was given the same pid does not count.

    A killed process becomes a zombie when its first thread ends, but holds its ports until its last thread has ended:
    until then it counts as running.
    """
    import psutil

    try:
        process = psutil.Process(started.pid)
        same = abs(process.create_time() - started.started) < 0.05
        return same and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except psutil.NoSuchProcess:
        return False


def send(started: StartedProcess, number: signal.Signals) -> None:
    """Send a signal to a process and its descendants, if it still runs."""
    if is_alive(started):
        os.killpg(started.pid, number)  # it leads its own session and process group


def stop(started: StartedProcess, patience_s: float = 10) -> None:
    """Stop a process and its descendants: by SIGTERM, and after `patience_s` seconds by SIGKILL."""
    import psutil

    if not is_alive(started):
        _reap(started.pid)
        return
    family = _family(started.pid)
    send(started, signal.SIGCONT)
    send(started, signal.SIGTERM)
    _wait_for_child(started.pid, patience_s)
    _, left = psutil.wait_procs(family, timeout=patience_s)
    for process in left:
        _kill(process)
    _wait_for_child(started.pid, 5)
    psutil.wait_procs(left, timeout=5)
    _reap(started.pid)


def sweep(home: StackHome, spared: frozenset[int] = frozenset()) -> int:
    """Kill every process that carries this stack's mark, except the spared pids and this process; return how many."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if process.pid not in spared | {os.getpid()} and process.environ().get(MARK) == str(home.folder.resolve()):
                found.append(process)
        except psutil.Error:  # it has ended, or belongs to another user
            continue
    for process in found:
        _kill(process)
    psutil.wait_procs(found, timeout=5)
    for process in found:
        _reap(process.pid)
    return len(found)


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log; nothing if there is no log."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def _family(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants; an empty list if it has ended."""
    import psutil

    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(process: psutil.Process) -> None:
    import psutil

    with suppress(psutil.NoSuchProcess):
        process.kill()


def _reap(pid: int) -> None:
    """Take the exit status of an ended child, so that it leaves no zombie; ignore a process of another parent."""
    child = _CHILDREN.get(pid)
    if child is not None and child.poll() is not None:
        del _CHILDREN[pid]


def _wait_for_child(pid: int, patience_s: float) -> None:
    """Wait for a child of this Python process to end; a process of another parent is left alone."""
    child = _CHILDREN.get(pid)
    if child is not None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)
