"""The limits of the fetching of one feed, and what is known of it since the last run."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundry.retrying import RetryPolicy

MOST_BYTES = 8_000_000_000


@dataclass(frozen=True, kw_only=True)
class LastFeed:
    """What is known of a feed since it was last used: the words of its source about it, and its hash."""

    etag: str = ""
    modified: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class FeedLimits:
    """The limits of one fetch; of one from a file or a bucket, only `retries` is used.

    seconds: for a whole answer. silence_s: in which nothing comes. slowest: bytes a second, on average after the first
    minute. retries: of what may work later; their call_s is not used.
    """

    most_bytes: int = MOST_BYTES
    seconds: float = 3_600.0
    silence_s: float = 30.0
    slowest: int = 10_000
    retries: RetryPolicy = field(
        default_factory=lambda: RetryPolicy(attempts=4, budget_s=5_400.0, first_pause_s=2.0, longest_pause_s=120.0)
    )


NOTHING_KNOWN, USUAL_LIMITS = LastFeed(), FeedLimits()
