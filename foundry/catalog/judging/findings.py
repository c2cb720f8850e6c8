"""Findings on the rows of one chunk, and the sentences about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundry.catalog.catalog import FeedKind
from foundry.catalog.destinations import Destination, destination_of
from foundry.catalog.judging.columns import Flags, RowColumns
from foundry.catalog.judging.rules import MOST_ID, MOST_TITLE, Easing, Rule, rule_table
from foundry.catalog.rows import RowFault
from foundry.errors import shorten, visible

_CREDENTIALS = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True)
class Finding:
    """The rows of a chunk that break one rule in one attribute. at: their positions. warns: they stay usable."""

    rule: Rule
    attribute: str
    at: NDArray[np.intp]
    warns: bool


class Findings:
    """All findings on one chunk. Rules that feeds of this kind do not have are left out."""

    def __init__(self, kind: FeedKind, rows: RowColumns, eased: frozenset[Easing]) -> None:
        self.kind, self.rows, self._eased = kind, rows, eased
        self.destination: Destination = destination_of(kind)
        self.found: list[Finding] = []
        self.set_aside: Flags = np.zeros(rows.count, np.bool_)

    def add(self, code: str, attribute: str, mask: Flags, *, case: Easing | None = None) -> None:
        """Note that rows break a rule; in some cases it then only warns."""
        rule = rule_table().by_code[code]
        at = np.flatnonzero(mask)
        if not len(at) or not rule.applies_to(self.kind):
            return
        cases = self._eased | {case} if case else self._eased
        warns = rule.severity == "warn" or not cases.isdisjoint(rule.eased)
        self.found.append(Finding(rule, attribute, at, warns))
        if not warns:
            self.set_aside[at] = True

    def add_too_long(self, code: str, attribute: str, lengths: NDArray[np.int64]) -> None:
        """Note the rows whose text is longer than the destination takes."""
        limit = self.destination.lengths.get(attribute)
        if limit is not None:
            self.add(code, attribute, lengths > limit)

    def sentences(self, finding: Finding, most: int | None = None) -> Iterator[RowFault]:
        """Yield the faults of one finding, at most so many."""
        at = finding.at[:most]
        values = self.rows.written(finding.attribute).take(at).to_pylist()
        ids = self.rows.text("id").take(at).to_pylist()
        numbers = self.rows.row_numbers()[at].tolist()
        rule, attribute = finding.rule, finding.attribute
        for number, item, value in zip(numbers, ids, values, strict=True):
            yield RowFault(number, shown_id(item), rule.code, attribute, self._sentence(rule, attribute, value))

    def _sentence(self, rule: Rule, attribute: str, value: str | None) -> str:
        shown = "" if value is None or not value.strip() else f" {shorten(_without_password(value))}"
        fault = rule.fault
        if "{" in fault:
            limit = MOST_TITLE if rule.code == "oversized_title" else self.destination.lengths[attribute]
            fault = fault.format(length=len(value or ""), limit=limit, destination=self.destination.title)
        return f"{attribute}{shown} {fault}; {rule.remedy}"


def _without_password(value: str) -> str:
    """Return a value without the user and password of an address in it."""
    return _CREDENTIALS.sub("//...@", value[:500])


def shown_id(item: str | None) -> str:
    """Return a row's id as results show it: at most 128 characters, all visible."""
    return visible((item or "")[:MOST_ID])
