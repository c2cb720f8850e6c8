"""A tenant whose store is away waits with growing pauses, is asked again, and forgets its outage with a part made."""

from __future__ import annotations

from foundry.retrying import RetryPolicy
from pipelines.dispatcher.tenant_outages import TenantOutages


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def outages(clock: Clock) -> TenantOutages:
    return TenantOutages(RetryPolicy(first_pause_s=1.0, longest_pause_s=8.0), clock)


def test_a_tenant_waits_until_its_store_answers_and_stays_doubtful_until_a_part_is_made() -> None:
    clock = Clock()
    found = outages(clock)
    found.begin("aurelle", "no such bucket")
    assert (found.waiting, found.doubtful, found.due()) == ({"aurelle"}, {"aurelle"}, [])
    clock.now = 10.0
    assert found.due() == ["aurelle"]
    assert found.due() == [], "it is being asked"
    found.tell_answer("aurelle", "")
    assert (found.waiting, found.doubtful) == (frozenset(), {"aurelle"})
    found.end("aurelle")
    assert found.doubtful == frozenset()


def test_pauses_grow_with_each_failure_also_when_the_store_answers_and_takes_nothing() -> None:
    clock = Clock()
    found = outages(clock)
    pauses = []
    for _ in range(4):
        found.begin("aurelle", "403")
        before = clock.now
        while not found.due():
            clock.now += 0.1
        pauses.append(clock.now - before)
        found.tell_answer("aurelle", "")
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0]


def test_a_store_that_still_does_not_answer_is_asked_again_later() -> None:
    clock = Clock()
    found = outages(clock)
    found.begin("aurelle", "away")
    clock.now = 10.0
    found.due()
    found.tell_answer("aurelle", "still away")
    assert found.waiting == {"aurelle"}
    assert found.reasons == {"aurelle": "still away"}
    found.forget(["aurelle"])
    found.tell_answer("aurelle", "")
    assert found.doubtful == frozenset()
