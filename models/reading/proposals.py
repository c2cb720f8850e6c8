"""Proposals for the meanings of open leaves, from the language model of a card."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from foundry.adoption.claims import Understanding
from foundry.adoption.proposing import open_leaves, with_proposals
from foundry.card.card import ModelCard
from foundry.errors import FoundryError
from foundry.retrying import Clock, SystemClock
from models.http.secrets import scrub
from models.reading.chat import ask
from models.reading.question import MOST_VALUES, build_question, read_proposals
from models.remote.effort import Effort
from models.remote.opening import open_connection, retries_of
from models.remote.refusals import VendorOutage


@dataclass(frozen=True)
class LanguageModelReader:
    """A language model that may be asked about the values of a tenant's brief: the tenant's file names its card.

    Called with an understanding, it returns one in which open leaves have the meanings that the model proposes, marked
    as proposals. A note says what was asked and charged, or why nothing came of it; the caller's own result is never
    worse for it.
    """

    card: ModelCard
    clock: Clock = field(default_factory=SystemClock)

    def __call__(self, understanding: Understanding) -> Understanding:
        """Return the understanding with proposals, or as it is with a note on what went wrong."""
        leaves = open_leaves(understanding)[:MOST_VALUES]
        if not leaves:
            return understanding
        asked = f"the language model {self.card.name} was asked about {len(leaves)} of the values"
        effort: Effort | None = None
        try:
            connection = open_connection(self.card, client=self._client, hosts=self._hosts)
            effort = Effort(self.card.name, "brief", self.card.digest, retries_of(connection.api, self.clock))
            try:
                proposals = read_proposals(ask(build_question(leaves), connection, effort), leaves)
            finally:
                connection.client.close()
        except VendorOutage as outage:
            return _noted(understanding, f"{asked} and did not help: {self._fit_to_print(outage.what)}")
        except FoundryError as refused:
            return _noted(understanding, f"{asked} and did not help: {self._fit_to_print(str(refused))}")
        helped = with_proposals(understanding, proposals, f"the language model {self.card.name}")
        return _noted(helped, f"{asked} and proposes meanings for {len(proposals)}{_charge(self.card, effort)}")

    @property
    def _client(self) -> str:
        return (self.card.api.client if self.card.api else None) or ""

    @property
    def _hosts(self) -> tuple[str, ...]:
        return self.card.api.hosts if self.card.api else ()

    def _fit_to_print(self, words: str) -> str:
        return scrub(words, self.card.api.credential if self.card.api else "", self._client)


def _noted(understanding: Understanding, note: str) -> Understanding:
    return replace(understanding, notes=(*understanding.notes, note))


def _charge(card: ModelCard, effort: Effort) -> str:
    """Return what the question costs: by the model's own count where it gives one, else by the card's price."""
    micro_usd = effort.charged_micro_usd
    money = card.unit_cost.money if micro_usd is None else Decimal(micro_usd) / 1_000_000
    return f", for {money.normalize():f} US dollars" if money else ""
