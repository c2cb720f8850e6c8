"""The record of a run: what a feed held, what was decided, made, withdrawn and left, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from foundry.catalog.rows import FeedFacts, RowFault, Tally

CAMPAIGN_LETTERS = 40
"""So many letters of a catalog's id begin the ids of its campaigns."""


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    UNCHANGED = "unchanged"  # feed, template and brand kit are those of the last run, and nothing was left
    STOPPED = "stopped"  # a gate stopped it before anything was made or withdrawn
    FAILED = "failed"  # an outage or a bug; the next run goes on
    SKIPPED = "skipped"  # another run was at it, or it was missed


@dataclass(frozen=True, kw_only=True)
class GateFinding:
    """One limit, what was measured, and whether it stops the run."""

    gate: str
    measured: str
    limit: str
    stops: bool
    what: str


@dataclass(frozen=True, kw_only=True)
class RunWork:
    """What a run made; money in US dollars, as text. waiting: products that the budget left for the next run."""

    shots: int = 0
    files_made: int = 0
    files_kept: int = 0
    files_failed: int = 0
    pictures_fetched: int = 0
    pictures_kept: int = 0
    cost_usd: str = "0"
    waiting: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run of a catalog: `catalogs/<catalog>/runs/<run>/run.json`.

    run: the moment that it was due or asked for, UTC, as 20261130T013000Z; names sort by time. changes: products by
    `Change`. campaigns: those whose files it made. unmade: products by the reason for which they were set aside or
    failed while they were made. unmade_examples: the first of these, with the row of each and what was wrong. objects:
    what it left for people and machines, by kind (report, docs, set_aside, events, feed, deltas).
    """

    catalog: str
    tenant: str
    run: str
    state: RunState
    began: str
    ended: str = ""
    scheduled: bool = False
    feed: FeedFacts | None = None
    feed_sha256: str = ""
    template: str = ""
    tally: Tally = field(default_factory=Tally)
    gates: tuple[GateFinding, ...] = ()
    changes: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    restored: int = 0
    work: RunWork = RunWork()
    campaigns: tuple[str, ...] = ()
    unmade: dict[str, int] = field(default_factory=dict)
    unmade_examples: tuple[RowFault, ...] = ()
    objects: dict[str, str] = field(default_factory=dict)
    reason: str = ""


def batch_prefix(catalog: str) -> str:
    """Return the beginning of the ids of all campaigns that the runs of a catalog make; 16 hex digits follow."""
    return f"{catalog[:CAMPAIGN_LETTERS]}."


def catalog_folder(catalog: str) -> str:
    """Return the folder, within a tenant's store, of everything that is kept of a catalog."""
    return f"catalogs/{catalog}"


def run_folder(catalog: str, run: str) -> str:
    """Return the folder of a run's record and results."""
    return f"{catalog_folder(catalog)}/runs/{run}"
