"""Feeds of all kinds, read in chunks of the same columns: streamed, within limits, whole or not at all."""

from foundry.catalog.reading.limits import LIMITS, FeedLimits
from foundry.catalog.reading.opening import open_feed

__all__ = ["LIMITS", "FeedLimits", "open_feed"]
