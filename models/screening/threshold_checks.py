"""Comparison of a measured value with its limit, as a check record of the manifest."""

from __future__ import annotations

from decimal import Decimal

from foundry.manifest import CheckRecord


def at_least(name: str, value: float, limit: Decimal, description: str) -> CheckRecord:
    """Return a check that passes from `limit` upwards; `description` says what the value is, and the evidence."""
    return CheckRecord(name, value >= float(limit), f"{value:.4f} {description}", f"at least {limit}")


def at_most(name: str, value: float, limit: Decimal, description: str) -> CheckRecord:
    """Return a check that passes up to `limit`; `description` says what the value is, and the evidence."""
    return CheckRecord(name, value <= float(limit), f"{value:.4f} {description}", f"at most {limit}")
