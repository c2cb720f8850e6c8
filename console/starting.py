"""The start and the end of the program `foundry`: signals, the command, then one sentence and one exit code."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from console.exit_codes import Exit
from console.signals import Terminated, end, end_stopped, stop_on_signals

if TYPE_CHECKING:
    import typer


def run_program(load: Callable[[], typer.Typer]) -> NoReturn:
    """Run the command that the arguments name, and end the process with its exit code.

    `load` returns the commands; it is called when signals are already handled, because it imports them.
    """
    try:
        stop_on_signals()
        code = run_command(load())
    except KeyboardInterrupt:
        end_stopped(Exit.INTERRUPTED)
    except Terminated:
        end_stopped(Exit.TERMINATED)
    end(code)


def run_command(app: typer.Typer) -> int:
    """Run a command, say what ended it if anything did, and return its exit code.

    KeyboardInterrupt and Terminated rise.
    """
    import typer
    from typer.exceptions import TyperException

    say = _say_as_json if _logs_are_json() else _say
    try:
        code = int(app(standalone_mode=False) or 0)
        sys.stdout.flush()
    except typer.Abort:
        raise KeyboardInterrupt from None
    except TyperException as error:  # wrong usage
        return say(error)
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # Typer ends the process for it, with a code of its own
            return say(error.__context__)
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes one sentence and one code
        return say(error)
    if code == Exit.INTERRUPTED:  # Typer turns KeyboardInterrupt into its code
        raise KeyboardInterrupt
    return code


def _logs_are_json() -> bool:
    """Begin to log: `serve` as lines of JSON and nothing else, the other commands as lines for people."""
    if next((word for word in sys.argv[1:] if not word.startswith("-")), "") == "serve":
        from pipelines.dispatcher.logs import capture_stderr, log_as_json

        capture_stderr()
        log_as_json()
        return True
    from console.terminal_logs import log_in_lines

    log_in_lines()
    return False


def _say(error: BaseException) -> int:
    """Print what ended the command, and return its exit code."""
    from console.ending import ending_of, print_traceback, usage_of, wants_traceback

    ending = ending_of(error)
    with contextlib.suppress(OSError, ValueError):
        if wants_traceback():
            print_traceback(error)
        sys.stderr.write(f"{usage_of(error) or ending.sentence}\n")
        sys.stderr.flush()
    return ending.code


def _say_as_json(error: BaseException) -> int:
    """Log what ended the command, a bug with its traceback, and return its exit code."""
    import logging

    from console.ending import ending_of, wants_traceback

    ending = ending_of(error)
    told = {"exit_code": int(ending.code), "code": getattr(error, "code", "")}
    trace = error if ending.code == Exit.BUG or wants_traceback() else None
    logging.getLogger("foundry.console").error(ending.sentence, extra=told, exc_info=trace)
    return ending.code
