"""The exit codes of all commands."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes, the same in every command; docs/reference/command-line.md describes them."""

    DONE = 0
    BUG = 1
    REFUSED = 2
    FAILED_FILES = 3
    OUTAGE = 4
    NOT_ALLOWED = 5
    CANCELLED = 6
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS = {
    Exit.DONE: "done",
    Exit.BUG: "a fault of the program itself",
    Exit.REFUSED: "the input or the usage was refused",
    Exit.FAILED_FILES: "finished, but some files failed or a mark was missed",
    Exit.OUTAGE: "something that is needed is away (broker, bucket, engine, disk): try again",
    Exit.NOT_ALLOWED: "these credentials may not do it",
    Exit.CANCELLED: "the order was cancelled or superseded",
    Exit.INTERRUPTED: "stopped by Ctrl-C",
    Exit.TERMINATED: "stopped by SIGTERM",
}
"""The codes in the words of `foundry --help`."""
