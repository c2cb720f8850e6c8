"""Likeness to pictures that no drawing may resemble: angles between the pooled features of a network.

The features are those of the unsafe-content network, which come with its verdict at no cost. They hardly change under
recompression, mirroring, moderate crops, blur and recolouring; docs/models/screening.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from foundry.manifest import CheckRecord
from models.screening.verdict import at_least

if TYPE_CHECKING:
    from models.screening.look import Look


@dataclass(frozen=True)
class Reference:
    """A protected picture: its file's name and its features (1024,) of length one."""

    name: str
    features: NDArray[Any]


def distance(first: NDArray[Any], second: NDArray[Any]) -> float:
    """One less the cosine of two feature vectors of length one: 0 is the same, near 1 unrelated."""
    return 1.0 - float(first @ second)


def judge(look: Look, limit: Decimal) -> CheckRecord | None:
    """The nearest protected picture must be at least `limit` away; nothing to say if none is protected."""
    if not look.references:
        return None
    apart = [distance(look.reading.features, reference.features) for reference in look.references]
    nearest = min(range(len(apart)), key=apart.__getitem__)
    what = f"cosine distance to the protected picture {look.references[nearest].name}"
    return at_least("likeness", apart[nearest], limit, what)
