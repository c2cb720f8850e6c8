"""Structured logs on stderr: one JSON object a line, with the trace of the brief that the line is about."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

FIELDS = ("trace_id", "tenant", "campaign", "request", "place", "state", "code", "seconds", "orders")


class JsonFormatter(logging.Formatter):
    """Formats a log record as JSON, with those fields of its `extra` that FIELDS names."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def log_as_json(level: int = logging.INFO) -> None:
    """Send this process's logs to stderr as JSON: the foundry's from `level` on, those of libraries from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("foundry").setLevel(level)
