"""Likeness to pictures that no drawing may resemble: angles between the pooled features of a network.

The features are those of the unsafe-content network, which come with its verdict at no cost. They hardly change under
recompression, mirroring, moderate crops, blur and recolouring; docs/models/screening.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True)
class ProtectedFeatures:
    """The features of a protected picture, (1024,) of length one, and the name of its file."""

    name: str
    features: NDArray[Any]


def cosine_distance(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return one less the cosine of two feature vectors of length one: 0 is the same, near 1 unrelated."""
    return 1.0 - float(first @ second)
