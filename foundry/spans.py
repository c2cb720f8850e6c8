"""OpenTelemetry spans of single shots and files, below the trace of the brief that ordered them.

The engine's threads do not carry a context, so who runs plans says here which trace each belongs to. Where nobody does,
or no SDK is configured, nothing is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TRACER = "campaign-foundry"
_traces: dict[str, str] = {}


@contextmanager
def trace_plans(traces: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, work on these plans (by digest) belongs to these traces (W3C traceparent)."""
    _traces.update(traces)
    try:
        yield
    finally:
        for plan in traces:
            _traces.pop(plan, None)


def context_of(traceparent: str) -> Any:
    """OpenTelemetry's context of a W3C traceparent."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


@contextmanager
def work_span(name: str, plan: str, **told: str) -> Iterator[None]:
    """A span for what the block does for a plan of this digest; an error that leaves the block is noted in it."""
    if not (trace := _traces.get(plan)):
        yield
        return
    from opentelemetry.trace import get_tracer

    with get_tracer(TRACER).start_as_current_span(name, context=context_of(trace), attributes=_attributes(told)):
        yield


def record_span(name: str, plan: str, began_ns: int, ended_ns: int, **told: str | int) -> None:
    """A span for work that was done for several at once, from and to nanoseconds since 1970."""
    if not (trace := _traces.get(plan)):
        return
    from opentelemetry.trace import get_tracer

    tracer = get_tracer(TRACER)
    tracer.start_span(name, context_of(trace), attributes=_attributes(told), start_time=began_ns).end(ended_ns)


def _attributes(told: Mapping[str, str | int]) -> dict[str, str | int]:
    return {f"foundry.{key}": value for key, value in told.items()}
