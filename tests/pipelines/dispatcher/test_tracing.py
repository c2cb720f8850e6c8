"""Spans of shots, files and rounds, in the traces of the briefs that ordered them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from apache_beam.ml.inference.base import ModelHandler

from foundry import spans
from models.drawing import Undrawn
from models.plan_routing import ScreenRouter
from models.screening.context import ScreenContext
from pipelines.dispatcher.making import RoundResult
from pipelines.dispatcher.tracing import span, trace_id, traceparent_of
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order
from tests.support.briefs import a_tenant, admitted

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_trace_is_the_senders_or_follows_from_the_place() -> None:
    place = {"topic": "t", "partition": 1, "offset": 2}
    sent = SimpleNamespace(**place, headers=[("ce_traceparent", TRACE.encode())])
    bare = SimpleNamespace(**place, headers=[("traceparent", b"nonsense")])
    assert traceparent_of(sent) == TRACE
    assert traceparent_of(bare) == traceparent_of(bare) != TRACE
    assert len(trace_id(traceparent_of(bare))) == 32


@pytest.fixture(scope="module")
def exporter() -> Any:
    """Keeps the spans of this process; a provider can be set but once."""
    sdk = pytest.importorskip("opentelemetry.sdk.trace")
    from opentelemetry import trace
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    return kept


@pytest.fixture
def kept(exporter: Any) -> Any:
    exporter.clear()
    return exporter


@pytest.mark.campaign
def test_every_master_and_file_has_a_span_in_its_own_briefs_trace(tmp_path: Path, kept: Any) -> None:
    small: dict[str, Any] = {"placements": ["google/leaderboard"]}
    theirs = admitted(tmp_path, owner=a_tenant("northpeak"), tenant="northpeak", **small)
    mine, yours = an_order(admitted(tmp_path, **small), 1), an_order(theirs, 1)
    mine.trace, yours.trace = TRACE, TRACE.replace("4bf9", "5bf9")
    assert a_maker(tmp_path / "store", RecordingAnnouncer()).make([mine, yours]) == RoundResult()
    for order in (mine, yours):
        own = [one for one in kept.get_finished_spans() if f"{one.context.trace_id:032x}" == trace_id(order.trace)]
        assert {f"{one.parent.span_id:016x}" for one in own} == {order.trace[36:52]}
        shots = list(order.plan.shots())
        assert {one.attributes["foundry.shot"] for one in own if one.name == "master"} == {shot.name for shot in shots}
        assert {one.attributes["foundry.asset"] for one in own if one.name == "asset"} == {
            variant.name for shot in shots for variant in order.plan.variants(shot)
        }


class Refusing(ModelHandler):  # type: ignore[misc]
    """Refuses every request."""

    def load_model(self) -> str:
        return "loaded"

    def run_inference(self, batch: Any, model: str, inference_args: Any = None) -> list[Undrawn]:
        return [Undrawn(request, "content_policy", "never") for request in batch]


def test_shots_that_are_drawn_in_one_call_have_a_span_each(tmp_path: Path, kept: Any) -> None:
    plan = admitted(tmp_path, alternatives=3, placements=["google/leaderboard"]).plan
    drawing = ScreenRouter(Refusing(), {plan.digest: plan.cards.screen}, ScreenContext())
    with spans.trace_plans({plan.digest: TRACE}):
        drawing.run_inference(list(plan.shots()), drawing.load_model())
    made = kept.get_finished_spans()
    assert {one.attributes["foundry.shot"] for one in made} == {shot.name for shot in plan.shots()}
    assert {(one.name, one.attributes["foundry.together"]) for one in made} == {("draw", 3)}
    assert all(one.end_time >= one.start_time for one in made)


def test_work_for_no_brief_of_a_topic_has_no_span_and_an_error_is_noted_in_one(kept: Any) -> None:
    with spans.work_span("asset", "a plan"):
        spans.record_span("draw", "a plan", 1, 2)
    assert kept.get_finished_spans() == ()
    with spans.trace_plans({"a plan": TRACE}):
        spans.record_span("draw", "a plan", 1, 2, together=3)
        with pytest.raises(ValueError, match="torn"), spans.work_span("asset", "a plan"):
            raise ValueError("torn")
    drawn, torn = kept.get_finished_spans()
    assert (drawn.start_time, drawn.end_time, drawn.attributes) == (1, 2, {"foundry.together": 3})
    assert not torn.status.is_ok
    assert [event.name for event in torn.events] == ["exception"]


def test_a_span_hangs_below_the_senders_trace(kept: Any) -> None:
    with span("round", [TRACE, TRACE.replace("4bf9", "5bf9")], orders=2):
        pass
    [made] = kept.get_finished_spans()
    assert f"{made.context.trace_id:032x}" == trace_id(TRACE)
    assert made.attributes == {"foundry.orders": 2}
    assert len(made.links) == 1
