"""Texts of scenes that also say what to avoid."""

from __future__ import annotations

import re
from dataclasses import replace

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.saying.facts import Facts

_TO_AVOID = re.compile(
    r"(.*?\S)\s*[;.,|\n(]\s*(?:(?:things )?to avoid|avoid|do not show|don.t show|no[- ]?gos?|zu vermeiden|vermeiden|"
    r"à éviter|éviter|evitar|避免|避けるもの|避ける)\s*[:：]\s*(\S.*?)\)?",
    re.IGNORECASE | re.DOTALL,
)


def with_avoided_apart(facts: Facts) -> Facts:
    """Return the facts with what a text says to avoid, "soft light; avoid: people", as a fact of its own."""
    found: list[Claim] = []
    for claim in facts.claims:
        parts = _TO_AVOID.fullmatch(claim.text) if claim.meaning in (Meaning.SCENE, Meaning.STYLE) else None
        if parts:
            found.append(replace(claim, text=parts[1]))
            found.append(replace(claim, text=parts[2], meaning=Meaning.AVOID, reason="the text says what to avoid"))
        else:
            found.append(claim)
    return Facts(tuple(found))
