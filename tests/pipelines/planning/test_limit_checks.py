"""An estimate against the tenant's quota and the brief's budget."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from foundry.brief.brief import Budget
from foundry.plan.estimate import Estimate
from foundry.plan.plan import Plan
from foundry.tenant import Quota
from pipelines.planning.limit_checks import check_limits
from tests.support.briefs import a_tenant, admitted

FIGURES = Estimate(shots=10, variants=100, accelerator_seconds=Decimal(5), money=Decimal("2.5"), size_bytes=1000)


def plan_with(folder: Path, *, ceiling: str | None = None, **quota: Any) -> Plan:
    """Return an admitted plan whose quota and budget were set afterwards, so that the gate does not refuse it."""
    plan = admitted(folder).plan
    budget = Budget(amount=Decimal(ceiling), currency="USD") if ceiling else None
    return replace(
        plan,
        tenant=a_tenant().model_copy(update={"quota": Quota(**quota)}),
        brief=plan.brief.model_copy(update={"budget": budget}),
    )


def test_figures_at_the_limits_are_accepted(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, ceiling="2.5", shots=10, variants=100, bytes=1000)
    assert list(check_limits(plan, FIGURES)) == []


@pytest.mark.parametrize(
    ("quota", "path", "says"),
    [
        ({"shots": 9}, "alternatives", "makes 10 shots, over the quota of tenant aurelle, 9"),
        ({"variants": 99}, "placements", "makes 100 variants, over the quota of tenant aurelle, 99"),
        ({"bytes": 999}, "placements", "makes 1000 bytes, over the quota of tenant aurelle, 999"),
        ({"budget": Decimal(2)}, "budget", "does not matter: 2.50 USD is over the quota of tenant aurelle, 2"),
    ],
)
def test_each_figure_above_its_quota_names_the_figure_and_the_limit(
    tmp_path: Path, quota: dict[str, Any], path: str, says: str
) -> None:
    (problem,) = check_limits(plan_with(tmp_path, **quota), FIGURES)
    assert str(problem).startswith(f"{path}: ")
    assert says in str(problem)
    assert "order fewer alternatives, scenes, locales or placements, or raise the quota" in str(problem)


def test_a_budget_below_the_estimate_is_named_with_the_estimate(tmp_path: Path) -> None:
    (problem,) = check_limits(plan_with(tmp_path, ceiling="1"), FIGURES)
    assert str(problem).startswith("budget.amount: '1' is below the estimate of 2.5000 USD; raise it")


def test_all_figures_above_their_limits_are_told_at_once(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, ceiling="1", shots=1, variants=1, bytes=1)
    assert [problem.path for problem in check_limits(plan, FIGURES)] == [
        "alternatives", "placements", "placements", "budget.amount",
    ]  # fmt: skip
