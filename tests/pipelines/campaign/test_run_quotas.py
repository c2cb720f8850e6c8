"""Runs within a quota: the second campaign of a month is refused, what was made counts, the rest is released."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from foundry.errors import FoundryError, Refusals
from foundry.quota import Amounts
from foundry.store.object_store import LocalStore
from foundry.tenant import Quota
from pipelines.campaign.running import RunOptions, RunSummary, run_all
from pipelines.planning.admission import Admitted
from pipelines.planning.quota_ledger import QuotaLedger, QuotaLeft
from tests.support.briefs import a_tenant, admitted
from tests.support.fake_clock import FakeClock
from tests.support.fakes import PaintingHandler
from tests.support.stored import objects
from transforms.stopping import request_stop

NOVEMBER = datetime(2026, 11, 15, tzinfo=UTC).timestamp()
SMALL: dict[str, Any] = {"placements": ["google/leaderboard"]}
"""Changes that make a campaign of one shot and two files."""


def a_campaign(folder: Path, campaign: str, prompt: str = "Plaster wall", **quota: Any) -> Admitted:
    """A campaign of one shot of its own."""
    owner = a_tenant().model_copy(update={"quota": Quota(**quota)})
    scenes = [{"id": "wall", "prompt": prompt}]
    return admitted(folder, owner=owner, campaign={"id": campaign, "name": campaign}, scenes=scenes, **SMALL)


def run(folder: Path, *orders: Admitted, **how: Any) -> list[RunSummary]:
    options = RunOptions(clock=FakeClock(NOVEMBER), generator=PaintingHandler())
    return run_all(list(orders), str(folder / "store"), options=options, **how)


def left(folder: Path) -> QuotaLeft:
    return QuotaLedger(LocalStore(folder / "store"), FakeClock(NOVEMBER)).quota_left("aurelle")


def test_the_second_campaign_over_a_months_quota_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    first, second = (a_campaign(tmp_path, name, f"{name} wall", shots=1) for name in ("first", "second"))
    (made,) = run(tmp_path, first)
    assert (made.shots_drawn, made.failed) == (1, 0)
    before = objects(tmp_path / "store")
    with pytest.raises(Refusals, match=r"quota\.shots of tenant aurelle: of 1 in 2026-11 \(UTC\), 1 are used"):
        run(tmp_path, second)
    assert objects(tmp_path / "store") == before
    (again,) = run(tmp_path, first)
    assert again.reused == 2


def test_one_order_over_the_quota_does_not_stop_the_others(tmp_path: Path) -> None:
    refused: list[FoundryError] = []
    first, second = (a_campaign(tmp_path, name, f"{name} wall", shots=1) for name in ("first", "second"))
    summaries = run(tmp_path, first, second, on_refusal=refused.append)
    assert [summary.campaign for summary in summaries] == ["first"]
    assert len(refused) == 1
    assert "brief aurelle/second" in str(refused[0])


def test_what_was_made_is_spent_and_nothing_stays_held(tmp_path: Path) -> None:
    (made,) = run(tmp_path, a_campaign(tmp_path, "first"))
    spent = left(tmp_path).spent
    assert (spent.shots, spent.variants, spent.money) == (1, 2, made.cost_usd)
    assert spent.bytes > 0
    assert left(tmp_path).held == Amounts()
    run(tmp_path, a_campaign(tmp_path, "first"))
    assert left(tmp_path).spent == spent


class Broken:
    """A display that fails when the run has begun."""

    def __call__(self, totals: Any, counts: Any) -> AbstractContextManager[None]:
        raise ZeroDivisionError


def test_a_run_that_breaks_releases_what_it_held(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, a_campaign(tmp_path, "first"), display=Broken())
    assert (left(tmp_path).spent, left(tmp_path).held) == (Amounts(), Amounts())


def test_the_same_campaign_in_one_run_twice_is_spent_once(tmp_path: Path) -> None:
    run(tmp_path, *(a_campaign(tmp_path, "first") for _ in range(2)))
    assert left(tmp_path).spent.shots == 1


class Stopping:
    """A display that has the campaigns stopped when the run has begun."""

    def __init__(self, store: Path, orders: Sequence[Admitted]) -> None:
        self.store, self.orders = store, orders

    def __call__(self, totals: Any, counts: Any) -> AbstractContextManager[None]:
        from contextlib import nullcontext

        for each in self.orders:
            request_stop(each.plan.digest, LocalStore(self.store).for_tenant("aurelle"), "cancelled")
        return nullcontext()


def test_a_stopped_campaign_says_what_remains_and_goes_on_when_it_is_run_again(tmp_path: Path) -> None:
    each = a_campaign(tmp_path, "first")
    (stopped,) = run(tmp_path, each, display=Stopping(tmp_path / "store", [each]))
    assert (stopped.stopped, stopped.made, stopped.remaining, stopped.failed) == ("cancelled", 0, 2, 0)
    assert stopped.cost_usd == Decimal(0)
    assert (left(tmp_path).spent, left(tmp_path).held) == (Amounts(), Amounts())
    (made,) = run(tmp_path, each)
    assert (made.stopped, made.made, made.remaining) == (None, 2, 0)
