"""The work on one record: read it, admit its brief, and answer in values that the dispatcher can act on.

This runs in a process of its own, which the dispatcher may end at any moment (`admission_process`).
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from foundry.errors import FoundryError
from pipelines.bus.messages import BriefRequest, CancelRequest, Sender, sender_of, sender_of_request
from pipelines.dispatcher.admission import Folders, admit_request, read_request
from pipelines.dispatcher.order import PlainRecord, cut_into_parts
from pipelines.dispatcher.outages import outage_of
from pipelines.dispatcher.scheduler import WorkPart
from pipelines.planning.admission import Admitted

LONGEST_TRACE = 20_000
TRIES_WHILE_FOLDERS_CHANGE = 3
T = TypeVar("T")
Stage = Literal["read", "admit", "run"]
AwayKind = Literal["admission", "folders"]


class AdmissionBroke(FoundryError):
    """A record whose reading or admission failed for a reason that nobody foresaw; tenants learn only its type."""

    code = "admission_broke"

    def __init__(self, kind: str, trace_id: str) -> None:
        super().__init__(kind, trace_id)
        self.kind, self.trace_id = kind, trace_id

    def __str__(self) -> str:
        return (
            f"the brief could not be checked ({self.kind}); this is a fault of the service. "
            f"Tell its operator the trace {self.trace_id}, and send the brief again once it is repaired."
        )


class AdmissionTooCostly(FoundryError):
    """A record whose reading or admission went over a limit of time or memory, or ended its process."""

    code = "admission_too_costly"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"checking the brief {self.what}; split it into smaller briefs, with fewer products, locales or files"


@dataclass(frozen=True)
class AdmissionJob:
    """One record to read and admit.

    away: tenants that cannot be served now, whose briefs are put off unseen. part_cost: as in `Dispatcher`.
    memory: the limit of memory in bytes, which the answer names if it is reached.
    """

    record: PlainRecord
    folders: Folders
    part_cost: int
    away: frozenset[str] = frozenset()
    memory: int = 0


@dataclass(frozen=True)
class FolderCheck:
    """A question whether the folders, and those of one tenant, can be listed."""

    folders: Folders
    tenant: str


@dataclass(frozen=True)
class AdmittedBrief:
    """A brief that is planned, with the parts that its plan is cut into."""

    sender: Sender
    admitted: Admitted
    parts: list[WorkPart]


@dataclass(frozen=True)
class Cancellation:
    """A request to stop a campaign."""

    sender: Sender


@dataclass(frozen=True)
class Refused:
    """A record that cannot be read or admitted; `sender` is None if it was not found out."""

    stage: Stage
    error: FoundryError
    sender: Sender | None


@dataclass(frozen=True)
class Broke:
    """An error that nobody foresaw, with its type and traceback. `passing`: another try may succeed."""

    stage: Stage
    kind: str
    trace: str
    sender: Sender | None
    passing: bool = False


@dataclass(frozen=True)
class Away:
    """Something that admission needs is away: of one tenant, or of all if `tenant` is empty.

    unseen: the tenant is one of the job's `away`, so the brief was not looked at.
    """

    kind: AwayKind
    tenant: str
    reason: str
    unseen: bool = False


Answer = AdmittedBrief | Cancellation | Refused | Broke | Away


def answer_job(job: AdmissionJob, tell: Callable[[Sender], None]) -> Answer:
    """Return the answer to a job, whatever its record holds. `tell` is given the sender as soon as it is known."""
    sender: Sender | None = None
    stage: Stage = "read"
    try:
        request = read_request(job.record)
        sender = sender_of_request(job.record.topic, request)
        tell(sender)
        if isinstance(request, CancelRequest):
            return Cancellation(sender)
        stage = "admit"
        return _admit(job, request, sender)
    except MemoryError:
        what = f"took more than {job.memory // 2**20} MB of memory"
        return Refused(stage, AdmissionTooCostly(what), sender)
    except Exception as error:  # noqa: BLE001 - whatever it is, the dispatcher acts on it
        return _explain(error, job, stage, sender or sender_of(job.record))


def _admit(job: AdmissionJob, request: BriefRequest, sender: Sender) -> Answer:
    if request.tenant in job.away:
        return Away("folders", request.tenant, "", unseen=True)
    admitted = repeat_if_changed(
        lambda: admit_request(request, job.folders), lambda: job.folders.state_of(request.tenant)
    )
    parts = cut_into_parts(admitted.plan, job.part_cost)
    admitted.plan.digest  # noqa: B018 - computed here, because the dispatcher's polling thread must not
    return AdmittedBrief(sender, admitted, parts)


def repeat_if_changed(admit: Callable[[], T], state: Callable[[], object]) -> T:
    """Return what `admit` returns, and repeat it after a refusal during which `state` has changed.

    A file that was missing while its folder was exchanged, or mounted again, is not a fault of the brief. After the
    last of TRIES_WHILE_FOLDERS_CHANGE, the refusal stands.
    """
    for _ in range(TRIES_WHILE_FOLDERS_CHANGE - 1):
        before = state()
        try:
            return admit()
        except FoundryError:
            if state() == before:
                raise
    return admit()


def _explain(error: Exception, job: AdmissionJob, stage: Stage, sender: Sender) -> Answer:
    """Return the answer for an error: an outage, if there is one, or else the record's fault or a bug."""
    if away := _outage(error, job.folders, sender.tenant):
        return away
    if isinstance(error, FoundryError):
        return Refused(stage, error, sender)
    trace = "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
    return Broke(stage, type(error).__name__, trace, sender, passing=isinstance(error, OSError))


def _outage(error: Exception, folders: Folders, tenant: str) -> Away | None:
    """Return the outage behind an error, if there is one."""
    if reason := outage_of(error):
        return Away("admission", "", reason)
    return folder_outage(folders, tenant)


def folder_outage(folders: Folders, tenant: str = "") -> Away | None:
    """Return the outage of a folder that cannot be listed: of everybody's folders, or of those of one tenant."""
    for folder in folders.required:
        if reason := _unlistable(folder):
            return Away("folders", "", reason)
    if tenant:
        for folder in folders.required:
            own = folder / tenant
            if os.path.lexists(own) and (reason := _unlistable(own)):
                return Away("folders", tenant, reason)
    return None


def _unlistable(folder: Path) -> str:
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
    except OSError as error:
        return str(error)
    return ""
