"""SIGINT and SIGTERM: the command unwinds, and is ended after a few seconds if something does not let it.

Threads of Beam, torch and PyAV do not stop for an exception of the main thread, and the interpreter may abort if it
ends under them. So a stopped command ends by `os._exit`, at the latest GRACE_S seconds after the signal; a second
signal ends it at once. What it had written stays, and its scratch files are swept by the next run.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

from console.exit_codes import Exit

GRACE_S = 3.0
LAST_S = 2.0
"""The time for the functions that the interpreter calls at its end."""
ONE_PRESS_S = 0.3
"""Signals that follow one another faster are one: a terminal and a wrapper may both send it."""
SENTENCES = {
    Exit.INTERRUPTED: "stopped; run the same command to go on",
    Exit.TERMINATED: "stopped by SIGTERM; run the same command to go on",
}
_ending = threading.Lock()
_CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


class Terminated(BaseException):
    """SIGTERM: raised in the main thread, as KeyboardInterrupt is for SIGINT."""


def stop_on_signals() -> None:
    """Handle SIGINT and SIGTERM from now on, in this process and not in those that it forks.

    A signal that the parent process had ignored stays ignored. A command that installs handlers of its own, such as
    `serve`, is left to them.
    """
    handled = [number for number in _CODES if signal.getsignal(number) is not signal.SIG_IGN]
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    for number in handled:
        signal.signal(number, _raise_in_main_thread)
    threading.Thread(target=_watch, args=(woken, waker), name="signals", daemon=True).start()
    os.register_at_fork(after_in_child=_forget)


def _raise_in_main_thread(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, _do_nothing)  # the watching thread counts the next ones
    _be_quiet()
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Stand in place of SIG_IGN, under which the watching thread would hear nothing."""


def _forget() -> None:
    if signal.getsignal(signal.SIGINT) in (_raise_in_main_thread, _do_nothing):
        signal.set_wakeup_fd(-1)
        for number in _CODES:
            signal.signal(number, signal.SIG_DFL)


def _watch(woken: socket.socket, _waker: socket.socket) -> None:
    """Wait for signals without the main thread, which may be busy outside Python."""
    first_at, first = 0.0, None
    while True:
        number = signal.Signals(woken.recv(1)[0])
        if signal.getsignal(number) not in (_raise_in_main_thread, _do_nothing):
            continue
        if first is None:
            first_at, first = time.monotonic(), _CODES[number]
            timer = threading.Timer(GRACE_S, end_stopped, (first,))
            timer.daemon = True
            timer.start()
        elif time.monotonic() - first_at > ONE_PRESS_S:
            _end_at_once(_CODES[number])


def end_stopped(code: Exit) -> NoReturn:
    """End the process that a signal stopped: say so, end its child processes, restore the terminal."""
    if not _ending.acquire(blocking=False):
        while True:
            time.sleep(GRACE_S)  # another thread ends the process
    _be_quiet()
    with contextlib.suppress(OSError, ValueError):
        restored = "\r\x1b[?25h\x1b[K" if sys.stderr.isatty() else ""  # a progress bar hides the cursor
        os.write(2, f"{restored}{SENTENCES[code]}\n".encode())
    with contextlib.suppress(Exception):
        _end_children()
    end(code)


def end(code: int) -> NoReturn:
    """End the process without the interpreter's own end, which waits for threads and may abort under them."""
    if threading.current_thread() is threading.main_thread():
        for number in _CODES:
            signal.signal(number, signal.SIG_IGN)
    last = threading.Timer(LAST_S, os._exit, (code,))
    last.daemon = True
    last.start()
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()  # noqa: SLF001 - temporary folders are removed there
    os._exit(code)


def _end_at_once(code: int) -> NoReturn:
    with contextlib.suppress(Exception):
        _end_children()
    os._exit(code)


def _end_children() -> None:
    """Kill the processes that this one started: a renderer, an engine."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()


def _be_quiet() -> None:
    """Print no more errors: they are those of threads that lose their work."""
    logging.disable(logging.CRITICAL)
    threading.excepthook = lambda _arguments: None
    sys.unraisablehook = lambda _arguments: None
