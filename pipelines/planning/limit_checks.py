"""Checks of an estimate against the tenant's quota and the brief's budget."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.errors import FoundryError, Problem, shorten
from foundry.plan.estimate import Estimate
from foundry.plan.plan import Plan


def check_limits(plan: Plan, figures: Estimate) -> Iterator[FoundryError]:
    """Yield a problem for each figure above the tenant's quota of a whole month, or above the brief's budget.

    What is left of this month is asked of the ledger when a run begins (`pipelines.planning.quota_ledger`).
    """
    quota, brief = plan.tenant.quota, plan.brief
    whose = f"over the quota of tenant {plan.tenant.id}"
    cut = "order fewer alternatives, scenes, locales or placements, or raise the quota"
    if figures.shots > quota.shots:
        yield Problem("alternatives", shorten(str(brief.alternatives)),
                          f"makes {figures.shots} shots, {whose}, {quota.shots}", cut)  # fmt: skip
    if figures.variants > quota.variants:
        yield Problem("placements", shorten(str(len(plan.placements))),
                          f"makes {figures.variants} variants, {whose}, {quota.variants}", cut)  # fmt: skip
    if figures.size_bytes > quota.bytes:
        yield Problem("placements", shorten(str(len(plan.placements))),
                          f"makes {figures.size_bytes} bytes, {whose}, {quota.bytes}", cut)  # fmt: skip
    if brief.budget and figures.money > brief.budget.amount:
        yield Problem("budget.amount", shorten(str(brief.budget.amount)),
                          f"is below the estimate of {figures.money:.4f} USD", "raise it, or " + cut)  # fmt: skip
    if figures.money > quota.budget:
        yield Problem("budget", shorten(str(brief.budget.amount if brief.budget else "none")),
                          f"does not matter: {figures.money:.2f} USD is {whose}, {quota.budget}", cut)  # fmt: skip
