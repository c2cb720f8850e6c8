"""Seeing: a file of any usual format as leaves with their places, and the text as it stands."""

from foundry.adoption.seeing.seeing import SEEN_SUFFIXES, see, see_bytes

__all__ = ["SEEN_SUFFIXES", "see", "see_bytes"]
