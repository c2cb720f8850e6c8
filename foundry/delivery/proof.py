"""How sure it is that a target holds what was sent: the grade of proof, which every receipt names."""

from __future__ import annotations

from enum import StrEnum


class Proof(StrEnum):
    """The grades, the best first.

    hash: the target told a hash of what it stores, and it is that of the file. reread: the bytes were read again and
    compared. size: the target told the right size, and no more. accepted: the target said that it took the file, and
    tells nothing of what it holds.
    """

    HASH = "hash"
    REREAD = "reread"
    SIZE = "size"
    ACCEPTED = "accepted"

    @property
    def rank(self) -> int:
        """0 for the best grade."""
        return list(Proof).index(self)
