"""The refresh of a catalog: one run, from its feed to its state, under the catalog's lease.

A run that a process left behind is taken up by the next one: what it made is found by its names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from foundry.catalog.catalog import Catalog
from foundry.catalog.run_book import begin_run, latest_runs, read_run, write_run
from foundry.catalog.runs import RunRecord, RunState, catalog_folder
from foundry.store.lease import Lease, hold
from foundry.store.object_store import ObjectStore
from pipelines.catalog.catalog_run import CatalogRun
from pipelines.catalog.schedule import moment_of, run_at
from pipelines.catalog.setting import CatalogSetting

ENDED = frozenset({RunState.FINISHED, RunState.UNCHANGED, RunState.STOPPED, RunState.SKIPPED})
LOOKED_BACK = 20
"""The newest runs among which those that were left behind are looked for."""
ROWS_AT_ONCE = 5_000
EVENT_PATIENCE_S = 30.0


def refresh(
    catalog: Catalog, setting: CatalogSetting, *, run: str | None = None, scheduled: bool = False, force: bool = False
) -> RunRecord:
    """Refresh a catalog; return the record of the run, which a gate or a bad feed may have stopped.

    `run` names it, by default for this moment; the run of a name that has ended is not repeated, and one that was left
    behind goes on. `force` goes on past the gates, also where nothing changed. LeaseHeld if another run is at it. An
    outage or a bug rises after the record says that the run failed; the next run goes on.
    """
    with leading(catalog, setting) as (own, lease):
        record = _begin(own, catalog, setting, run, scheduled=scheduled)
        if record.state in ENDED:
            return record
        return CatalogRun(catalog, setting, own, record, lease, force=force).refresh()


def refresh_rows(
    catalog: Catalog,
    setting: CatalogSetting,
    rows: Sequence[Mapping[str, str | None]],
    removed: Sequence[str] = (),
    *,
    run: str | None = None,
) -> RunRecord:
    """Refresh the products of single rows, by Google's names of attributes, and withdraw removed items.

    All other products stay as they are. No limit of the gate is held, since a few rows are no share of anything. A run
    of the feed that is at work is waited for: LeaseHeld if it takes longer.
    """
    with leading(catalog, setting, patience_s=EVENT_PATIENCE_S) as (own, lease):
        record = _begin(own, catalog, setting, run, scheduled=False)
        if record.state in ENDED:
            return record
        return CatalogRun(catalog, setting, own, record, lease).refresh_rows(rows, removed)


@contextmanager
def leading(catalog: Catalog, setting: CatalogSetting, patience_s: float = 0.0) -> Iterator[tuple[ObjectStore, Lease]]:
    """Yield the store of a catalog's tenant, and the catalog's lease, held while the block runs."""
    own = setting.own(catalog.tenant)
    name = f"{catalog_folder(catalog.id)}/lease.json"
    with hold(own, name, seconds=setting.lease_s, patience_s=patience_s) as lease:
        yield own, lease


def _begin(
    own: ObjectStore, catalog: Catalog, setting: CatalogSetting, run: str | None, *, scheduled: bool
) -> RunRecord:
    """Return the record of a run that begins or goes on, or of one that has ended under the name that was given."""
    now = setting.now()
    record = RunRecord(
        catalog=catalog.id,
        tenant=catalog.tenant,
        run=run or run_at(now),
        state=RunState.RUNNING,
        began=now.isoformat(timespec="seconds"),
        scheduled=scheduled,
    )
    while not begin_run(own, record):
        earlier = read_run(own, catalog.id, record.run)
        if run is not None:
            return earlier if earlier.state in ENDED else replace(record, began=earlier.began)
        record = replace(record, run=run_at(moment_of(record.run) + timedelta(seconds=1)))
    _close_left_behind(own, record)
    return record


def _close_left_behind(own: ObjectStore, record: RunRecord) -> None:
    """Mark runs as failed that say that they run: whoever holds the lease knows that their processes have ended."""
    for earlier in latest_runs(own, record.catalog, LOOKED_BACK):
        if earlier.state == RunState.RUNNING and earlier.run != record.run:
            reason = f"its process ended before it did; run {record.run} goes on with what it left"
            write_run(own, replace(earlier, state=RunState.FAILED, reason=reason))
