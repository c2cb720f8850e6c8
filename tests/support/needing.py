"""Marks of tests that need something which a laptop may lack: there they are skipped, in CI they run and fail."""

from __future__ import annotations

import os

import pytest

IN_CI = bool(os.environ.get("CI"))


def needing(*marks: pytest.MarkDecorator, lacking: str = "", optional: bool = False) -> list[pytest.MarkDecorator]:
    """The marks, and a skip for the reason that something is lacking; in CI only what is optional is skipped."""
    return [*marks, pytest.mark.skip(reason=lacking)] if lacking and (optional or not IN_CI) else [*marks]
