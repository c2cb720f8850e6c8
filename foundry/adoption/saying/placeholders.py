"""Texts that stand for words which nobody has written yet: they are never printed."""

from __future__ import annotations

import re

from foundry.adoption.saying.words_on_files import own_placeholders

_WORDS = frozenset(
    [
        "tbd", "tba", "tbc", "n/a", "na", "n.a", "n/d", "none", "null", "nil", "todo", "to-do", "placeholder", "dummy",
        "?", "??", "???", "-", "--", "---", "–", "—", "", "…", "_", "__", "k.a", "offen", "folgt", "nachzuliefern",
        "à-définir", "a-definir", "por-definir", "pendiente", "未定", "待定", "待补充", "なし", "無",
        "pending", "approved", "rejected", "draft", "in-review", "ausstehend", "freigegeben", "entwurf",
    ]
)  # fmt: skip
_BRACKETED = re.compile(r"\[[^\[\]]*\]|<[^<>]*>|\{\{[^{}]*\}\}|\{[^{}]*\}|\[\[[^\[\]]*\]\]|%[a-z_]+%|__+\w*__+")
_FILLED = re.compile(
    r"x{3,}|(?:lorem ipsum|insert|your|add)\b.{0,40}\b(?:here|dolor.*)|lorem ipsum\b.*|blah(?:\W+blah)*", re.DOTALL
)
_LONGEST = 300


def is_placeholder(text: str) -> bool:
    """Return True for "TBD", "n/a", "pending", "xxx", "lorem ipsum …", "[headline here]" and their like.

    A placeholder that this project fills, such as `{product.name}`, is copy.
    """
    plain = text.strip().casefold()
    if len(plain) > _LONGEST and not plain.startswith("lorem ipsum"):
        return False
    if re.sub(r"\s+", "-", plain.rstrip(".!:")) in _WORDS or _FILLED.fullmatch(plain):
        return True
    return bool(_BRACKETED.fullmatch(plain)) and not own_placeholders(text)
