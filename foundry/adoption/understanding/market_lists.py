"""Lists of markets under keys that mean something else: `targets: [{market: US, headline: …}, …]`."""

from __future__ import annotations

from dataclasses import replace

from foundry.adoption.leaf import MapNode
from foundry.adoption.meaning import COPY, Meaning, Section
from foundry.adoption.understanding.context import ENOUGH, Context
from foundry.adoption.understanding.senses import senses_of

_PLACES = frozenset({Meaning.LOCALE, Meaning.REGION})


def as_markets(entries: list[MapNode], context: Context) -> Context:
    """Return the context of a list whose entries hold a place and copy as that of markets, whatever its key says."""
    if not entries or context.section in (Section.COPY, Section.MARKETS) or context.best is None:
        return context
    if context.best not in (Meaning.AUDIENCE, Meaning.NOTE, Meaning.ALTERNATIVES) or not all(map(_is_market, entries)):
        return context
    return replace(context, section=Section.MARKETS, senses=())


def _is_market(entry: MapNode) -> bool:
    meanings = {
        senses[0].meaning for key, _ in entry.entries
        if (senses := senses_of(key, None)) and senses[0].score >= ENOUGH
    }  # fmt: skip
    return bool(meanings & _PLACES) and bool(meanings & set(COPY))
