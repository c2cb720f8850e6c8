"""The occurrences of a catalog's schedule: instants in UTC, whatever its time zone's clocks do.

A time of day that summer time leaves out falls on the first moment after the gap; one that comes twice counts once, the
first time. Expressions with a star for the minute or the hour go on by real hours on both nights. These are the rules
of Debian's cron, as the cronsim library keeps them.

An occurrence names its run, so that whoever asks twice, on whatever machine and by whatever clock, gets the same run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from foundry.catalog.catalog import Catalog, Schedule
from foundry.errors import Problem, shorten

if TYPE_CHECKING:
    from cronsim import CronSim

RUN_FORMAT = "%Y%m%dT%H%M%SZ"
FIELDS = 5
MOST_ASKED = 10_000
"""Occurrences that are looked through for those whose start has come; in an hour of delays there are at most 60."""


def run_at(moment: datetime) -> str:
    """Return the name of the run that is due at a moment."""
    return moment.astimezone(UTC).strftime(RUN_FORMAT)


def moment_of(run: str) -> datetime:
    """Return the moment, in UTC, that a run is named for."""
    return datetime.strptime(run, RUN_FORMAT).replace(tzinfo=UTC)


def check_schedule(schedule: Schedule) -> None:
    """Raise a Problem if the schedule's expression is no cron expression, or never comes true."""
    remedy = "write minute, hour, day of month, month and day of week, such as '30 2 * * *'"
    if len(schedule.cron.split()) != FIELDS:
        raise Problem("schedule.cron", shorten(schedule.cron), f"has other than {FIELDS} fields", remedy, "bad_catalog")
    from cronsim import CronSimError

    try:
        comes = next(occurrences(schedule, datetime(2000, 1, 1, tzinfo=UTC)), None)
    except CronSimError as error:
        wrong = f"is no cron expression ({str(error).lower()})"
        raise Problem("schedule.cron", shorten(schedule.cron), wrong, remedy, "bad_catalog") from error
    if comes is None:
        raise Problem("schedule.cron", shorten(schedule.cron), "names a day that never comes", remedy, "bad_catalog")


def occurrences(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """Yield the occurrences after a moment, in order, in UTC, each once."""
    last = after.astimezone(UTC)
    for local in _simulated(schedule, last, backwards=False):
        found = local.astimezone(UTC)
        if found > last:
            yield found
            last = found


def occurrences_back(schedule: Schedule, until: datetime) -> Iterator[datetime]:
    """Yield the occurrences up to a moment, the last one first, in UTC, each once."""
    limit = until.astimezone(UTC)
    last = limit + timedelta(seconds=1)
    for local in _simulated(schedule, limit + timedelta(hours=3), backwards=True):  # local time may have turned back
        found = local.astimezone(UTC)
        if found < last:
            yield found
            last = found


def _simulated(schedule: Schedule, moment: datetime, *, backwards: bool) -> CronSim:
    from cronsim import CronSim

    return CronSim(schedule.cron, moment.astimezone(schedule.zone), reverse=backwards)


def start_of(catalog: Catalog, schedule: Schedule, occurrence: datetime) -> datetime:
    """Return when the run of an occurrence begins: up to `jitter_s` later, by a hash, so the same on all machines."""
    seed = f"{catalog.tenant}/{catalog.id}/{run_at(occurrence)}".encode()
    late_s = int.from_bytes(hashlib.sha256(seed).digest()[:8]) % (schedule.jitter_s + 1)
    return occurrence + timedelta(seconds=late_s)


@dataclass(frozen=True)
class DueRun:
    """An occurrence, and the moment at which its run begins."""

    occurrence: datetime
    starts: datetime

    @property
    def run(self) -> str:
        """The name of its run."""
        return run_at(self.occurrence)


def due_run(catalog: Catalog, schedule: Schedule, now: datetime) -> DueRun | None:
    """Return the newest occurrence whose start has come by `now`; None if there was none within the last 50 years."""
    for occurrence in islice(occurrences_back(schedule, now), MOST_ASKED):
        starts = start_of(catalog, schedule, occurrence)
        if starts <= now:
            return DueRun(occurrence, starts)
    return None


def next_start(catalog: Catalog, schedule: Schedule, now: datetime) -> DueRun | None:
    """Return the first occurrence after `now` with its start; None if there is none within the next 50 years."""
    occurrence = next(occurrences(schedule, now), None)
    return DueRun(occurrence, start_of(catalog, schedule, occurrence)) if occurrence else None
