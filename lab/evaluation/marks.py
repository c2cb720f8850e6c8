"""Marks: the demands that the figures of an evaluation must meet before a card may be promoted."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class EvidenceModel(BaseModel):
    """The base of every record of an evidence file: immutable, and strict about unknown fields.

    The order of the fields is their order in the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True)


class MarkResult(EvidenceModel):
    """The outcome of one mark, as the evidence file keeps it; `limit` is text, such as "at least 0.9"."""

    value: int | float
    limit: str
    passed: bool


@dataclass(frozen=True)
class Mark:
    """One demand on a figure: a lower limit if `least` is true, otherwise an upper limit."""

    name: str
    value: float
    limit: float
    least: bool

    @property
    def passed(self) -> bool:
        """True if the figure is within the limit; a figure equal to the limit passes."""
        return self.value >= self.limit if self.least else self.value <= self.limit

    def result(self) -> MarkResult:
        """Return the outcome for the evidence file."""
        direction = "at least" if self.least else "at most"
        return MarkResult(value=self.value, limit=f"{direction} {self.limit:g}", passed=self.passed)
