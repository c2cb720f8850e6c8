"""Judging the rows of feeds: which are usable, what is wrong with the others, and what only deserves a warning."""

from foundry.catalog.judging.judge import ALWAYS, Judge

__all__ = ["ALWAYS", "Judge"]
