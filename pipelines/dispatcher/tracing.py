"""OpenTelemetry spans of what happens to a brief, under the trace that its sender began.

Only the API is used: with an SDK configured (`opentelemetry-instrument`, or its environment) spans are exported,
without one they cost nothing. A trace id is told in logs either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from foundry.names import digest
from foundry.spans import context_of

TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
HEADERS = ("traceparent", "ce_traceparent")


def traceparent_of(record: Any) -> str:
    """W3C trace context of a record (CloudEvents' tracing extension or a plain header); of its place if it has none."""
    told = {name: bytes(value).decode("ascii", "replace") for name, value in record.headers}
    for name in HEADERS:
        if TRACEPARENT.match(told.get(name, "")):
            return told[name]
    made = digest("trace", topic=record.topic, partition=record.partition, offset=record.offset)
    return f"00-{made[:32]}-{made[:16]}-01"


def trace_id(traceparent: str) -> str:
    """The 32 hex digits that logs name; empty if there are none."""
    found = TRACEPARENT.match(traceparent)
    return found.group(1) if found else ""


@contextmanager
def span(name: str, traceparents: Sequence[str], **attributes: str | int) -> Iterator[None]:
    """A span below the first trace, linked with the others."""
    from opentelemetry import trace

    contexts = [context_of(each) for each in traceparents]
    links = [trace.Link(trace.get_current_span(context).get_span_context()) for context in contexts[1:]]
    tracer = trace.get_tracer("campaign-foundry.dispatcher")
    above = contexts[0] if contexts else None
    told = {f"foundry.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(name, context=above, links=links, attributes=told):
        yield
