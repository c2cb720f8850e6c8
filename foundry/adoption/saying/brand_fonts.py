"""The fonts of a draft of a tenant's file: shipped families by role, and the files that a brief brings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.saying.facts import says
from foundry.adoption.saying.files import FONTS, named_files
from foundry.adoption.saying.notebook import Notebook

LICENCE = "not stated in the brief; confirm that the tenant may use it for advertisements"
_DISPLAY = (
    "headline", "headlines", "display", "heading", "headings", "title", "titles", "primary", "überschrift",
    "titre", "titular", "título",
)  # fmt: skip
_BODY = ("body", "text", "copy", "secondary", "paragraph", "fließtext", "corps", "cuerpo", "corpo")
_GENERIC = frozenset({"serif", "sans-serif", "sans serif", "monospace", "system-ui", "cursive"})
_BOLD = re.compile(r"[-_ ]?(?:extra|semi|demi)?bold$|[-_ ]?(?:black|heavy)$", re.IGNORECASE)
_REGULAR = re.compile(r"[-_ ]?(?:regular|book|roman|medium|variable(?:font)?.*)$", re.IGNORECASE)


def say_fonts(claims: list[Claim], folder: Path, notebook: Notebook) -> dict[str, Any]:
    """Return the families by role, as far as they are shipped or their files are beside the brief."""
    brought: dict[str, dict[str, str]] = {}
    named: list[Claim] = []
    for claim in claims:
        if claim.text.rsplit(".", 1)[-1].casefold() in FONTS:
            _bring(claim, folder, brought, notebook)
        else:
            named.append(claim)
    families = [{"name": name, **files, "licence": LICENCE} for name, files in brought.items() if "regular" in files]
    roles = _roles(named, [family["name"] for family in families], notebook)
    if families and not roles:
        roles = {"display": families[0]["name"], "body": families[-1]["name"]}
        notebook.decide("tenant: brand.fonts", ", ".join(roles.values()), "the families whose files the brief brings")
    return {**roles, **({"families": families} if families else {})}


def _bring(claim: Claim, folder: Path, brought: dict[str, dict[str, str]], notebook: Notebook) -> None:
    """Add a font file to its family; the first file of a family serves for regular text if none says so."""
    file = named_files(claim.text, folder, FONTS)[0]
    if not file.there:
        notebook.leave([claim.leaf], f"the draft of the tenant's file brings no such font: {file.because}")
        return
    stem = file.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    bold = bool(_BOLD.search(stem))
    name = _REGULAR.sub("", _BOLD.sub("", stem)).replace("-", " ").replace("_", " ").strip()[:60] or stem[:60]
    files = brought.setdefault(name, {})
    weight = "bold" if bold else "regular"
    if weight in files:
        notebook.leave([claim.leaf], f"the family {name!r} has a {weight} file already")
        return
    files[weight] = file.name
    notebook.take(f"tenant: brand.fonts.{name}.{weight}", [claim], file.name)
    if not bold:
        notebook.decide(f"tenant: brand.fonts.{name}.licence", LICENCE, "the draft must state one")


def _roles(claims: list[Claim], own: list[str], notebook: Notebook) -> dict[str, str]:
    from foundry.fonts import families

    known = {family.casefold(): family for family in (*families(), *own)}
    found: dict[str, str] = {}
    for claim in claims:
        words = claim.text.split(",")[0].strip().casefold()
        if words in _GENERIC and any(other.leaf == claim.leaf for other in claims if other is not claim):
            notebook.take("tenant: brand.fonts", [claim])
            continue
        family = known.get(words) or next((known[name] for name in known if words.startswith(f"{name} ")), "")
        if not family:
            notebook.leave(
                [claim.leaf], f"no family {claim.text[:60]!r} is shipped; add its files to the tenant's file"
            )
            continue
        _give_roles(claim, family, found, notebook)
    return found


def _give_roles(claim: Claim, family: str, found: dict[str, str], notebook: Notebook) -> None:
    """Give a family the role of its key; without one, the first has both roles, and the second that of body text."""
    key = " ".join(part for part in claim.leaf.path[-2:] if isinstance(part, str))
    stated = "display" if says(key, _DISPLAY) else "body" if says(key, _BODY) else ""
    for role in [stated] if stated else ["body"] if found else ["display", "body"]:
        if stated and role in found:
            notebook.leave([claim.leaf], f"{found[role]} is the {role} font")
        else:
            found[role] = family
            notebook.take(f"tenant: brand.fonts.{role}", [claim], family)
