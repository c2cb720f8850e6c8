"""The outcome of a validation: each expectation with its counts, the gate that follows, and the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.catalog.runs import GateFinding


@dataclass(frozen=True, kw_only=True)
class ExpectationOutcome:
    """One expectation on the rows that were checked.

    type: of Great Expectations, such as expect_column_values_to_be_unique. columns: what it looks at, "" for the whole
    table. codes: of the rules that say the same of rows. sentence: what is expected, for people. checked: rows that
    have a value to check. unmet: rows that do not meet it. limit: the share of rows that must meet it, "" for all.
    trouble: why it could not be checked, or "".
    """

    type: str
    columns: str
    codes: tuple[str, ...]
    passed: bool
    severity: str
    sentence: str
    checked: int = 0
    unmet: int = 0
    limit: str = ""
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class SuiteOutcome:
    """One suite on one table. rows: of the table; checked: those that were looked at. page: the object of its page."""

    name: str
    title: str
    passed: bool
    rows: int
    checked: int
    expectations: tuple[ExpectationOutcome, ...]
    page: str = ""

    @property
    def unmet(self) -> tuple[ExpectationOutcome, ...]:
        """The expectations that are not met."""
        return tuple(each for each in self.expectations if not each.passed)


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What a validation found.

    passed: no finding stops the run. findings: one for each suite. docs: the object, within the tenant's store, of
    the first page of the Data Docs. seconds: of the process that validated.
    """

    passed: bool
    findings: tuple[GateFinding, ...]
    docs: str
    suites: tuple[SuiteOutcome, ...]
    seconds: float = 0.0
