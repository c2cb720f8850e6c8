"""The view of a tenant's quota beside a plan: what is used, held and left of the month, and whether the plan fits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.text import Text

from foundry.plan.estimate import Needs
from foundry.plan.plan import Plan
from foundry.quota import KINDS, limit_of, problems_with
from pipelines.planning.quota_ledger import QuotaLeft, needed


def quota_as_json(plan: Plan, quota: QuotaLeft) -> dict[str, Any]:
    """Return the quota of the plan's tenant for scripts: for each kind the limit, what is used, and what is held."""
    limits = plan.tenant.quota
    kinds = {
        kind: {
            "limit": _plain(limit_of(limits, kind)),
            "used": _plain(getattr(quota.spent, kind)),
            "held": _plain(getattr(quota.held, kind)),
        }
        for kind in KINDS
    }
    return {"month": quota.month, **kinds}


def _plain(amount: int | Decimal) -> int | str:
    return amount if isinstance(amount, int) else f"{amount.normalize():f}"


def print_quota(plan: Plan, lacking: Needs, quota: QuotaLeft, out: Console) -> None:
    """Print the quota of the plan's tenant, and the reasons why a run of the plan would be refused, if any."""
    parts = ", ".join(_figures(plan, quota, kind) for kind in KINDS)
    out.print(Text.assemble(("Quota", "bold"), f" of {quota.month}: {parts} used."))
    tenant = plan.tenant
    for problem in problems_with(quota.as_book(plan.digest), needed(lacking), tenant.id, tenant.quota, quota.month):
        out.print(Text.assemble(("A run would be refused", "yellow"), f": {problem}"))


def _figures(plan: Plan, quota: QuotaLeft, kind: str) -> str:
    """Return what is used of one limit, as "12 of 2,000 shots", and what is held if anything is."""
    spent, held, limit = getattr(quota.spent, kind), getattr(quota.held, kind), limit_of(plan.tenant.quota, kind)
    if kind == "money":
        used, waiting = f"${spent:,.2f} of ${limit:,.2f}", f" (${held:,.2f} held)"
    else:
        used, waiting = f"{spent:,} of {limit:,} {kind}", f" ({held:,} held)"
    return used + (waiting if held else "")
