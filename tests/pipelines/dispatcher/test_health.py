"""The state that probes and gauges report."""

from __future__ import annotations

import pytest

from pipelines.dispatcher.health import OF_ONE_TENANT, OUTAGE_KINDS, Health, OutageKind


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"joined": False}, "not joined yet"),
        ({"draining": True}, "draining"),
        ({"admitting": False}, "admission does not live"),
        ({"stuck_s": 0.0}, "the loop is stuck"),
    ],
)
def test_a_dispatcher_that_would_not_finish_a_brief_is_not_ready(state: dict[str, bool], reason: str) -> None:
    assert Health(joined=True).ready
    assert Health(**{"joined": True, **state}).reasons == (reason,)


@pytest.mark.parametrize("kind", OUTAGE_KINDS)
def test_only_an_outage_of_what_all_need_makes_it_unready(kind: OutageKind) -> None:
    health = Health(joined=True)
    health.begin_outage(kind, "aurelle" if kind in OF_ONE_TENANT else "", "gone")
    assert health.ready == (kind == "tenant_store")
    health.end_outage(kind, "aurelle" if kind in OF_ONE_TENANT else "")
    assert health.outages == ()
    health.end_outage(kind)  # one that never began


def test_an_outage_keeps_its_beginning_and_tells_the_newest_reason() -> None:
    times = iter((10.0, 20.0))
    health = Health(clock=lambda: next(times))
    health.begin_outage("store", why="first")
    health.begin_outage("store", why="second")
    assert [(one.since, one.why) for one in health.outages] == [(10.0, "second")]
