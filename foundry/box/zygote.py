"""The warm process: holds the decoders' libraries, forks one job per request, and ends jobs that overrun.

Started by `python -m foundry.box.zygote`, with the socket to its owner as standard input. It reads nothing from
outside itself, and ends when its owner closes the socket or dies.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.box.confinement import LINUX, Fence, address_space_bytes, make_fence
from foundry.box.job import run_job
from foundry.box.limits import BoxLimits
from foundry.box.wire import receive_frame, send_frame

PRELOADS = (
    "PIL.Image", "PIL.ImageCms", "PIL.ImageOps", "numpy", "numpy.ma", "encodings.idna", "encodings.latin_1",
    "encodings.cp437", "encodings.utf_16",
)  # fmt: skip
FENCES = "FOUNDRY_BOX_FENCES"
"""The fences to put up, for tests of machines that have fewer: any of "landlock", "seccomp"."""
MOST_DESCRIPTORS = 1 << 16


@dataclass
class _Job:
    """A job that runs: where its end is told, when it must have ended, and if it was ended for that."""

    told: int
    deadline: float
    overran: bool = False


class Zygote:
    """The loop of the warm process."""

    def __init__(self, link: socket.socket, fence: Fence) -> None:
        self.link, self.fence = link, fence
        self.jobs: dict[int, _Job] = {}
        self.functions: dict[str, Callable[..., Any]] = {}
        self.woken, waker = os.pipe()
        os.set_blocking(waker, False)
        os.set_blocking(self.woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Serve until the owner closes the socket; jobs that still run are ended with this process."""
        while True:
            ready, _, _ = select.select([self.link.fileno(), self.woken], [], [], self._patience())
            if self.woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.woken, 4096)
            self._end_late_jobs()
            self._reap()
            if self.link.fileno() in ready:
                frame = receive_frame(self.link)
                if frame is None:
                    return
                self._start(*frame)

    def _patience(self) -> float | None:
        """Return the seconds until the next job is late; None without a job."""
        if not self.jobs:
            return None
        return max(min(job.deadline for job in self.jobs.values()) - time.monotonic(), 0)

    def _end_late_jobs(self) -> None:
        now = time.monotonic()
        for pid, job in self.jobs.items():
            if job.deadline <= now and not job.overran:
                job.overran = True
                job.deadline = now + 1  # it is asked for again until the kernel has ended it
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        for pid in list(self.jobs):
            found, status, used = os.wait4(pid, os.WNOHANG)
            if found:
                job = self.jobs.pop(pid)
                code = os.waitstatus_to_exitcode(status)
                cpu_s = used.ru_utime + used.ru_stime
                _tell(job.told, {"exit": code, "overran": job.overran, "cpu_s": cpu_s, "peak_kib": used.ru_maxrss})

    def _start(self, request: dict[str, Any], descriptors: list[int]) -> None:
        source, answer, told = descriptors
        try:
            function = self._function(request["function"])
        except Exception as error:  # noqa: BLE001 - an import may raise anything, which its caller is told
            _tell(told, {"missing": f"{request['function']}: {type(error).__name__}: {error}"[:500]})
            _close(source, answer)
            return
        limits = BoxLimits(**request["limits"])
        used_bytes = address_space_bytes()
        try:
            pid = os.fork()
        except OSError as error:
            _tell(told, {"no_fork": str(error)})
            _close(source, answer)
            return
        if pid == 0:
            self._become_job(source, answer)
            run_job(function, request["arguments"], source, answer, limits, self.fence, used_bytes)
        _close(source, answer)
        self.jobs[pid] = _Job(told, time.monotonic() + limits.wall_s)

    def _function(self, name: str) -> Callable[..., Any]:
        """Return a function by "module:name". Its module's BOX_PRELOADS are imported here, once, not in every job."""
        if name not in self.functions:
            place, _, own = name.partition(":")
            module = importlib.import_module(place)
            for needed in getattr(module, "BOX_PRELOADS", ()):
                with contextlib.suppress(ImportError):  # the function says what is missing, and how to get it
                    importlib.import_module(needed)
            self.functions[name] = getattr(module, own)
            gc.collect()
            gc.freeze()  # so that a job's collector does not touch, and thereby copy, these pages
        return self.functions[name]

    def _become_job(self, source: int, answer: int) -> None:
        """Let go of all that belongs to the warm process: its socket, its pipe, and the ends of other jobs."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        kept = {source, answer} | ({self.fence.ruleset} if self.fence.ruleset is not None else set())
        first = 3  # behind standard input, output and errors, which lead nowhere
        for descriptor in (*sorted(kept), MOST_DESCRIPTORS):
            os.closerange(first, descriptor)
            first = descriptor + 1


def _tell(told: int, report: dict[str, Any]) -> None:
    """Tell a job's caller how it ended; a caller that has gone needs no word."""
    with contextlib.suppress(BrokenPipeError):
        os.write(told, json.dumps(report).encode())
    os.close(told)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _prepare_process() -> None:
    """Be a good neighbour: no environment, no part in the owner's signals, the first to go when memory is short."""
    os.environ.clear()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if LINUX:
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")


def _preload() -> None:
    for name in PRELOADS:
        importlib.import_module(name)
    from PIL import AvifImagePlugin, Image

    Image.init()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # a job may start no thread


def _silence() -> None:
    """Let standard input, output and errors lead nowhere: libraries print what files make them print."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def main() -> None:
    """Take over standard input as the socket to the owner, report the fence, and serve."""
    link = socket.socket(fileno=os.dup(0))
    fences = os.environ.get(FENCES, "landlock seccomp").split()
    _prepare_process()
    _preload()
    fence = make_fence(landlock="landlock" in fences, seccomp="seccomp" in fences)
    _silence()
    send_frame(link, {"fence": fence.names()})
    Zygote(link, fence).serve()


if __name__ == "__main__":
    main()
    sys.exit(0)
