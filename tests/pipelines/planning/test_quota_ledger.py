"""A tenant's quota of a month: held before a run, spent by what is made, shared by all campaigns and processes."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from foundry.errors import FoundryError, Refusals, Unusable
from foundry.plan.plan import Plan
from foundry.plan.slice import slice_plan
from foundry.quota import Amounts
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from foundry.tenant import Quota
from infra.stack import running
from pipelines.planning.quota_ledger import QuotaLedger
from tests.support.briefs import a_tenant, admitted
from tests.support.buckets import client_of, named_bucket
from tests.support.fake_clock import FakeClock

DAY_S = 86_400
ONE = Amounts(shots=1, variants=3, bytes=1000, money=Decimal("0.5"))


def a_plan(folder: Path, campaign: str = "one", **quota: Any) -> Plan:
    """A campaign of two shots and six files of a tenant with this quota."""
    plan = admitted(folder, campaign={"id": campaign, "name": campaign}).plan
    return plan.__class__(
        brief=plan.brief,
        tenant=a_tenant().model_copy(update={"quota": Quota(**quota)}),
        cards=plan.cards,
        pictures=plan.pictures,
        placements=plan.placements,
    )


def at(text: str) -> FakeClock:
    """A clock that begins at a time in UTC."""
    return FakeClock(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def a_ledger(folder: Path, when: str = "2026-11-15 12:00", **options: Any) -> tuple[QuotaLedger, FakeClock]:
    """A ledger of a folder, and its clock."""
    clock = at(when)
    return QuotaLedger(open_store(str(folder / "store")), clock, **options), clock


def test_the_second_campaign_of_a_month_is_refused_with_what_is_used_and_left(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    first, second = (a_plan(tmp_path, name, shots=1) for name in ("one", "two"))
    ledger.hold(first, ONE)
    ledger.close(first, ONE)
    with pytest.raises(Refusals) as refused:
        ledger.hold(second, ONE)
    (problem,) = refused.value.problems
    assert problem.code == "over_quota"
    assert str(problem) == (
        "quota.shots of tenant aurelle: of 1 in 2026-11 (UTC), 1 are used, 0 are held for other campaigns in work, "
        "0 are left; this campaign needs 1; order less, wait for 2026-12, or raise the quota"
    )


@pytest.mark.parametrize(
    ("quota", "says"),
    [
        ({"shots": 1}, "quota.shots"),
        ({"variants": 5}, "quota.variants"),
        ({"bytes": 1999}, "quota.bytes"),
        ({"budget": Decimal("0.99")}, "quota.budget of tenant aurelle: of 0.99 USD"),
    ],
)
def test_shots_files_bytes_and_money_are_each_limited_while_others_are_in_work(
    tmp_path: Path, quota: dict[str, Any], says: str
) -> None:
    ledger, _ = a_ledger(tmp_path)
    ledger.hold(a_plan(tmp_path, "one", **quota), ONE)
    with pytest.raises(Refusals, match=says) as refused:
        ledger.hold(a_plan(tmp_path, "two", **quota), ONE)
    assert refused.value.count == 1


def test_the_same_plan_holds_once_and_what_exists_already_costs_nothing(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    plan = a_plan(tmp_path, shots=1)
    for _ in range(3):
        ledger.hold(plan, ONE)
    assert ledger.quota_left("aurelle").held == ONE
    ledger.close(plan, ONE)
    ledger.hold(plan, Amounts())
    assert ledger.quota_left("aurelle").held == Amounts()
    assert ledger.quota_left("aurelle").spent == ONE


def test_what_a_killed_process_made_counts_when_its_campaign_goes_on(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    plan = a_plan(tmp_path)
    ledger.hold(plan, Amounts(shots=10, variants=30, bytes=100, money=Decimal(5)))
    rest = Amounts(shots=4, variants=20, bytes=70, money=Decimal(2))
    ledger.hold(plan, rest)
    left = ledger.quota_left("aurelle")
    assert left.spent == Amounts(shots=6, variants=10, bytes=30, money=Decimal(3))
    assert left.held == rest


def test_a_released_hold_leaves_room_for_others(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    first, second = (a_plan(tmp_path, name, shots=1) for name in ("one", "two"))
    ledger.hold(first, ONE)
    ledger.close(first)
    ledger.hold(second, ONE)
    assert ledger.quota_left("aurelle").spent == Amounts()


def test_a_part_is_settled_once_however_often_it_is_told(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    plan = a_plan(tmp_path)
    ledger.hold(plan, ONE + ONE)
    for _ in range(2):
        ledger.settle(slice_plan(plan, 0, 1), ONE, ONE)
    left = ledger.quota_left("aurelle")
    assert (left.spent, left.held) == (ONE, ONE)
    ledger.settle(slice_plan(plan, 1, 2), ONE, Amounts(shots=1))
    left = ledger.quota_left("aurelle")
    assert (left.spent, left.held) == (ONE + Amounts(shots=1), Amounts())


def test_a_part_of_an_estimated_hold_gives_back_its_share(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    plan = a_plan(tmp_path)
    ledger.hold(plan, ONE + ONE, exact=False)
    ledger.settle(slice_plan(plan, 0, 1), Amounts(), Amounts())
    assert ledger.quota_left("aurelle").held == ONE


def test_a_hold_that_nobody_renews_dies_after_a_day(tmp_path: Path) -> None:
    ledger, clock = a_ledger(tmp_path)
    first, second = (a_plan(tmp_path, name, shots=1) for name in ("one", "two"))
    ledger.hold(first, ONE)
    clock.sleep(DAY_S - 1)
    with pytest.raises(Refusals):
        ledger.hold(second, ONE)
    ledger.renew(first)
    clock.sleep(DAY_S - 1)
    with pytest.raises(Refusals):
        ledger.hold(second, ONE)
    clock.sleep(2)
    ledger.hold(second, ONE)
    assert list(ledger.quota_left("aurelle").held.as_json().values()) == [1, 3, 1000, "0.5"]


def test_leases_are_renewed_as_long_as_a_run_takes(tmp_path: Path) -> None:
    ledger = QuotaLedger(open_store(str(tmp_path / "store")), lease_s=0.4)
    first, second = (a_plan(tmp_path, name, shots=1) for name in ("one", "two"))
    ledger.hold(first, ONE)
    with ledger.renewing([first]):
        ledger.clock.sleep(1.0)
        with pytest.raises(Refusals):
            ledger.hold(second, ONE)


def test_a_month_ends_in_utc_and_a_campaign_counts_in_the_month_in_which_it_began(tmp_path: Path) -> None:
    ledger, clock = a_ledger(tmp_path, "2026-12-31 23:59")
    first, second = (a_plan(tmp_path, name, shots=2) for name in ("one", "two"))
    ledger.hold(first, ONE + ONE)
    clock.sleep(120)
    ledger.hold(second, ONE)  # January has its own two shots
    ledger.settle(first, ONE + ONE, ONE + ONE)
    ledger.close(first)
    left = ledger.quota_left("aurelle")
    assert (left.month, left.spent, left.held) == ("2027-01", Amounts(), ONE)
    own = open_store(str(tmp_path / "store")).for_tenant("aurelle")
    assert sorted(own.list("quota/")) == ["quota/2026-12.json", "quota/2027-01.json"]


def test_a_campaign_that_goes_on_in_the_next_month_settles_what_was_made_in_the_first(tmp_path: Path) -> None:
    ledger, clock = a_ledger(tmp_path, "2026-11-30 23:59")
    plan = a_plan(tmp_path)
    ledger.hold(plan, ONE + ONE)
    clock.sleep(120)
    ledger.hold(plan, ONE)
    assert ledger.quota_left("aurelle").held == ONE
    november, _ = a_ledger(tmp_path, "2026-11-30 23:58")
    assert (november.quota_left("aurelle").spent, november.quota_left("aurelle").held) == (ONE, Amounts())


def test_a_large_plan_is_held_by_its_estimate_and_counted_only_where_that_does_not_fit(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    many = {"alternatives": 400}
    large = admitted(tmp_path, **many).plan
    assert large.variant_count > 2_000
    ledger.hold_plan(large)
    assert ledger.quota_left("aurelle").held.variants == large.variant_count
    tight = large.__class__(
        brief=large.brief,
        tenant=a_tenant().model_copy(update={"quota": Quota(variants=large.variant_count - 1)}),
        cards=large.cards,
        pictures=large.pictures,
        placements=large.placements,
    )
    with pytest.raises(Refusals, match=r"quota\.variants"):
        ledger.hold_plan(tight)


def test_a_tenants_quota_is_not_anothers(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    ledger.hold(a_plan(tmp_path, shots=1), ONE)
    assert ledger.quota_left("northpeak").held == Amounts()


def test_a_book_that_is_no_book_stops_spending_with_a_sentence(tmp_path: Path) -> None:
    ledger, _ = a_ledger(tmp_path)
    own = open_store(str(tmp_path / "store")).for_tenant("aurelle")
    own.put_once("quota/2026-11.json", b"[]")
    with pytest.raises(Unusable, match=r"quota/2026-11\.json is no book of a quota; restore it"):
        ledger.hold(a_plan(tmp_path), ONE)


def hold_in_process(address: str, folder: str, campaign: str, answers: Any = None) -> None:
    """Try to hold one shot of a quota of four; put the outcome into a queue, or print it."""
    ledger = QuotaLedger(open_store(address), at("2026-11-15 12:00"))
    outcomes = []
    for number in range(4):
        try:
            ledger.hold(a_plan(Path(folder), f"{campaign}-{number}", shots=4), ONE)
            outcomes.append("held")
        except FoundryError:
            outcomes.append("refused")
    if answers is None:
        print(outcomes.count("held"))
    else:
        answers.put(outcomes.count("held"))


def held_shots(store: ObjectStore) -> int:
    """The shots that are held now."""
    return QuotaLedger(store, at("2026-11-15 12:00")).quota_left("aurelle").held.shots


def test_processes_that_race_never_hold_more_than_the_quota(tmp_path: Path) -> None:
    a_plan(tmp_path)  # writes the product's picture
    spawned = multiprocessing.get_context("spawn")
    answers = spawned.Queue()
    address = str(tmp_path / "store")
    racers = [
        spawned.Process(target=hold_in_process, args=(address, str(tmp_path), name, answers)) for name in ("a", "b")
    ]
    for racer in racers:
        racer.start()
    assert sum(answers.get(timeout=120) for _ in racers) == 4
    for racer in racers:
        racer.join(60)
    assert held_shots(open_store(address)) == 4


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running("gcs") as server:
        yield f"http://127.0.0.1:{server.port('http')}"


@pytest.mark.gcs
def test_processes_that_race_for_a_bucket_never_hold_more_than_the_quota(endpoint: str, tmp_path: Path) -> None:
    a_plan(tmp_path)
    with client_of(endpoint):
        address = f"gs://{named_bucket()}/live"
        own = "from tests.pipelines.planning.test_quota_ledger import hold_in_process; "
        code = [f"{own}hold_in_process({address!r}, {str(tmp_path)!r}, {name!r})" for name in ("a", "b")]
        racers = [subprocess.Popen([sys.executable, "-c", each], stdout=subprocess.PIPE, text=True) for each in code]
        assert sum(int(racer.communicate(timeout=180)[0]) for racer in racers) == 4
        assert held_shots(open_store(address)) == 4
