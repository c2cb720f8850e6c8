"""One job inside the box: fence, run, answer, end. Nothing here returns to the warm process."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
from collections.abc import Callable
from typing import Any

from foundry.box.answer import Boxed, as_boxed, write_answer
from foundry.box.confinement import Fence, confine
from foundry.box.limits import BoxLimits
from foundry.errors import FoundryError

DONE, REFUSED, BROKEN, NO_MEMORY, TOO_LARGE = "done", "refused", "broken", "no memory", "too large"
LONGEST_REASON = 300


class _Source(io.BufferedReader):
    """The input. Its name is a text, as some readers expect of files; that of an open descriptor is its number."""

    name = "input"


def run_job(
    function: Callable[..., Any],
    arguments: dict[str, Any],
    source: int,
    answer: int,
    limits: BoxLimits,
    fence: Fence,
    used_bytes: int,
) -> None:
    """Run a function on the file `source` behind the fence, write what it answers to `answer`, and end the process."""
    code = 1
    try:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        confine(limits, fence, used_bytes)
        _answer(function, arguments, source, answer)
        code = 0
    finally:  # whatever is raised, this process must not go on as the warm one
        os._exit(code)


def _answer(function: Callable[..., Any], arguments: dict[str, Any], source: int, answer: int) -> None:
    status, found = _result(function, arguments, source)
    try:
        write_answer(answer, status, found)
    except MemoryError:
        write_answer(answer, NO_MEMORY, Boxed())
    except OSError:
        write_answer(answer, TOO_LARGE, Boxed())
    except (TypeError, ValueError) as error:
        write_answer(answer, BROKEN, Boxed(_reason(error)))


def _result(function: Callable[..., Any], arguments: dict[str, Any], source: int) -> tuple[str, Boxed]:
    try:
        with _Source(io.FileIO(source, closefd=False)) as stream:
            return DONE, as_boxed(function(stream, **arguments))
    except FoundryError as error:
        return REFUSED, Boxed({"kind": _full_name(type(error)), "arguments": error.args, "sentence": str(error)})
    except MemoryError:
        with contextlib.suppress(MemoryError):
            gc.collect()
        return NO_MEMORY, Boxed()
    except Exception as error:  # noqa: BLE001 - decoders raise anything; in here, it is the file's fault
        return BROKEN, Boxed(_reason(error))


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())[:LONGEST_REASON]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _full_name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"
