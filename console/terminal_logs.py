"""The log lines of libraries on a terminal: one line each, without tracebacks."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO, cast

from console.beam_notes import drop_beam_notes
from console.ending import wants_traceback


def log_in_lines() -> None:
    """Send warnings and errors of libraries to stderr, one line each; with FOUNDRY_TRACEBACK=1, whole."""
    drop_beam_notes()
    if not wants_traceback():
        sys.stderr = cast("TextIO", _WithoutTracebacks(sys.stderr))
    handler = logging.StreamHandler()
    handler.setFormatter(_LineFormatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_is_of_use)
    logging.getLogger().handlers = [handler]


class _WithoutTracebacks:
    """A stream that leaves out what Beam's workers print of an error, besides logging it and passing it on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._dropped = False

    def write(self, text: str) -> int:
        """Write a text, unless it is a whole traceback or the end of the line of one."""
        dropped = text.startswith("Traceback (most recent call last):") or (self._dropped and text == "\n")
        self._dropped = dropped and text != "\n"
        return len(text) if dropped else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        whole = record.getMessage() if record.name.startswith("foundry") else super().format(record)
        return whole if wants_traceback() else whole.partition("\n")[0]


def _is_of_use(record: logging.LogRecord) -> bool:
    """Drop Beam's reports of an error that ends the command: its sentence is printed at the end."""
    reported_again = record.name.startswith("apache_beam") and record.levelno >= logging.ERROR
    return wants_traceback() or not reported_again
