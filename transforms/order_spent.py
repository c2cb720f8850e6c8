"""What was spent on the files of one render order, as far as the campaign had it spent.

A file bears what was spent on itself, and its shares of the shots and clips that it shows. Shares of files that were
refused, or are missing, are borne by no row. Objects that another campaign had made cost this one nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from foundry.manifest import DeadLetter, RenditionRecord
from foundry.plan.plan import Plan
from foundry.plan.shares import first_shown, share_of_shown
from foundry.plan.variant import Variant
from foundry.plan.work import observe_clip, observe_film, observe_shot, observe_still
from foundry.rates import Rate, add_rates
from foundry.spent import NOTHING_SPENT, Spent, spent_from_json

ReadRecord = Callable[[str], bytes | None]
"""Returns the bytes of a record of the tenant's store by its name; None if there is none."""


@dataclass
class OrderSpent:
    """The sums over one render order; its variants are added in the plan's order.

    unallocated: what no row bears.
    """

    plan: Plan
    read: ReadRecord
    unallocated: Spent = NOTHING_SPENT
    _observed: list[Rate] = field(default_factory=list)
    _shown: dict[str, Spent] = field(default_factory=dict)
    _films_made: int = 0

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The rates of what this campaign had made: the order's files, and the shots and clips first shown by one."""
        return add_rates(self._observed)

    def add(self, variant: Variant, result: RenditionRecord | DeadLetter | None) -> Spent:
        """Add a variant with its record, its dead letter, or None if it is missing; return what its row bears."""
        share = share_of_shown(self.plan, variant, self._spent_on)
        self._observed += self._of_shown(variant)
        if not isinstance(result, RenditionRecord):
            self.unallocated += share
            return NOTHING_SPENT
        own = result.spent if result.made_for == self.plan.brief.campaign.id else NOTHING_SPENT
        if own != NOTHING_SPENT:
            self._observed += self._of_file(variant, own)
        return own + share

    def _of_file(self, variant: Variant, own: Spent) -> Iterator[Rate]:
        if variant.timeline is None:
            yield from observe_still(variant, own)
            return
        self._films_made += 1
        yield observe_film(variant, own, first=self._films_made == 1)

    def _of_shown(self, variant: Variant) -> Iterator[Rate]:
        """Yield the rates of the shots and clips that no earlier file of the plan shows."""
        new = frozenset(first_shown(self.plan, variant))
        for shot in variant.shows:
            if shot.record in new and (spent := self._spent_on(shot.record)) != NOTHING_SPENT:
                yield from observe_shot(self.plan, shot, spent)
        for shot, clip in zip(variant.scenes, variant.clips, strict=False):
            if clip and clip.record in new and (spent := self._spent_on(clip.record)) != NOTHING_SPENT:
                yield observe_clip(self.plan, shot, clip, spent)
                new -= {clip.record}

    def _spent_on(self, record: str) -> Spent:
        if record not in self._shown:
            data = self.read(record)
            self._shown[record] = self._ours(json.loads(data)) if data else NOTHING_SPENT
        return self._shown[record]

    def _ours(self, said: dict[str, Any]) -> Spent:
        """Return what a parsed record says was spent for this campaign."""
        if said.get("made_for") != self.plan.brief.campaign.id:
            return NOTHING_SPENT
        return spent_from_json(said.get("spent"))
