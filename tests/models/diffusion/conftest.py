"""Tiny pipelines of a few families, built once per file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.tiny_pipelines import FAMILIES


@pytest.fixture(scope="module")
def pipeline_of() -> Callable[[str], Any]:
    """Return a pipeline of a family; tests of a file share it, and must leave it as it is."""
    built: dict[str, Any] = {}

    def of(family: str) -> Any:
        if family not in built:
            built[family] = FAMILIES[family]()
            built[family].set_progress_bar_config(disable=True)
        return built[family]

    return of
