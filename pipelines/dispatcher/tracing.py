"""OpenTelemetry spans of the work on a brief, in the trace that its sender began.

Only the API is used here: where the environment names a collector, `telemetry` exports the spans; otherwise they cost
nothing. Logs name the trace in both cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from foundry.names import digest
from foundry.spans import context_of
from pipelines.bus.client import KafkaRecord
from pipelines.bus.messages import header_texts

TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
HEADERS = ("traceparent", "ce_traceparent")


def traceparent_of(record: KafkaRecord) -> str:
    """Return the W3C trace context of a record: from its headers, or else a digest of its position."""
    headers = header_texts(record.headers)
    for name in HEADERS:
        if TRACEPARENT.fullmatch(headers.get(name, "")):
            return headers[name]
    name = digest("trace", topic=record.topic, partition=record.partition, offset=record.offset)
    return f"00-{name[:32]}-{name[:16]}-01"


def trace_id(traceparent: str) -> str:
    """Return the 32 hex digits of the trace, which logs name; "" if the context has none."""
    match = TRACEPARENT.fullmatch(traceparent)
    return match.group(1) if match else ""


@contextmanager
def span(name: str, traceparents: Sequence[str], **attributes: str | int) -> Iterator[None]:
    """Record a span of the block's work below the first trace, with links to the others."""
    from opentelemetry import trace

    contexts = [context_of(each) for each in traceparents]
    links = [trace.Link(trace.get_current_span(context).get_span_context()) for context in contexts[1:]]
    tracer = trace.get_tracer("campaign-foundry.dispatcher")
    parent = contexts[0] if contexts else None
    named = {f"foundry.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(name, context=parent, links=links, attributes=named):
        yield


def record_span(name: str, traceparent: str, began_ns: int, ended_ns: int, **attributes: str | int) -> None:
    """Record a span of work that another process did, with its times in nanoseconds since 1970."""
    from opentelemetry import trace

    named = {f"foundry.{key}": value for key, value in attributes.items()}
    tracer = trace.get_tracer("campaign-foundry.dispatcher")
    made = tracer.start_span(name, context=context_of(traceparent), start_time=began_ns, attributes=named)
    made.end(ended_ns)
