"""A measurement against its limit, as the manifest tells it."""

from __future__ import annotations

from decimal import Decimal

from foundry.manifest import CheckRecord


def at_least(name: str, value: float, limit: Decimal, what: str) -> CheckRecord:
    """Passes from `limit` upwards; `what` says what the number is, and the evidence."""
    return CheckRecord(name, value >= float(limit), f"{value:.4f} {what}", f"at least {limit}")


def at_most(name: str, value: float, limit: Decimal, what: str) -> CheckRecord:
    """Passes up to `limit`; `what` says what the number is, and the evidence."""
    return CheckRecord(name, value <= float(limit), f"{value:.4f} {what}", f"at most {limit}")
