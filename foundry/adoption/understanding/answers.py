"""Answers of people, and of a tenant's profile, that decide a leaf's meaning."""

from __future__ import annotations

from collections.abc import Mapping

from foundry.adoption.meaning import Meaning
from foundry.adoption.understanding.context import Context
from foundry.adoption.understanding.keys import Phrase, phrase_of, spelled
from foundry.adoption.understanding.senses import is_passing, senses_of

_MEANINGS = {meaning.value: meaning for meaning in Meaning if meaning is not Meaning.NOTE}
MEANING_ID = "meaning "
"""Begins the id of each question, and answer, on the meaning of a key."""
LEFT_OUT = frozenset({"note", "leave out", "none", "metadata", "skip", "-"})
PER_LANGUAGE = " per language"
"""Follows the meaning in an answer that gives the items of a list to the languages of another one, in order."""


def key_of(context: Context) -> str:
    """Return the phrase by which questions and answers call the key of a leaf.

    A key that says nothing by itself ("text", "name") comes with the one above it.
    """
    own = phrase_of(context.key)
    if context.above and (is_passing(context.key) or not senses_of(context.key, None)):
        return spelled((*phrase_of(context.above), *own))
    return spelled(own)


def answer_for(context: Context, answers: Mapping[str, str]) -> str:
    """Return the answer on the key of a leaf, in small letters; empty without one."""
    if not answers:
        return ""
    own: Phrase = phrase_of(context.key)
    for phrase in ((*phrase_of(context.above), *own), own):
        found = answers.get(MEANING_ID + spelled(phrase), "")
        if found:
            return found.strip().casefold()
    return ""


def meaning_of(answer: str) -> Meaning | None:
    """Return the meaning that an answer names; None if it names none, or leaves the leaf out."""
    return _MEANINGS.get(answer.removesuffix(PER_LANGUAGE).replace("_", " "))
