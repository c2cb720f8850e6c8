"""The tenant: its id, and a draft of its file from what a brief says of the brand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.brand_fonts import say_fonts
from foundry.adoption.saying.facts import Facts, alike, leaves, place_of, says
from foundry.adoption.saying.files import PICTURES, named_files
from foundry.adoption.saying.ids import slug
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.saying.palette import say_palette
from foundry.brief.markup import clean_line
from foundry.names import is_slug

_MOST_TENANTS, _CANDIDATES = 12, 6
_FAR = 0.15
_LIGHT = (
    "light",
    "white",
    "negative",
    "reversed",
    "inverse",
    "hell",
    "weiss",
    "weiß",
    "clair",
    "blanc",
    "blanco",
    "claro",
)


def say_tenant(
    facts: Facts, given: str | None, known: Collection[str] | None, candidates: Sequence[Leaf], notebook: Notebook
) -> str:
    """Return the tenant's id: the one that is given, else of the brand that the file names; "" if it names none.

    candidates: leaves of no known meaning that may be the brand.
    """
    claims = facts.of(Meaning.BRAND)
    if given:
        reason = "the tenant was named beside the file"
        notebook.decide("tenant", given, reason, claims, score=1)
        return given
    names: dict[str, list[Claim]] = {}
    for text, group in alike(claims).items():
        names.setdefault(_id_of(text, known), []).extend(group)
    answer = notebook.answer("brand")
    if answer:
        same = [leaf for leaf in candidates if leaf.text == answer]
        notebook.decide("tenant", _id_of(answer, known), "as answered", claims, score=1, leaves=same)
        return _id_of(answer, known)
    names = _without_numbers(names, known, notebook)
    if not names:
        there = sorted(known or ()) if len(known or ()) <= _MOST_TENANTS else []
        choices = [Choice(each, "a tenant that is known here") for each in there]
        choices += [Choice(leaf.text, place_of(leaf)) for leaf in candidates[:_CANDIDATES]]
        notebook.ask("brand", "No brand is named. Whose campaign is it?", choices)
        return ""
    best = _surest(names)
    if not best:
        choices = [Choice(each, place_of(group[0].leaf)) for each, group in names.items()]
        best = next(iter(names))
        text = f"The file names {len(names)} brands. Whose campaign is it?"
        notebook.ask("brand", text, choices, leaves(claims), default=best)
        return best
    notebook.take("tenant", names[best], best)
    others = [claim for each, group in names.items() if each != best for claim in group]
    for claim in others:
        if any(letter.isalpha() for letter in claim.text):
            notebook.take("tenant: name", [claim])
        else:
            notebook.leave([claim.leaf], f"the tenant is {best!r}")
    return best


def _without_numbers(
    names: dict[str, list[Claim]], known: Collection[str] | None, notebook: Notebook
) -> dict[str, list[Claim]]:
    """Return the brands that have a name; numbers of a client's own system ("brand_id: 1") are left, unless known."""
    numbers = [each for each in names if each not in (known or ()) and not any(map(str.isalpha, each))]
    for each in numbers:
        notebook.leave([claim.leaf for claim in names[each]], "a number is no brand's name")
    return {each: group for each, group in names.items() if each not in numbers}


def _id_of(text: str, known: Collection[str] | None) -> str:
    """Return a brand's id: that of a known tenant whose id differs in hyphens alone, else made of the name."""
    plain = clean_line(text).strip()
    made = plain if is_slug(plain) else slug(plain)
    same = [each for each in known or () if each.replace("-", "") == made.replace("-", "")]
    return same[0] if len(same) == 1 else made


def _surest(names: dict[str, list[Claim]]) -> str:
    """Return the id that stands; "" where several brands are as sure.

    An id beside a name, in the same part of the file, is the id of that name; a name that begins with another one is
    the longer form of it.
    """
    if len(names) == 1:
        return next(iter(names))
    sure = {each: max(claim.score for claim in group) for each, group in names.items()}
    first, second = sorted(names, key=lambda each: -sure[each])[:2]
    if sure[first] - sure[second] > _FAR:
        return first
    as_ids = [each for each, group in names.items() if any(claim.text == each for claim in group)]
    parents = {claim.leaf.path[:-1] for group in names.values() for claim in group}
    if len(as_ids) == 1 and len(parents) == 1:
        return as_ids[0]
    shortest = min(names, key=len)
    return shortest if all(each.startswith(shortest) for each in names) else ""


def say_tenant_file(
    tenant: str, facts: Facts, known: Collection[str] | None, folder: Path, notebook: Notebook
) -> dict[str, Any]:
    """Return a draft of the tenant's file; {} for a known tenant of whom the brief says nothing new.

    What a tenant's file must have and the brief lacks is a neutral default, which a decision states.
    """
    brought = facts.of(
        Meaning.BRAND_COLOUR, Meaning.BRAND_LOGO, Meaning.BRAND_FONT, Meaning.BRAND_TONE, Meaning.BANNED_WORD
    )
    if not tenant or (tenant in (known or ()) and not brought):
        return {}
    brand: dict[str, Any] = {"palette": say_palette(facts.of(Meaning.BRAND_COLOUR), notebook)}
    if logo := _logo(facts.of(Meaning.BRAND_LOGO), folder, notebook):
        brand["logo"] = logo
    if fonts := say_fonts(facts.of(Meaning.BRAND_FONT), folder, notebook):
        brand["fonts"] = fonts
    if tone := ", ".join(alike(facts.of(Meaning.BRAND_TONE))):
        brand["tone"] = tone
        notebook.take("tenant: brand.tone", facts.of(Meaning.BRAND_TONE), tone)
    words = alike(facts.of(Meaning.BANNED_WORD))
    if words:
        brand["banned_words"] = list(words)
        for word, group in words.items():
            notebook.take("tenant: brand.banned_words", group, word)
    return {"id": tenant, "name": _name(tenant, facts, notebook.answer("brand")), "brand": brand}


def _name(tenant: str, facts: Facts, answer: str) -> str:
    """Return the brand's name as people read it: the one that is no id."""
    texts = [clean_line(text) for text in (answer, *(claim.text for claim in facts.of(Meaning.BRAND))) if text]
    words = [text for text in texts if text != tenant and any(letter.isalpha() for letter in text)]
    return next((text for text in words if _id_of(text, ()) == tenant), words[0] if words else tenant)


def _says(leaf: Leaf, words: tuple[str, ...]) -> bool:
    keys = [key for key in leaf.path if isinstance(key, str)]
    return says(" ".join(keys[-2:]), words)


def _logo(claims: list[Claim], folder: Path, notebook: Notebook) -> dict[str, str]:
    """Return the logo's files; one file alone stands on light and on dark grounds."""
    found: dict[str, str] = {}
    for claim in claims:
        file = named_files(claim.text, folder, PICTURES)[0]
        if not file.there:
            notebook.leave([claim.leaf], f"the draft of the tenant's file names no logo: {file.because}")
            continue
        ink = "light" if _says(claim.leaf, _LIGHT) else "dark"
        if ink in found:
            notebook.leave([claim.leaf], f"the logo {found[ink]!r} stands on such grounds")
            continue
        found[ink] = file.name
        notebook.take(f"tenant: brand.logo.{ink}", [claim], file.name)
    if len(found) == 1:
        only = next(iter(found.values()))
        notebook.decide(
            "tenant: brand.logo", only, "the only logo stands on light and on dark grounds; add one for each"
        )
        return {"dark": only, "light": only}
    return found
