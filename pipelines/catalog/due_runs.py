"""The run of an occurrence: begun at most once by all schedulers together, tried again if it broke off, and recorded.

Each try is claimed by an object that is written once, below the run's folder, before anything is done. Whoever finds it
there leaves the try to the one who wrote it. So an occurrence has one run, whatever the clocks of several machines say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from foundry.catalog.catalog import Catalog, Schedule
from foundry.catalog.run_book import begin_run, read_run
from foundry.catalog.runs import RunRecord, RunState, catalog_folder, run_folder
from foundry.errors import BadInput
from foundry.names import digest
from foundry.store.lease import LeaseHeld, take_lease
from foundry.store.object_store import NoSuchObject, ObjectStore
from pipelines.catalog.schedule import DueRun, occurrences_back, start_of
from pipelines.catalog.setting import CatalogSetting

MOST_TRIES = 3
RETRY = timedelta(minutes=5)
"""From the beginning of the first try to the second one; each further pause is four times as long."""
MISSED_AFTER = timedelta(minutes=15)
"""A run that could not begin for so long was missed: nobody was there to begin it."""
EARLY = timedelta(minutes=1)
"""A clock that starts a job by itself may be so much ahead of ours."""
AGAIN_S = 30.0
ENDED = frozenset({RunState.FINISHED, RunState.UNCHANGED, RunState.STOPPED, RunState.SKIPPED})


class Refresh(Protocol):
    """`pipelines.catalog.refresh.refresh`."""

    def __call__(
        self, catalog: Catalog, setting: CatalogSetting, *, run: str | None = None, scheduled: bool = False
    ) -> RunRecord:
        """Make the run, or what is left of it, and return its record; LeaseHeld if another run of it works."""


class Stand(StrEnum):
    """Where the run of an occurrence stands."""

    OVER = "over"
    MISSED = "missed"  # it was not begun in time
    DUE = "due"  # the next try can begin
    LATER = "later"  # the next try can begin after a pause


@dataclass(frozen=True)
class Standing:
    """Where the run of an occurrence stands, with the number of its next try."""

    stand: Stand
    next_try: int = 1


def lease_name(catalog: str) -> str:
    """Return the object name of a catalog's lease, which every run of it holds."""
    return f"{catalog_folder(catalog)}/lease.json"


def note_schedule(own: ObjectStore, catalog: Catalog, now: datetime) -> datetime:
    """Note when the catalog's present schedule was first seen, and return that moment: no earlier run was missed."""
    schedule = catalog.schedule
    said = digest("schedule", cron=schedule.cron, timezone=schedule.timezone) if schedule else ""
    since = now.astimezone(UTC)

    def change(before: bytes | None) -> bytes | None:
        nonlocal since
        noted = json.loads(before) if before else {}
        if noted.get("schedule") == said:
            since = datetime.fromisoformat(noted["since"])
            return None
        since = now.astimezone(UTC)
        return json.dumps({"schedule": said, "since": since.isoformat()}).encode()

    own.revise(f"{catalog_folder(catalog.id)}/schedule.json", change)
    return since


def standing(own: ObjectStore, catalog: Catalog, due: DueRun, now: datetime, *, patient: bool = True) -> Standing:
    """Return where the run of an occurrence stands. Not `patient`: without pauses between tries, and none is missed."""
    record = _record(own, catalog, due.run)
    if record and record.state in ENDED:
        return Standing(Stand.OVER)
    names = [_try_name(catalog.id, due.run, number) for number in range(1, MOST_TRIES + 1)]
    tries = [json.loads(data)["began"] for data in own.fetch(names) if data]
    if not tries and not record:
        schedule = catalog.schedule
        late = patient and now - due.starts > MISSED_AFTER
        return Standing(Stand.MISSED if late and schedule and schedule.missed == "skip" else Stand.DUE)
    if len(tries) >= MOST_TRIES:
        return Standing(Stand.OVER)
    pause = RETRY * 4 ** (len(tries) - 1) if tries and patient else timedelta()
    waits = bool(tries) and now < datetime.fromisoformat(tries[-1]) + pause
    return Standing(Stand.LATER if waits else Stand.DUE, len(tries) + 1)


