"""Logs as lines of JSON."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress

from pipelines.dispatcher.logs import JsonFormatter


def formatted(**fields: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "foundry.serve", "levelname": "INFO", **fields})
    told = json.loads(JsonFormatter().format(record))
    assert isinstance(told, dict)
    return told


def test_a_log_line_is_json_with_its_trace() -> None:
    told = formatted(msg="%s: %s", args=("a/b", "finished"), trace_id="4bf9", tenant="a", created=0.5)
    assert (told["message"], told["tenant"], told["trace_id"]) == ("a/b: finished", "a", "4bf9")
    assert (told["level"], told["time"]) == ("info", "1970-01-01T00:00:00.500+00:00")


def test_fields_that_are_not_of_the_format_stay_out() -> None:
    assert "password" not in formatted(msg="x", password="hidden")


def test_an_exception_is_in_the_line() -> None:
    with suppress(ValueError):
        try:
            int("torn")
        finally:
            told = formatted(msg="it broke", exc_info=sys.exc_info())
    assert "ValueError: invalid literal" in str(told["exception"])


def test_text_in_any_script_and_values_of_any_type_are_written() -> None:
    told = formatted(msg="Größe 靴", seconds=0.25, place=("briefs", 3))
    assert (told["message"], told["seconds"], told["place"]) == ("Größe 靴", 0.25, ["briefs", 3])
