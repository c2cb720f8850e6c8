"""The decision on one leaf: a claim, a doubt, or that it has no meaning here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from foundry.adoption.claims import Claim, Doubt, Listed, Reading
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning
from foundry.adoption.shapes import is_sentence
from foundry.adoption.understanding.answers import LEFT_OUT, answer_for, key_of, meaning_of
from foundry.adoption.understanding.context import ENOUGH, Context
from foundry.adoption.understanding.evidence import readings_of
from foundry.adoption.understanding.fitting import LIKELY, fit, is_placeholder
from foundry.adoption.understanding.keys import phrase_of, spelled
from foundry.adoption.understanding.splitting import parts_meant

ASKED, MARGIN = 0.5, 0.08
"""Score from which a meaning is asked about; the difference of two scores below which both are asked about."""
_CLOSE_KIN = (
    frozenset({Meaning.REGION, Meaning.LOCALE}),
    frozenset({Meaning.BRAND_LOGO, Meaning.PRODUCT_PICTURE}),
)
_SWITCHES = frozenset({"enabled", "active", "include", "ready", "aktiv", "actif", "activo", "ativo"})
"""Words for an approval that are none outside of an entry: `localization: {enabled: true}`."""
_MOST_READINGS = 4


@dataclass(frozen=True)
class Stated:
    """A claim with the context in which its leaf stands."""

    claim: Claim
    context: Context


Outcome = Stated | Doubt | Listed


def decide(leaf: Leaf, context: Context, answers: Mapping[str, str]) -> tuple[Outcome, ...]:
    """Return the outcome for a leaf: its claims, or the one doubt, or the one reason for which it is listed."""
    key = key_of(context)
    answer = answer_for(context, answers)
    if answer in LEFT_OUT:
        return (Listed(leaf, f"an answer leaves the key '{key}' out", key),)
    if meant := meaning_of(answer):
        return _claims(leaf, Reading(meant, context.scope, 1.0, f"an answer says what the key '{key}' means"), context)
    return _judged(leaf, context, key)


def _judged(leaf: Leaf, context: Context, key: str) -> tuple[Outcome, ...]:
    """Return the outcome for a leaf by its readings."""
    readings = readings_of(leaf, context)
    if not readings or readings[0].score < ASKED or _fits_not(leaf, readings[0]):
        return (Listed(leaf, _why_unknown(context, readings), key),)
    best = readings[0]
    if reason := _why_left(leaf, best, context):
        return (Listed(leaf, reason, key),)
    rivals = [reading for reading in readings[1:] if _rivals(best, reading)]
    if best.score < ENOUGH or rivals:
        return (Doubt(leaf, _asked(best, rivals), key),)
    return _claims(leaf, best, context)


def _why_left(leaf: Leaf, best: Reading, context: Context) -> str:
    """Return why a leaf is listed although its meaning is known; empty if it is not."""
    if best.meaning is Meaning.NOTE:
        return best.reason
    if best.meaning is not Meaning.APPROVAL:
        return "it stands for a value that is not there yet" if is_placeholder(leaf.text) else ""
    if not context.in_entry and spelled(phrase_of(context.key)) in _SWITCHES:
        return f"the key '{context.key}' switches something on or off"
    return (
        f"it is one of several approvals below '{context.above}'" if best.reason.startswith("it stands below") else ""
    )


def _fits_not(leaf: Leaf, best: Reading) -> bool:
    """Return True for a value that only half fits a meaning of low score: nobody would ask about it."""
    return best.score < ENOUGH and fit(best.meaning, leaf, None) < LIKELY


def _rivals(best: Reading, other: Reading) -> bool:
    if best.score - other.score >= MARGIN:
        return False
    return not any({best.meaning, other.meaning} <= kin for kin in _CLOSE_KIN)


def _asked(best: Reading, rivals: list[Reading]) -> tuple[Reading, ...]:
    note = Reading(Meaning.NOTE, best.scope, ASKED / 2, "it changes no picture")
    others = [reading for reading in rivals if reading.meaning is not Meaning.NOTE]
    return (best, *others[: _MOST_READINGS - 2], note)


def _why_unknown(context: Context, readings: tuple[Reading, ...]) -> str:
    if not context.key:
        return "no key says what it is"
    if not readings:
        return f"no rule knows the key '{context.key}'"
    return f"the key '{context.key}' could be the {readings[0].meaning}, but its value does not fit"


def _claims(leaf: Leaf, reading: Reading, context: Context) -> tuple[Stated, ...]:
    return tuple(
        Stated(Claim(leaf, meaning, reading.scope, reading.score, reading.reason, text), context)
        for meaning, text in parts_meant(leaf.text, reading.meaning, context)
    )


def looks_like_copy(leaf: Leaf) -> bool:
    """Return True if a leaf could be printed as a line of copy."""
    return leaf.kind == "text" and is_sentence(leaf.text)
