"""The money that a vendor says it charges for a request, by the units that its answer counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

MOST_UNITS = Decimal(10**12)
"""A larger count is no count: it must not pass for a cost."""


def charged_micro_usd(content: object, charges: Mapping[str, Decimal]) -> int | None:
    """Return millionths of a US dollar, rounded up, that an answer's JSON says; None if it counts none of the units.

    `charges` are US dollars for one unit, by the dotted path of the unit's count, such as `usage.output_tokens`.
    """
    counted = [(count, price) for path, price in charges.items() if (count := _count_at(content, path)) is not None]
    if not counted:
        return None
    return math.ceil(sum((count * price for count, price in counted), Decimal(0)) * 1_000_000)


def _count_at(content: object, path: str) -> Decimal | None:
    for key in path.split("."):
        content = content.get(key) if isinstance(content, dict) else None
    if isinstance(content, bool) or not isinstance(content, int | float):
        return None
    count = Decimal(str(content))
    return count if count.is_finite() and 0 <= count <= MOST_UNITS else None
