"""Patterns with placeholders in braces, by which a tenant names files, folders and links."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = (
    "campaign", "catalog", "product", "scene", "locale", "language", "market", "channel", "placement", "audience",
    "size", "format", "alternative", "slot",
)  # fmt: skip
"""What a pattern of a path may hold, in braces. `slot` is the slot's id; nothing in a path changes with a version."""


def checked_pattern(pattern: str, known: Collection[str] = PLACEHOLDERS) -> str:
    """Return a pattern; ValueError if its braces are not in pairs, or hold no known placeholder."""
    bare = PLACEHOLDER.sub("", pattern)
    if "{" in bare or "}" in bare:
        raise ValueError("its braces are not in pairs; write placeholders as {campaign}")
    if unknown := sorted(set(PLACEHOLDER.findall(pattern)) - set(known)):
        raise ValueError(f"{{{unknown[0]}}} is no placeholder; take one of {', '.join(known)}")
    return pattern


def _path_pattern(pattern: str) -> str:
    checked_pattern(pattern)
    if any(part.startswith(".") or not part for part in pattern.split("/")) and pattern:
        raise ValueError("a part of a path is empty or begins with a dot; write parts as {campaign}/{channel}")
    return pattern


PathPattern = Annotated[
    str, StringConstraints(max_length=400, pattern=r"^[A-Za-z0-9{}._ /-]*$"), AfterValidator(_path_pattern)
]
