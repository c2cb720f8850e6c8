"""The limits within which a document is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DocumentLimits:
    """The most that one file or message may hold.

    The limits keep the cost of any text of `size_bytes` bytes at a few seconds.
    """

    size_bytes: int = 5_000_000
    documents: int = 10_000
    leaves: int = 500_000
    """Values: texts, numbers, lists and maps, in all documents of a file together."""
    depth: int = 50
    """Lists and maps within each other."""
    keys: int = 10_000
    """Keys of one map."""
    text: int = 100_000
    """Characters of one text or key."""
    digits: int = 100
    """Characters of one number."""
    marks: int = 64
    """Combining marks on one letter: the time of Unicode normalisation grows with their square."""


LIMITS = DocumentLimits()
BRIEF_FILE = DocumentLimits(size_bytes=100_000_000, leaves=6_000_000)
"""For a JSON file of briefs that somebody names at the keyboard: 100,000 products with a dozen prices each.

Any other text, YAML and a record on a topic for instance, keeps to `LIMITS`. A hostile file of this size costs as much
as its bytes do: about a minute and a gigabyte.
"""
SETTINGS = DocumentLimits(size_bytes=500_000, leaves=20_000)
"""For files of settings: tenants, layouts, cards, channels, the broker's and the engines' settings."""
