"""Keep Beam's notes about parts that the factory does not use out of what people see."""

from __future__ import annotations

import logging

UNUSED = ("apitools not found", "Resource module is not available")


def drop_beam_notes() -> None:
    """Drop warnings about BigQuery's client and Beam's own model manager, which Beam logs on the root logger."""
    logging.getLogger().addFilter(_is_not_a_note)


def _is_not_a_note(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(UNUSED)
