"""The use of an adapter by a drawing, as records that cross shuffles carry it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AdapterUse:
    """One adapter of a drawing: its card's digest, its weight in thousandths, and the key of the picture it follows."""

    card: str
    weight: int = 1000
    picture: str = ""
