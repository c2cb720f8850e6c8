"""Claims written by hand, as understanding makes them of a file."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from foundry.adoption.claims import Claim, Doubt, Listed, Scope, Understanding, UnderstoodCampaign
from foundry.adoption.leaf import Key, Leaf, Place
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Adoption, Said
from foundry.adoption.saying.say import say
from foundry.adoption.saying.setting import Setting

_LINES = count(1)
NOWHERE = Path("/nowhere/briefs")


def leaf(text: str, *path: Key, line: int = 0) -> Leaf:
    return Leaf(text, "text", path or ("key",), Place(line=line or next(_LINES)))


def claim(meaning: Meaning, text: str, *path: Key, score: float = 0.9, **scope: object) -> Claim:
    keys = path or (meaning.value,)
    reason = f"the key {str(keys[-1])!r} is a {meaning.value}"
    return Claim(leaf(text, *keys), meaning, Scope(**scope), score, reason, text)  # type: ignore[arg-type]


def plain(*more: Claim, without: tuple[Meaning, ...] = ()) -> tuple[Claim, ...]:
    """Return the claims of a small complete brief, and more."""
    usual = (
        claim(Meaning.BRAND, "Acme"), claim(Meaning.CAMPAIGN_NAME, "Glow"), claim(Meaning.REGION, "US"),
        claim(Meaning.HEADLINE, "Shine on every day"), claim(Meaning.PRODUCT_NAME, "Ruby Tonic", product=0),
    )  # fmt: skip
    return (*(each for each in usual if each.meaning not in without), *more)


def adopted(
    *claims: Claim,
    doubts: tuple[Doubt, ...] = (),
    listed: tuple[Listed, ...] = (),
    answers: dict[str, str] | None = None,
    folder: Path = NOWHERE,
    tenants: frozenset[str] | None = None,
) -> Adoption:
    understanding = Understanding((UnderstoodCampaign(claims, doubts, listed),))
    return say(understanding, answers or {}, Setting(folder, "glow_brief.yaml", None, tenants))


def said(*claims: Claim, **more: object) -> Said:
    (one,) = adopted(*claims, **more).campaigns  # type: ignore[arg-type]
    return one


def asked(one: Said) -> list[str]:
    """Return the ids of the questions that must be answered."""
    return [question.id for question in one.questions if question.needed]


def told_leaves(one: Said) -> set[Leaf]:
    """Return the leaves that stand in a decision, in a question or in the list."""
    mapped = {each for decision in one.decisions for each in decision.leaves}
    waiting = {each for question in one.questions for each in question.leaves}
    return mapped | waiting | {each.leaf for each in one.listed}
