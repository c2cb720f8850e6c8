"""Worker processes that read and admit records, seen from the dispatcher: started, asked, ended."""

from __future__ import annotations

import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from pipelines.bus.messages import Sender

MODULE = "pipelines.dispatcher.admission_process"
START_S = 60.0
"""The forking process may take this long to import everything, on a busy machine."""
MOST_ANSWER_BYTES = 256 << 20


class WorkerEnded(Exception):
    """A worker that ended instead of answering."""


class WorkerGone(WorkerEnded):
    """A worker that had ended before it began a job, which is not the job's doing."""


class TooSlow(Exception):
    """A worker that did not answer within its time."""


@dataclass(eq=False)
class Worker:
    """One worker process; it does one job at a time."""

    pid: int
    connection: Connection
    spent: bool = False
    """True once it has given its last answer."""

    def ask(self, job: object, seconds: float, know: Callable[[Sender], None]) -> Any:
        """Return the answer to a job. `know` is told the record's sender.

        TooSlow if there is none in time, WorkerEnded if the worker ends before it, WorkerGone if it began no job.
        """
        ends, begun = time.monotonic() + seconds, False
        try:
            self.connection.send_bytes(pickle.dumps(job))
            while self.connection.poll(max(0.0, ends - time.monotonic())):
                message = self.connection.recv_bytes(MOST_ANSWER_BYTES)
                word, told = pickle.loads(message)  # noqa: S301 - from our own code, which decodes foreign files in a box
                begun = True
                if word == "sender":
                    know(told)
                elif word != "begun":
                    self.spent = word == "last"
                    return told
        except (EOFError, OSError) as error:
            raise (WorkerEnded if begun else WorkerGone)(str(error)) from error
        raise TooSlow


class WorkerFactory:
    """Starts workers. `memory`: the bytes that one may take beyond those that it starts with; 0: without a limit.

    The forking process is started when it is first needed, and again when it has ended. OSError if that fails.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False

    def start(self) -> None:
        """Start the forking process ahead of its first use; it is ready some seconds later."""
        with self._lock:
            self._connect()

    def new_worker(self) -> Worker:
        """Return a fresh worker."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                pid = self._command(f"fork {self._memory}", theirs.fileno())
        except OSError:
            ours.close()
            raise
        return Worker(pid, Connection(ours.detach()))

    def end(self, worker: Worker) -> int:
        """End a worker; return its exit status, or minus its signal, if it had ended by itself, and else 0."""
        worker.connection.close()
        with suppress(OSError):
            return self._command(f"kill {worker.pid}")
        return 0

    def close(self) -> None:
        """End the forking process and, with it, all workers; none can be started after this."""
        with self._lock:
            self._closed = True
            self._disconnect()

    def _command(self, text: str, *descriptors: int) -> int:
        with self._lock:
            try:
                control = self._connect()
                socket.send_fds(control, [text.encode()], list(descriptors))
                reply = control.recv(100)
            except OSError:
                self._disconnect()
                raise
            if not reply:
                self._disconnect()
                raise ConnectionError("the process that admission workers are forked from has ended")
            return int(reply)

    def _connect(self) -> socket.socket:
        if self._control is not None:
            return self._control
        if self._closed:
            raise ConnectionError("no admission worker is started any more")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START_S)
        with theirs:
            command = [sys.executable, "-m", MODULE, str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command
                command, pass_fds=[theirs.fileno()], start_new_session=True
            )
        self._control = ours
        return ours

    def _disconnect(self) -> None:
        process, control, self._process, self._control = self._process, self._control, None, None
        if control is not None:
            control.close()
        if process is not None:
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
