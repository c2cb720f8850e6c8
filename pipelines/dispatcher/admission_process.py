"""The process that admission workers are forked from, and the workers' own loop.

The forking process has one thread, has imported everything that admission needs, and does nothing but fork, so a worker
is ready within milliseconds. It obeys commands over a socket: `fork BYTES` with the worker's end of a connection, and
`kill PID`. It ends, with its workers, when the socket closes: when the dispatcher has ended, in whichever way.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

LONGEST_COMMAND = 100
WARM = (
    "pipelines.dispatcher.admission_work", "fontTools.ttLib.ttFont", "fontTools.ttLib.tables.otTables",
    "fontTools.ttLib.tables._c_m_a_p", "fontTools.ttLib.tables.C_F_F_", "unicode_segmentation_rs",
)  # fmt: skip
"""Imported before the first fork, so that no worker has to."""
GROWN = 2
"""A worker that has used more than one part in so many of its memory is replaced after its answer."""


def main(control_fd: int) -> None:
    """Fork workers as commanded until the socket closes."""
    from pipelines.dispatcher.logs import log_as_json

    log_as_json()
    logging.captureWarnings(True)
    for module in WARM:
        import_module(module)
    workers: set[int] = set()
    with socket.socket(fileno=control_fd) as control:
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, LONGEST_COMMAND, 1)
            if not message:
                break
            word, number = message.decode().split()
            if word == "fork":
                reply = _fork(control, descriptors[0], int(number), workers)
            else:
                reply = _end(int(number), workers)
            with suppress(BrokenPipeError):
                control.send(str(reply).encode())
    for pid in list(workers):
        _end(pid, workers)


def _fork(control: socket.socket, descriptor: int, memory: int, workers: set[int]) -> int:
    """Fork a worker that serves the connection; return its process id."""
    pid = os.fork()
    if pid == 0:
        control.close()
        status = 1
        try:
            work(Connection(descriptor), memory)
            status = 0
        except (EOFError, OSError):
            status = 0  # the dispatcher has closed the connection
        finally:
            os._exit(status)
    os.close(descriptor)
    workers.add(pid)
    return pid


def _end(pid: int, workers: set[int]) -> int:
    """Kill a worker, if it still runs; return its exit status, or minus the signal that had ended it before."""
    if pid not in workers:
        return 0
    workers.discard(pid)
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        return 0
    return os.waitstatus_to_exitcode(status)


def work(connection: Connection, memory: int) -> None:
    """Answer jobs until the connection closes, or until one has used so much memory that a fresh worker is better.

    Sent are pairs: ("begun", None) once the job is read, ("sender", Sender) once it is known, then ("answer", Answer),
    or ("last", Answer) by a worker that ends.
    """
    from pipelines.dispatcher.admission_work import AdmissionJob, Answer, answer_job, folder_outage

    before = _limit_memory(memory)
    while True:
        job = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the dispatcher
        connection.send_bytes(pickle.dumps(("begun", None)))
        answer: Answer | None
        if isinstance(job, AdmissionJob):
            answer = answer_job(job, lambda sender: connection.send_bytes(pickle.dumps(("sender", sender))))
        else:
            answer = folder_outage(job.folders, job.tenant)
        grown = memory > 0 and _address_space() - before > memory // GROWN
        connection.send_bytes(_packed("last" if grown else "answer", answer))
        if grown:
            return


def _packed(word: str, answer: object) -> bytes:
    """Return the answer as bytes; that it cannot be pickled is also an answer."""
    import traceback

    from pipelines.dispatcher.admission_work import Broke

    try:
        return pickle.dumps((word, answer))
    except Exception as error:  # noqa: BLE001 - the dispatcher logs it
        return pickle.dumps((word, Broke("admit", type(error).__name__, traceback.format_exc(), None)))


def _limit_memory(memory: int) -> int:
    """Limit the address space to what is used now and `memory` bytes more; return what is used now.

    Only the soft limit is set, so that a process that decodes for this one can have its own.
    """
    used = _address_space()
    if memory and used:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, hard))
    return used


def _address_space() -> int:
    """Return the bytes of this process's address space; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]))
