"""Fair between tenants, by priority and day within one; pure, so that ten thousand briefs are scheduled in seconds."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dispatcher.scheduler import AGEING, FairScheduler, Limits, WorkItem, WorkPart

Made = list[list[tuple[str, int]]]


def an_item(key: str, tenant: str, costs: list[int], priority: int = 5, due: int = 0) -> WorkItem:
    """Work in parts of these costs."""
    parts = [WorkPart(number, number + 1, cost) for number, cost in enumerate(costs)]
    return WorkItem(key=key, tenant=tenant, parts=parts, priority=priority, due=due)


def all_rounds(scheduler: FairScheduler, limits: Limits) -> Made:
    """Rounds as (item, cost) until nothing waits."""
    rounds: Made = []
    while items := scheduler.next_round(limits):
        rounds.append([(item.key, item.next_cost) for item in items])
        for item in items:
            del item.parts[0]
            if item.parts:
                scheduler.requeue(item)
    return rounds


def order_of(rounds: Made) -> list[str]:
    return [key for each in rounds for key, _ in each]


Jobs = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 9)),
    min_size=1,
    max_size=40,
)


@given(told=Jobs, cost=st.integers(1, 120), most=st.integers(1, 10), own=st.integers(1, 4))
def test_every_part_is_made_once_within_the_limits(
    told: list[tuple[str, list[int], int]], cost: int, most: int, own: int
) -> None:
    scheduler = FairScheduler()
    for number, (tenant, costs, priority) in enumerate(told):
        scheduler.add(an_item(f"{tenant}{number}", tenant, list(costs), priority))
    rounds = all_rounds(scheduler, Limits(cost, most, own))
    made = Counter(order_of(rounds))
    assert made == {f"{tenant}{number}": len(costs) for number, (tenant, costs, _) in enumerate(told)}
    for each in rounds:
        assert len(each) == 1 or sum(spent for _, spent in each) <= cost
        assert len(each) <= most
        jobs_of = Counter(key[0] for key, _ in each)
        assert len(jobs_of) == 1 or max(jobs_of.values()) <= own


@given(small=st.integers(1, 20), parts=st.integers(5, 200))
def test_a_huge_campaign_does_not_delay_another_tenants_small_one(small: int, parts: int) -> None:
    scheduler, limits = FairScheduler(), Limits(cost=400)
    scheduler.add(an_item("huge", "a", [200] * parts))
    scheduler.next_round(limits)  # the huge one has begun
    scheduler.add(an_item("small", "b", [small]))
    assert "small" in [item.key for item in scheduler.next_round(limits)]


def test_tenants_with_work_get_equal_shares_whatever_they_queue() -> None:
    scheduler = FairScheduler()
    for number in range(200):
        scheduler.add(an_item(f"a{number}", "a", [10]))
    for number in range(20):
        scheduler.add(an_item(f"b{number}", "b", [100]))
    first = [entry for each in all_rounds(scheduler, Limits(cost=200))[:8] for entry in each]
    spent = defaultdict(int)
    for key, cost in first:
        spent[key[0]] += cost
    assert abs(spent["a"] - spent["b"]) <= 200


def test_a_weightier_tenant_gets_more() -> None:
    scheduler = FairScheduler({"a": 3.0})
    for number in range(100):
        scheduler.add(an_item(f"a{number}", "a", [10]))
        scheduler.add(an_item(f"b{number}", "b", [10]))
    first = Counter(key[0] for key in order_of(all_rounds(scheduler, Limits(cost=100)))[:40])
    assert first["a"] == pytest.approx(30, abs=2)


def test_one_who_comes_back_from_idling_has_saved_nothing_up() -> None:
    scheduler, limits = FairScheduler(), Limits(cost=10)
    for number in range(50):
        scheduler.add(an_item(f"a{number}", "a", [10]))
    for _ in range(20):
        scheduler.next_round(limits)
    for number in range(50):
        scheduler.add(an_item(f"b{number}", "b", [10]))
    next_ten = Counter(scheduler.next_round(limits)[0].tenant for _ in range(10))
    assert next_ten == {"a": 5, "b": 5}


def test_within_a_tenant_priority_then_day_then_arrival_decide() -> None:
    scheduler = FairScheduler()
    for key, priority, due in (("late", 5, 9), ("soon", 5, 1), ("low", 1, 0), ("high", 9, 9), ("late2", 5, 9)):
        scheduler.add(an_item(key, "a", [10], priority, due))
    assert order_of(all_rounds(scheduler, Limits(cost=10))) == ["high", "soon", "late", "late2", "low"]


def test_parts_of_huge_campaigns_of_one_tenant_take_turns_with_its_small_ones() -> None:
    scheduler = FairScheduler()
    scheduler.add(an_item("huge", "a", [10] * 5))
    scheduler.add(an_item("small", "a", [10]))
    assert order_of(all_rounds(scheduler, Limits(cost=10)))[:2] == ["huge", "small"]


def test_low_priority_is_not_starved_by_a_stream_of_high_ones() -> None:
    scheduler, limits = FairScheduler(), Limits(cost=10)
    scheduler.add(an_item("low", "a", [10], 0))
    for number in range(10 * AGEING):
        scheduler.add(an_item(f"high{number}", "a", [10], 9))
        if scheduler.next_round(limits)[0].key == "low":
            return
    raise AssertionError("the item of low priority never had its turn")


def test_the_most_jobs_of_one_tenant_do_not_hold_where_nobody_else_waits() -> None:
    scheduler, limits = FairScheduler(), Limits(cost=100, tenant_jobs=2)
    for number in range(15):
        scheduler.add(an_item(f"a{number}", "a", [10]))
    assert len(scheduler.next_round(limits)) == 10
    scheduler.add(an_item("b", "b", [10]))
    assert Counter(item.tenant for item in scheduler.next_round(limits)) == {"a": 2, "b": 1}
    assert Counter(item.tenant for item in scheduler.next_round(limits)) == {"a": 3}


def test_a_dropped_job_is_not_made() -> None:
    scheduler = FairScheduler()
    gone = an_item("gone", "a", [10])
    scheduler.add(gone)
    scheduler.add(an_item("kept", "a", [10]))
    scheduler.drop(gone)
    scheduler.drop(gone)
    assert order_of(all_rounds(scheduler, Limits())) == ["kept"]


def test_adding_what_waits_already_is_an_error() -> None:
    scheduler = FairScheduler()
    scheduler.add(an_item("one", "a", [1]))
    with pytest.raises(ValueError, match="waits already"):
        scheduler.add(an_item("one", "a", [1]))


def simulated(tenants: int, briefs: int) -> dict[str, list[float]]:
    """Waits by tenant, in files made meanwhile: 10,000 briefs of mixed size, all there from the start.

    One tenant orders a million files, a tenth order much, the others little; the machine makes one file a tick.
    """
    chance = random.Random(7)
    scheduler, cost = FairScheduler(), {}
    scheduler.add(an_item("t0/huge", "t0", [200] * 5_000))
    for number in range(1, briefs):
        tenant = f"t{number % tenants}"
        size = chance.choice((10, 20, 40)) if number % tenants % 10 else chance.choice((200, 1_000, 2_000))
        key = f"{tenant}/{number}"
        cost[key] = size
        parts = [200] * (size // 200) + ([size % 200] if size % 200 else [])
        scheduler.add(an_item(key, tenant, parts, chance.randrange(3, 8)))
    now, waits = 0.0, defaultdict(list)
    while len(cost) > 0:
        items = scheduler.next_round(Limits())
        now += sum(item.next_cost for item in items)
        for item in items:
            del item.parts[0]
            if item.parts:
                scheduler.requeue(item)
            elif item.key in cost:
                waits[item.tenant].append(now)
                del cost[item.key]
    return waits


def jain(shares: list[float]) -> float:
    """Jain's index: 1 if all have the same, 1/n if one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


def test_ten_thousand_briefs_of_two_hundred_tenants_starve_nobody() -> None:
    waits = simulated(200, 10_000)
    small = [max(waits[f"t{number}"]) for number in range(1, 200) if number % 10]
    alone = 50 * 200 * 23  # if all tenants made what a small one orders, and nobody more
    print(
        f"\n200 tenants, 10,000 briefs and one of a million files: small tenants were done after "
        f"{min(small):,.0f} to {max(small):,.0f} files made; Jain's index of their waits {jain(small):.4f}"
    )
    assert len(waits) == 200
    assert sum(map(len, waits.values())) == 9_999
    assert jain(small) > 0.97
    assert max(small) < 2 * alone


@settings(max_examples=20)
@given(st.integers(2, 30))
def test_backlogged_tenants_are_served_alike_at_every_moment(tenants: int) -> None:
    scheduler = FairScheduler()
    for number in range(tenants * 20):
        scheduler.add(an_item(f"j{number}", f"t{number % tenants}", [10]))
    served = Counter(f"t{number}" for number in range(tenants))
    for _ in range(tenants * 10):
        served[scheduler.next_round(Limits(cost=10))[0].tenant] += 1
        assert max(served.values()) - min(served.values()) <= 1
