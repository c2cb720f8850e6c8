"""Shares of answers: counted for evidence files, and written as percentages for people."""

from __future__ import annotations

from collections.abc import Iterable


def share(values: Iterable[bool]) -> float:
    """Return the share of true values, from 0 to 1, rounded to four places; 0 for no values."""
    answers = list(values)
    return round(sum(answers) / len(answers), 4) if answers else 0.0


def percent(value: float) -> str:
    """Return a share as text in percent with one place, such as "92.5 %"."""
    return f"{100 * value:.1f} %"
