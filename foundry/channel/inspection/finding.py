"""The result of one rule of a placement for one file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """A measurement, its limit, and the remedy. A failed finding that is `advice` refuses nothing."""

    rule: str
    passed: bool
    measured: str
    limit: str
    remedy: str
    advice: bool = field(default=False, kw_only=True)

    @property
    def refuses(self) -> bool:
        """True if this finding refuses the file."""
        return not self.passed and not self.advice

    def __str__(self) -> str:
        return f"{self.rule}: {self.measured}; the limit is {self.limit}. {self.remedy}"
