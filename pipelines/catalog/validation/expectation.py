"""An expectation as plain values, before Great Expectations is imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One expectation: its type and arguments are those of Great Expectations' JSON.

    codes: of the rules of `foundry.catalog.judging` that say the same of the same attribute. severity: critical,
    warning or info. sentence: what is expected, for people; without it, Great Expectations' own. notes: beside it.
    """

    type: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    severity: str = "warning"
    sentence: str = ""
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Expectations on one table. name: a slug, which names its pages. about: sentences above its results."""

    name: str
    title: str
    expectations: tuple[Expectation, ...]
    about: tuple[str, ...] = ()
