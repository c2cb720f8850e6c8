"""The palette of a draft of a tenant's file: brand colours by role."""

from __future__ import annotations

from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.saying.facts import says
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.shapes import colour_in

NEUTRAL: dict[str, Any] = {
    "primary": "#2E3440", "accent": "#8A8F98", "ink": "#1C1F24", "paper": "#FFFFFF", "scene": ["#E8E9EB", "#CDD0D4"],
}  # fmt: skip
"""Greys for a brand of which no colour is known."""
_WORDS = {
    "primary": "primary main base brand primär haupt primaire principal primária メイン 主色 プライマリ",
    "accent": "accent secondary highlight cta button akzent sekundär accentuation secondaire acento secundario "
    "destaque secundária アクセント サブ 辅色 輔色 辅助",
    "ink": "ink text dark black foreground dunkel schrift foncé noir texte oscuro negro escuro preto テキスト 文字",
    "paper": "paper background light white hell hintergrund clair blanc fond claro blanco fondo branco 背景",
    "scene": "scene backdrop neutral surface wall floor kulisse",
}
_MOST_SCENE = 4
_NEAR_BLACK, _NEAR_WHITE = 0.03, 0.85


def say_palette(claims: list[Claim], notebook: Notebook) -> dict[str, Any]:
    """Return a full palette: colours by the roles that their keys or names say, the others in their order."""
    found: dict[str, list[str]] = {}
    free: list[tuple[str, Claim]] = []
    for claim in claims:
        readings = colour_in(claim.text)
        if not readings:
            notebook.leave([claim.leaf], f"{claim.text[:60]!r} is no colour in sRGB; write its hexadecimal digits")
        for reading in readings:
            role = _role(reading.name) or _role(str(claim.leaf.path[-1]) if claim.leaf.path else "")
            role = role or _role(" ".join(str(key) for key in claim.leaf.path[-2:-1]))
            if role and (role == "scene" or role not in found):
                _put(role, reading.hex, claim, found, notebook)
            else:
                free.append((reading.hex, claim))
    for colour, claim in free:
        _put(_free_role(colour, found), colour, claim, found, notebook)
    return _completed(found, notebook)


def _role(words: str) -> str:
    return next((role for role, known in _WORDS.items() if says(words, known.split())), "")


def _free_role(colour: str, found: dict[str, list[str]]) -> str:
    """Return the role of a colour that no word gives: ink or paper for one near black or white, else the next free."""
    light = _luminance(colour)
    if light < _NEAR_BLACK and "ink" not in found:
        return "ink"
    if light > _NEAR_WHITE and "paper" not in found:
        return "paper"
    return next((role for role in ("primary", "accent") if role not in found), "scene")


def _luminance(colour: str) -> float:
    """Return the relative luminance of sRGB (WCAG), from 0 to 1."""
    levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def _put(role: str, colour: str, claim: Claim, found: dict[str, list[str]], notebook: Notebook) -> None:
    if role == "scene" and len(found.get(role, ())) >= _MOST_SCENE:
        notebook.leave([claim.leaf], f"scenes are drawn in at most {_MOST_SCENE} colours")
        return
    found.setdefault(role, []).append(colour)
    notebook.take(f"tenant: brand.palette.{role}", [claim], colour)


def _completed(found: dict[str, list[str]], notebook: Notebook) -> dict[str, Any]:
    palette: dict[str, Any] = {}
    for role, neutral in NEUTRAL.items():
        if role in found:
            palette[role] = found[role] if role == "scene" else found[role][0]
            continue
        palette[role] = neutral
        shown = ", ".join(neutral) if isinstance(neutral, list) else neutral
        notebook.decide(f"tenant: brand.palette.{role}", shown, "the file names no such colour; a neutral one")
    return palette
