"""OpenTelemetry spans of single shots and files, below the trace of the brief that ordered them.

The engine's threads carry no context, so the caller that runs plans registers their traces here. For a plan without a
trace, and without a configured SDK, no span is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TRACER = "campaign-foundry"
_traces: dict[str, str] = {}


@contextmanager
def trace_plans(traces: Mapping[str, str]) -> Iterator[None]:
    """Assign plans (by digest) to traces (W3C traceparent) while the block runs."""
    _traces.update(traces)
    try:
        yield
    finally:
        for plan in traces:
            _traces.pop(plan, None)


def context_of(traceparent: str) -> Any:
    """Return OpenTelemetry's context of a W3C traceparent."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


@contextmanager
def work_span(name: str, plan: str, **told: str) -> Iterator[None]:
    """Record a span around the block, for a plan by its digest; it notes an error that leaves the block."""
    if not (trace := _traces.get(plan)):
        yield
        return
    from opentelemetry.trace import get_tracer

    with get_tracer(TRACER).start_as_current_span(name, context=context_of(trace), attributes=_attributes(told)):
        yield


def record_span(name: str, plan: str, began_ns: int, ended_ns: int, **told: str | int) -> None:
    """Record a span of work that was done for several plans at once; times in nanoseconds since 1970."""
    if not (trace := _traces.get(plan)):
        return
    from opentelemetry.trace import get_tracer

    tracer = get_tracer(TRACER)
    tracer.start_span(name, context_of(trace), attributes=_attributes(told), start_time=began_ns).end(ended_ns)


def _attributes(told: Mapping[str, str | int]) -> dict[str, str | int]:
    return {f"foundry.{key}": value for key, value in told.items()}
