"""A campaign or catalog with asks that are due, and the targets that still want it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipelines.delivery.asked import Ask
from pipelines.delivery.scopes import Scope


@dataclass
class Wanted:
    """A scope with asks that are due. left: ids of the targets that still want it; None until they are known.

    next_day: ISO 8601, the first day on which there is more to do, as far as the runs that have ended say; "" for none.
    """

    scope: Scope
    asks: dict[str, Ask] = field(default_factory=dict)
    left: set[str] | None = None
    next_day: str = ""

    @property
    def since(self) -> datetime:
        """The moment of the first ask."""
        return min(datetime.fromisoformat(ask.since) for ask in self.asks.values())

    @property
    def due(self) -> str:
        """The moment from which the first ask may be done."""
        return min(ask.not_before for ask in self.asks.values())

    def add(self, ask: Ask) -> None:
        """Take an ask. Whatever was done before may not hold what a new one asks for."""
        if ask.name not in self.asks:
            self.asks[ask.name] = ask
            self.left = None

    def note(self, run: Wanted, target: str, next_day: str) -> None:
        """Note that a target has what was asked for when a run began."""
        self.next_day = min(filter(None, (self.next_day, next_day)), default="")
        if self.left is not None and self.asks.keys() == run.asks.keys():
            self.left.discard(target)
