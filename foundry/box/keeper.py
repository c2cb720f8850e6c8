"""The owner's side of the warm process: started at the first job, replaced when it dies or this process forks."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from foundry.box.wire import receive_frame, send_frame

_log = logging.getLogger(__name__)
START_S = 60.0
"""Seconds in which the warm process must be ready; it takes a third of one on an idle machine."""
LONGEST_WORD = 400


class BoxAway(OSError):
    """The warm process cannot be started or asked: this machine lacks what it takes, and no file is to blame."""


@dataclass
class WarmProcess:
    """A running warm process. `fence` is what it puts around jobs, as it reported it."""

    process: subprocess.Popen[bytes]
    link: socket.socket
    fence: dict[str, Any]
    sending: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: dict[str, Any], descriptors: tuple[int, ...]) -> None:
        """Hand a job over; OSError if the process has gone."""
        with self.sending:
            send_frame(self.link, request, descriptors)

    def end(self) -> None:
        """Close the socket, at which the process ends by itself and takes its jobs with it; kill it if it does not."""
        self.link.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Keeper:
    """The one warm process of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._warm: WarmProcess | None = None

    def warm(self) -> WarmProcess:
        """Return the warm process, started if there is none; BoxAway if that fails."""
        with self._lock:
            if self._warm is None or self._warm.process.poll() is not None:
                self._forget()
                self._warm = _start()
            return self._warm

    def replace(self, broken: WarmProcess) -> None:
        """End a warm process that has died or does not answer; the next job starts another."""
        with self._lock:
            if self._warm is broken:
                broken.process.kill()
                self._forget()

    def end(self) -> None:
        """End the warm process, if there is one."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._warm is not None:
            self._warm.end()
            self._warm = None

    def leave_to_parent(self) -> None:
        """Forget, in a process that was just forked, the warm process of the one that forked it."""
        self._lock = threading.Lock()
        if self._warm is not None:
            self._warm.link.close()
            self._warm.process.returncode = 0  # it is not this process's child: nothing to wait for
            self._warm = None


keeper = Keeper()
os.register_at_fork(after_in_child=keeper.leave_to_parent)
atexit.register(keeper.end)


def _start() -> WarmProcess:
    ours, theirs = socket.socketpair()
    try:
        process = _spawn(theirs)
    except OSError as error:
        ours.close()
        raise BoxAway(f"the process that decodes files cannot be started: {error}") from error
    finally:
        theirs.close()
    ours.settimeout(START_S)
    try:
        frame = receive_frame(ours)
    except OSError:
        frame = None
    if frame is None:
        ours.close()
        process.kill()
        _, word = process.communicate()
        last = word.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:LONGEST_WORD]
        raise BoxAway(f"the process that decodes files ended with exit code {process.returncode}: {last}")
    ours.settimeout(None)
    if process.stderr:
        process.stderr.close()
    fence = frame[0]["fence"]
    _log.info("files are decoded in a box: %s", ", ".join(f"{name} {held}" for name, held in fence.items()))
    return WarmProcess(process, ours, fence)


def _spawn(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start the program with nothing of this environment but where libraries are found; one thread per library.

    It leads a session of its own, so that Ctrl-C reaches only this process, which then ends it.
    """
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "FOUNDRY_BOX_FENCES")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(os.path.abspath(place) for place in sys.path)  # noqa: PTH100 - "" means this folder here
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "foundry.box.zygote"],
        stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", start_new_session=True,
        env={**environment, **threads, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip


def close_quietly(*descriptors: int) -> None:
    """Close descriptors, whether or not they are open."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
