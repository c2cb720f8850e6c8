"""Proposals for the meanings of open leaves, from the language model of a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from connectors.http.secrets import scrub
from foundry.adoption.claims import Understanding
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning
from foundry.adoption.proposing import OpenLeaf, open_leaves, with_proposals
from foundry.card.card import ModelCard
from foundry.errors import FoundryError
from foundry.retrying import Clock, SystemClock
from models.reading.chat import ask
from models.reading.question import MOST_VALUES, build_question, read_proposals
from models.remote.effort import Effort
from models.remote.opening import open_connection, retries_of
from models.remote.refusals import VendorOutage


@dataclass
class LanguageModelReader:
    """A language model that may be asked about the values of a tenant's brief: the tenant's file names its card.

    Called with an understanding, it returns one in which open leaves have the meanings that the model proposes, marked
    as proposals. A note says what was asked and charged, or why nothing came of it; the caller's own result is never
    worse for it. No leaf is asked about twice, however often the brief is read again with more answers.
    """

    card: ModelCard
    clock: Clock = field(default_factory=SystemClock)
    _asked: dict[Leaf, Meaning | None] = field(default_factory=dict, init=False)
    _notes: list[str] = field(default_factory=list, init=False)

    def __call__(self, understanding: Understanding) -> Understanding:
        """Return the understanding with proposals, or as it is, with a note on what went wrong."""
        leaves = [each for each in open_leaves(understanding) if each.leaf not in self._asked][:MOST_VALUES]
        if leaves:
            self._ask(leaves)
        known = {leaf: meaning for leaf, meaning in self._asked.items() if meaning}
        helped = with_proposals(understanding, known, f"the language model {self.card.name}")
        return replace(helped, notes=(*helped.notes, *self._notes))

    def _ask(self, leaves: Sequence[OpenLeaf]) -> None:
        """Ask about leaves, and note what came of it; after a fault they count as asked, too."""
        self._asked |= dict.fromkeys((each.leaf for each in leaves), None)
        asked = f"the language model {self.card.name} was asked about {len(leaves)} of the values"
        try:
            effort, proposals = self._proposals(leaves)
        except VendorOutage as outage:
            self._notes.append(f"{asked} and did not help: {self._fit_to_print(outage.what)}")
        except FoundryError as refused:
            self._notes.append(f"{asked} and did not help: {self._fit_to_print(str(refused))}")
        else:
            self._asked |= proposals
            self._notes.append(f"{asked} and proposes meanings for {len(proposals)}{_charge(self.card, effort)}")

    def _proposals(self, leaves: Sequence[OpenLeaf]) -> tuple[Effort, dict[Leaf, Meaning]]:
        api = self.card.api
        client, hosts = (api.client or "", api.hosts) if api else ("", ())
        connection = open_connection(self.card, client=client, hosts=hosts)
        effort = Effort(self.card.name, "brief", self.card.digest, retries_of(connection.api, self.clock))
        try:
            return effort, read_proposals(ask(build_question(leaves), connection, effort), leaves)
        finally:
            connection.client.close()

    def _fit_to_print(self, words: str) -> str:
        api = self.card.api
        return scrub(words, *((api.credential, api.client or "") if api else ()))


def _charge(card: ModelCard, effort: Effort) -> str:
    """Return what the question costs: by the model's own count where it gives one, else by the card's price."""
    micro_usd = effort.charged_micro_usd
    money = card.unit_cost.money if micro_usd is None else Decimal(micro_usd) / 1_000_000
    return f", for {money.normalize():f} US dollars" if money else ""
