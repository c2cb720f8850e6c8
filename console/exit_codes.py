"""The exit codes of all commands, and the sentence and code for every error that ends one."""

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
