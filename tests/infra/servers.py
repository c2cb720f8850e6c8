"""Marks of tests that need a server of the stack: skipped on a laptop that lacks its files, failed in CI."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from foundry.errors import FoundryError
from foundry.stack import cache_folder, missing_tools
from foundry.stack.fetching import fetched, parts_of


def lacking(server: str) -> str:
    """What keeps this server from starting here; empty if nothing does."""
    tools = missing_tools((server,))
    if tools:
        return str(tools[0])
    try:
        for part in parts_of(server):
            fetched(part, cache_folder())
    except FoundryError as refused:
        return str(refused)
    return ""


def needing(server: str, *more: pytest.MarkDecorator) -> Sequence[pytest.MarkDecorator]:
    """The marks of a test module that uses this server."""
    marks = [getattr(pytest.mark, "flink" if server == "jobserver" else server), *more]
    why = lacking(server)
    return [*marks, pytest.mark.skip(reason=why)] if why and not os.environ.get("CI") else marks
