"""Structured logs on stderr: one JSON object a line, with the trace of the brief that the line is about."""

from __future__ import annotations

import atexit
import faulthandler
import logging
import os
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from foundry import log_lines

FIELDS = (
    "trace_id", "tenant", "campaign", "request", "place", "state", "code", "exit_code", "seconds", "orders", "card",
)  # fmt: skip
RELEASE_S = 1.0
log = logging.getLogger("foundry.console")


class JsonFormatter(logging.Formatter):
    """Formats a log record as JSON, with those fields of its `extra` that FIELDS names."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON, within log_lines.LINE_BYTES."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        fields |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            fields["exception"] = self.formatException(record.exc_info)
        return log_lines.json_line(fields).decode("ascii").rstrip("\n")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - arguments that do not fit a library's format are shown as they are
        return f"{record.msg} {record.args}"


class _SinkHandler(logging.Handler):
    """Writes each line with one call, so that lines of several processes are not mixed."""

    def __init__(self, sink: int) -> None:
        super().__init__()
        self.sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a sink that takes nothing more is not waited for."""
        try:
            os.write(self.sink, self.format(record).encode("ascii") + b"\n")
        except OSError:
            return
        except Exception:  # noqa: BLE001 - as in logging.StreamHandler
            self.handleError(record)


_sinks: list[int] = []


def capture_stderr() -> None:
    """Turn everything that this process and its children print on stderr into lines of JSON.

    The lines of `log_as_json` go straight to where stderr led before; a process of its own turns the rest into such
    lines. Only the dump of a crash (faulthandler) is written as it is. Called once, before other threads run.
    """
    sink = os.dup(2)
    reading, writing = os.pipe()
    reader = subprocess.Popen(  # noqa: S603 - this Python and a file of this project
        [sys.executable, "-I", "-S", log_lines.__file__], stdin=reading, stdout=sink, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    os.dup2(writing, 2)
    os.close(reading)
    os.close(writing)
    _sinks.append(sink)
    faulthandler.enable(file=sink)
    atexit.register(_release_stderr, reader, sink)


def _release_stderr(reader: subprocess.Popen[bytes], sink: int) -> None:
    """Wait for the last lines: where this process is the first of a container, all others end with it."""
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os.dup2(sink, 2)
    with suppress(subprocess.TimeoutExpired):
        reader.wait(RELEASE_S)


def log_as_json(level: int = logging.INFO) -> None:
    """Send this process's logs to stderr as JSON: the foundry's from `level` on, those of libraries from WARNING.

    Python's warnings, and errors that nobody catches, become such lines, too.
    """
    handler = _SinkHandler(_sinks[0]) if _sinks else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("foundry").setLevel(level)
    if _sinks:
        warnings.showwarning = _log_warning
        sys.excepthook = _log_uncaught
        threading.excepthook = lambda told: _log_uncaught(told.exc_type, told.exc_value, told.exc_traceback)
        sys.unraisablehook = lambda told: _log_uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - Python passes it
    line: str | None = None,  # noqa: ARG001 - Python passes it
) -> None:
    """Log a warning under the name of the package that it is about."""
    package = log_lines.package_of(filename) or "py.warnings"
    logging.getLogger(package).warning("%s: %s (%s:%d)", category.__name__, message, filename, lineno)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    log.error("an error that nobody caught: %s", kind.__name__, exc_info=(kind, error, trace))
