"""Counts of a run from Beam's metrics, which are read while bundles are at work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pipelines.engines.run_counts import Spread, attempted_counts
from transforms.counting import NAMESPACE

NOTHING = SimpleNamespace(count=0, sum=0, min=None, max=None)
HALF_COUNTED = SimpleNamespace(count=1, sum=7, min=None, max=None)
ONE = SimpleNamespace(count=1, sum=42, min=42, max=42)
TWO = SimpleNamespace(count=2, sum=10, min=3, max=7)


def metrics(*values: Any) -> dict[str, list[Any]]:
    """The distributions of one kind, one for each step."""
    metric = SimpleNamespace(namespace=f"{NAMESPACE}/aa", name="milliseconds/draw")
    found = [SimpleNamespace(key=SimpleNamespace(metric=metric), attempted=each, committed=None) for each in values]
    return {"counters": [], "distributions": found}


def test_spreads_of_several_steps_are_added() -> None:
    assert attempted_counts(metrics(ONE, TWO)).times("aa") == {"draw": Spread(3, 52, 3, 42)}


def test_a_step_that_has_counted_nothing_yet_changes_nothing() -> None:
    assert attempted_counts(metrics(ONE, NOTHING, HALF_COUNTED)).times("aa") == {"draw": Spread(1, 42, 42, 42)}
    assert attempted_counts(metrics(NOTHING)).times("aa") == {}