def begin(catalog: Catalog, setting: CatalogSetting, due: DueRun, next_try: int, refresh: Refresh) -> RunRecord | None:
    """Make the run of an occurrence; return its record, or None if it has to wait for another run or is another's.

    If another run is at it, a schedule whose overlap is "skip" has its run recorded as skipped.
    """
    own = setting.own(catalog.tenant)
    try:
        take_lease(own, lease_name(catalog.id), seconds=setting.lease_s).give_back()
    except LeaseHeld as held:
        if _record(own, catalog, due.run) or not catalog.schedule or catalog.schedule.overlap == "wait":
            return None
        return skip(own, catalog, due, setting.now(), f"another run was at it: {held}")
    if not own.put_once(_try_name(catalog.id, due.run, next_try), _claim(setting.now())):
        return None
    try:
        return refresh(catalog, setting, run=due.run, scheduled=True)
    except LeaseHeld:
        return None


def skip(own: ObjectStore, catalog: Catalog, due: DueRun, now: datetime, reason: str) -> RunRecord:
    """Record that the run of an occurrence is left out, and why; return its record, or the one that was there."""
    moment = now.astimezone(UTC).isoformat(timespec="seconds")
    record = RunRecord(
        catalog=catalog.id,
        tenant=catalog.tenant,
        run=due.run,
        state=RunState.SKIPPED,
        began=moment,
        ended=moment,
        scheduled=True,
        reason=reason,
    )
    return record if begin_run(own, record) else read_run(own, catalog.id, due.run)


def missed_reason(due: DueRun, now: datetime) -> str:
    """Return the sentence for a run that was missed and is not made up for."""
    late = int((now - due.starts).total_seconds() // 60)
    return f"no scheduler was there when it was due, {late} minutes ago, and missed runs of this catalog are skipped"


def run_due(
    catalog: Catalog, setting: CatalogSetting, refresh: Refresh, sleep: Callable[[float], None]
) -> RunRecord | None:
    """Make the run for which a job of another scheduler was started, such as a CronJob: that of the newest occurrence.

    A job that is started again goes on with the same run. None if its tries are used up.
    """
    own, due = setting.own(catalog.tenant), newest_occurrence(catalog, setting.now())
    sleep(max(0.0, (due.starts - setting.now()).total_seconds()))
    while True:
        found = standing(own, catalog, due, setting.now(), patient=False)
        if found.stand is Stand.OVER:
            return _record(own, catalog, due.run)
        if record := begin(catalog, setting, due, found.next_try, refresh):
            return record
        sleep(AGAIN_S)


def newest_occurrence(catalog: Catalog, now: datetime) -> DueRun:
    """Return the newest occurrence, also one that comes within a minute; BadInput if the catalog has no schedule."""
    schedule: Schedule | None = catalog.schedule
    occurrence = next(occurrences_back(schedule, now + EARLY), None) if schedule else None
    if schedule is None or occurrence is None:
        missing = "has no schedule; add one to its file, or leave out --scheduled"
        raise BadInput(f"catalog {catalog.tenant}/{catalog.id}", missing)
    return DueRun(occurrence, start_of(catalog, schedule, occurrence))


def _record(own: ObjectStore, catalog: Catalog, run: str) -> RunRecord | None:
    try:
        return read_run(own, catalog.id, run)
    except NoSuchObject:
        return None


def _try_name(catalog: str, run: str, number: int) -> str:
    return f"{run_folder(catalog, run)}/tries/{number}.json"


def _claim(now: datetime) -> bytes:
    return json.dumps({"began": now.astimezone(UTC).isoformat()}).encode()
