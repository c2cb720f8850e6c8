"""One rule of a placement, held against one file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was measured, the limit, and what to do about it. A failed one of `advice` refuses nothing."""

    rule: str
    passed: bool
    measured: str
    limit: str
    remedy: str
    advice: bool = False

    @property
    def refuses(self) -> bool:
        """Whether a file with this finding is not taken."""
        return not self.passed and not self.advice

    def __str__(self) -> str:
        return f"{self.rule}: {self.measured}; the limit is {self.limit}. {self.remedy}"
