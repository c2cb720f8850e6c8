"""Periods that are given as a list of two days: `dates: [2027-04-01, 2027-04-30]`."""

from __future__ import annotations

from dataclasses import replace

from foundry.adoption.leaf import Leaf, ListNode
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import days_in
from foundry.adoption.understanding.context import ENOUGH, Context
from foundry.adoption.understanding.senses import Sense

_SCORE = 0.85


def period_of(node: ListNode, context: Context) -> tuple[Context, Context] | None:
    """Return the contexts of the first and the last day of a list of two days; None for any other list."""
    known = bool(context.senses) and context.senses[0].score >= ENOUGH
    if context.section is not Section.SCHEDULE or known or len(node.items) != 2:
        return None
    if not all(isinstance(item, Leaf) and days_in(item.text, ()) for item in node.items):
        return None
    first = Sense(Meaning.EMBARGO, _SCORE, f"it is the first of two days of '{context.key}'")
    last = Sense(Meaning.EXPIRY, _SCORE, f"it is the last of two days of '{context.key}'")
    return replace(context, senses=(first,), is_item=True), replace(context, senses=(last,), is_item=True)
