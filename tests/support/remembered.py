"""Runs of a catalog's memory for tests: feeds compared with the state one after another."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparing import amend, compare
from foundry.catalog.comparison import Comparison
from foundry.catalog.mapping import Shown
from foundry.catalog.spool import Spool
from foundry.catalog.state import CatalogState, StateFacts, StateIndex, read_state
from foundry.catalog.state_writing import write_state
from foundry.store.object_store import LocalStore
from tests.support.judged_rows import NOW, judged

ALL = Shown(currencies=frozenset({"EUR"}))
Rows = Iterable[Mapping[str, Any]]


@dataclass
class Memory:
    """A catalog and the store that keeps its state; each run is a day after the one before."""

    folder: Path
    catalog: Catalog
    shown: Shown = ALL
    template: str = "t1"
    moment: datetime = field(default=NOW)

    @property
    def store(self) -> LocalStore:
        """The tenant's store."""
        return LocalStore(self.folder / "store", "northpeak/")

    @contextmanager
    def state(self) -> Iterator[CatalogState]:
        """Yield the present state."""
        with read_state(self.store, self.catalog.id, self.folder) as state:
            yield state

    @contextmanager
    def comparison(
        self,
        rows: Rows | None,
        bad: Iterable[str] = (),
        removed: frozenset[str] | None = None,
        contested: Iterable[str] = (),
    ) -> Iterator[Comparison]:
        """Yield a comparison of a feed with the state: of a part of one, if `removed` is given."""
        with self.state() as state, Spool(self.folder, self.catalog, shown=self.shown, now=self.moment) as spool:
            spool.add(judged(rows or (), bad, contested))
            if removed is not None:
                yield amend(state, spool, removed=removed, catalog=self.catalog, template=self.template)
            else:
                given = None if rows is None else spool
                yield compare(state, given, catalog=self.catalog, template=self.template)

    def keep(self, comparison: Comparison, left: Container[str] = (), **more: Any) -> StateIndex:
        """Write the state after a run."""
        facts = StateFacts(run=f"{self.moment:%Y%m%dT%H%M%SZ}", moment=self.moment.isoformat(), template=self.template)
        index = write_state(self.store, comparison, facts, left=left, **more)
        self.moment += timedelta(days=1)
        return index

    def run(
        self, rows: Rows | None, bad: Iterable[str] = (), left: Container[str] = (), **more: Any
    ) -> dict[str, tuple[str, ...]]:
        """Compare a feed and keep the state; return the ids of products by their change."""
        with self.comparison(rows, bad, **more) as comparison:
            made = [(change.change, change.id) for change in comparison.to_make()]
            withdrawn = [(change.change, change.id) for change in comparison.to_withdraw(left)]
            self.keep(comparison, left)
        by_change: dict[str, tuple[str, ...]] = {}
        for change, product in made + withdrawn:
            by_change[change] = (*by_change.get(change, ()), product)
        return by_change
