"""An expectation as plain values, before Great Expectations is imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One expectation: its type and arguments are those of Great Expectations' JSON.

    codes: of the rules of `foundry.catalog.judging` that say the same of the same attribute. severity: critical,
    warning or info. notes: for the Data Docs.
    """

    type: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    severity: str = "warning"
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Expectations on one table. name: a slug, which names its pages. about: sentences above its results."""

    name: str
    title: str
    expectations: tuple[Expectation, ...]
    about: tuple[str, ...] = ()
