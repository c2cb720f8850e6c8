"""Log lines as JSON, one bounded object a line, and the program that makes such lines of whatever is printed.

A process that promises JSON on stderr starts this file as a program of its own, which reads what libraries print there:
progress bars, warnings of C++ code, tracebacks. As another process it still writes the last words of one that crashed,
and never makes a library wait that prints while it holds Python's lock. It imports nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

LINE_BYTES = 4096
"""The most bytes of a line, with its end. A write of so many bytes to a pipe is never mixed with another's."""
TEXT_CHARACTERS = 3000
HELD_BYTES = 1 << 16
PAUSE_S = 0.5
TRACEBACK = "Traceback (most recent call last):"
LEVELS = {"I": "info", "W": "warning", "E": "error", "F": "critical"}
_GLOG = re.compile(r"\[?([IWEF])\d{4,8} \d\d:\d\d:\d\S*\s+(?:\d+ )?([\w./+-]+):\d+\]?")
_BAR = re.compile(r"\d+%\|.*\||\b\d+(?:\.\d+)?\s?(?:it|[kMG]?B)/s")
_PACKAGE = re.compile(r"(?:site|dist)-packages/(\w+)")
_WARNING = re.compile(r"^\S+:\d+: (\w*Warning): ")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")


def json_line(fields: dict[str, Any]) -> bytes:
    """Return the fields as a line of JSON of at most LINE_BYTES bytes, in ASCII, all control characters escaped.

    Where the line would be longer, the longest texts are cut: a traceback at its beginning, others at their end.
    """
    kept = dict(fields)
    limit = TEXT_CHARACTERS
    while True:
        short = {name: _cut(name, value, limit) for name, value in kept.items()}
        line = json.dumps(short, ensure_ascii=True, default=_text, skipkeys=True).replace("\x7f", "\\u007f") + "\n"
        if len(line) <= LINE_BYTES or limit < 8:
            return line.encode("ascii")[: LINE_BYTES - 1].rstrip(b"\n") + b"\n"
        limit = limit * 3 // 4


def _cut(name: str, value: Any, limit: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_cut(name, each, limit // 8) for each in value[:8]]
    text = _text(value)
    if len(text) <= limit:
        return text
    return f"...{text[3 - limit :]}" if name == "exception" else f"{text[: limit - 3]}..."


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log line must not fail for the value that it tells of
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def foreign_line(text: str) -> bytes:
    """Return the line of JSON for a text that a library printed: with its level and library, as far as it tells them.

    A text that is such a line already, of another process, is passed on.
    """
    if text.startswith('{"') and len(text) < LINE_BYTES and _is_log_line(text):
        return text.encode("ascii", "backslashreplace") + b"\n"
    level, logger = _origin(text)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    if text.startswith(TRACEBACK):
        last = text.rstrip().rpartition("\n")[2]
        return json_line({"time": now, "level": level, "logger": logger, "message": last, "exception": text})
    return json_line({"time": now, "level": level, "logger": logger, "message": text})


def _is_log_line(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and {"time", "level", "logger", "message"} <= set(found)


def _origin(text: str) -> tuple[str, str]:
    """Return the level and the logger of a text: `stderr` where it does not tell which library printed it."""
    if text.startswith(TRACEBACK):
        return "error", (_PACKAGE.findall(text) or ["stderr"])[-1]
    if found := _GLOG.match(text):
        return LEVELS[found[1]], "torch" if "torch" in found[2] or text.startswith("[") else "absl"
    if found := _WARNING.match(text):
        return "warning", (_PACKAGE.findall(text.partition(": ")[0]) or ["py.warnings"])[-1]
    if _BAR.search(text):
        return "info", "tqdm"
    return "warning", (_PACKAGE.findall(text) or ["stderr"])[0]


def package_of(file: str) -> str:
    """Return the installed package that a file belongs to; "" for any other file."""
    found = _PACKAGE.search(file)
    return found[1] if found else ""


def foreign_texts(chunks: Iterator[bytes | None]) -> Iterator[str]:
    """Yield the texts in a stream of bytes: lines, and tracebacks whole. None in the stream is a pause.

    Of a line that is written over and over, as progress bars are, the last state is yielded.
    """
    held, lines = b"", list[str]()
    for chunk in chunks:
        if chunk is not None:
            *whole, held = (held + chunk).split(b"\n")
            for raw in whole:
                yield from _grouped(lines, _shown(raw))
        if chunk is None or len(held) > HELD_BYTES:
            if held:
                yield from _grouped(lines, _shown(held))
                held = b""
            yield from _finished(lines)
    if held:
        yield from _grouped(lines, _shown(held))
    yield from _finished(lines)


def _shown(raw: bytes) -> str:
    """Return what a terminal would show of a line."""
    states = [state for state in raw.split(b"\r") if state.strip()]
    return _ESCAPES.sub("", states[-1].decode("utf-8", "backslashreplace")) if states else ""


def _grouped(lines: list[str], line: str) -> Iterator[str]:
    """Add a line to a traceback that has begun in `lines`, or yield it; a traceback ends with its error's line."""
    if line == TRACEBACK:
        yield from _finished(lines)
        lines.append(line)
    elif lines:
        lines.append(line)
        if (line and not line.startswith(" ")) or len(lines) > 500:
            yield from _finished(lines)
    elif line.strip():
        yield line


def _finished(lines: list[str]) -> Iterator[str]:
    if lines:
        yield "\n".join(lines)
        lines.clear()


def pass_on(source: int, sink: int) -> None:
    """Write the texts of one file descriptor to another as lines of JSON, until it is closed."""
    for text in foreign_texts(_read(source)):
        line = foreign_line(text)
        while line:
            line = line[os.write(sink, line) :]


def _read(source: int) -> Iterator[bytes | None]:
    """Yield what arrives, and None after a pause."""
    waiting = False
    while True:
        if waiting and not select.select([source], [], [], PAUSE_S)[0]:
            waiting = False
            yield None
            continue
        if not (chunk := os.read(source, HELD_BYTES)):
            return
        waiting = True
        yield chunk


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends when all that write to it have ended
    pass_on(0, 1)
