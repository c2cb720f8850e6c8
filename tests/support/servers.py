"""Marks of tests that need a server of the stack: skipped on a laptop that lacks its files, failed in CI."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import tests.support.needing
from foundry.errors import FoundryError
from infra.stack import cache_folder, missing_tools
from infra.stack.fetching import fetched_folder, parts_of


def lacking(server: str) -> str:
    """What keeps this server from starting here; empty if nothing does."""
    tools = missing_tools((server,))
    if tools:
        return str(tools[0])
    try:
        for part in parts_of(server):
            fetched_folder(part, cache_folder())
    except FoundryError as refused:
        return str(refused)
    return ""


def needing(server: str, *more: pytest.MarkDecorator) -> Sequence[pytest.MarkDecorator]:
    """The marks of a test module that uses this server."""
    mark = getattr(pytest.mark, "flink" if server == "jobserver" else server)
    return tests.support.needing.needing(mark, *more, lacking=lacking(server))
