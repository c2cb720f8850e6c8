"""Refusals of whole feeds and catalogs."""

from __future__ import annotations

from foundry.errors import FoundryError, Outage


class BadFeed(FoundryError):
    """A feed that cannot be used at all: nothing is made, published or withdrawn.

    name: the source for people. code: stable, as those of rows.
    """

    def __init__(self, name: str, code: str, limit: str, remedy: str) -> None:
        super().__init__(name, code, limit, remedy)
        self.name, self.code, self.limit, self.remedy = name, code, limit, remedy

    def __str__(self) -> str:
        return f"feed {self.name} {self.limit}; {self.remedy}"


class FeedAway(Outage):
    """The source of a feed does not answer, or answers with an error of its own; asking later may help."""

    code = "feed_away"
