"""The most that a feed may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FeedLimits:
    """The limits within which a feed is read; a row beyond its own is set aside, a feed beyond its own is refused."""

    field_bytes: int = 100_000
    """Of one value, in UTF-8."""
    row_bytes: int = 12_000_000
    """Of one record as it stands in the file: one of this size is read, found too long, and set aside."""
    columns: int = 1_000
    rows: int = 5_000_000
    plain_bytes: int = 16_000_000_000
    """Of the feed once it is decompressed."""
    ratio: int = 250
    """Decompressed bytes for each compressed one, once there are more than `free_bytes`."""
    free_bytes: int = 64_000_000
    members: int = 100
    """Files in a ZIP archive."""
    workbook_bytes: int = 1_000_000_000
    """Of an XLSX workbook, decompressed."""
    shared_bytes: int = 64_000_000
    """Of the texts that an XLSX workbook keeps apart from its sheets, which must lie in memory."""


LIMITS = FeedLimits()
