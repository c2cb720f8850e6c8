"""Suites of Great Expectations within a run: over the rows of its feed, and over the files of its finished batches."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from foundry.catalog.catalog import Catalog
from foundry.catalog.runs import GateFinding, run_folder
from foundry.errors import Unusable
from foundry.plan.plan import Plan
from foundry.store.object_store import ObjectStore
from pipelines.catalog.taking_in import TakenFeed
from pipelines.catalog.validation.feed import validate_feed
from pipelines.catalog.validation.finished import validate_batch

log = logging.getLogger(__name__)


@dataclass
class RunValidation:
    """The validations of one run. wanted: switched on; where it is off, or the library is missing, nothing is held."""

    own: ObjectStore
    catalog: Catalog
    run: str
    wanted: bool = True
    docs: str = ""
    findings: list[GateFinding] = field(default_factory=list)
    findings_of_batches: list[GateFinding] = field(default_factory=list)

    def hold_feed(self, taken: TakenFeed) -> None:
        """Hold the rows of a feed against the suite of its kind and the merchant's own."""
        if self.wanted:
            folder = f"{run_folder(self.catalog.id, self.run)}/docs"
            try:
                found = validate_feed(self.own, self.catalog, taken.facts, taken.sample, taken.tally, folder)
                self.docs = found.docs
                self.findings += found.findings
            except Unusable as missing:
                self._pass_over(missing)

    def hold_batch(self, plan: Plan, products: Collection[str]) -> Sequence[str]:
        """Hold the finished files of products of a plan; return the sentences for which they are not announced."""
        if not self.wanted or not products:
            return ()
        folder = f"{run_folder(self.catalog.id, self.run)}/docs"
        try:
            found = validate_batch(self.own, self.catalog, [plan], folder, products)
        except Unusable as missing:
            self._pass_over(missing)
            return ()
        self.docs = found.docs or self.docs
        self.findings_of_batches += found.findings
        return tuple(each.what for each in found.findings if each.stops)

    def _pass_over(self, missing: Unusable) -> None:
        self.wanted = False
        log.warning("the run goes on without suites of expectations: %s", missing)
        self.findings.append(
            GateFinding(gate="expectations", measured="not held", limit="", stops=False, what=str(missing))
        )
