"""Beam's warnings about what the factory does not use stay out of what people see; all others are shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from console.beam_notes import drop_beam_notes


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    logger = logging.getLogger()
    before = list(logger.filters)
    yield logger
    logger.filters[:] = before


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("apitools not found, and bigquery client libraries are not available", False),
        ("Resource module is not available on this platform", False),
        ("the pipeline failed: apitools not found", True),
        ("a bucket refused", True),
    ],
)
def test_only_the_notes_about_unused_parts_are_dropped(root: logging.Logger, message: str, shown: bool) -> None:
    drop_beam_notes()
    record = logging.LogRecord("root", logging.WARNING, __file__, 1, message, None, None)
    assert bool(root.filter(record)) is shown
