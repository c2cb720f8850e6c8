"""Admission of a record from a briefs topic: read it, parse its brief, plan it for its tenant, or refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foundry.brief.intake import parse
from foundry.inputs.door import Home
from pipelines.bus.client import KafkaRecord
from pipelines.bus.messages import BriefRequest, CancelRequest, parse_record
from pipelines.planning.admission import Admitted, BriefFolders, admit_brief


@dataclass(frozen=True)
class Folders:
    """The folders of tenants, of their files (`files/TENANT/…`) and, if given, of your own model cards."""

    tenants: Path
    files: Path
    cards: Path | None = None

    @property
    def required(self) -> tuple[Path, ...]:
        """The folders without which no brief can be admitted."""
        return (self.tenants, self.files)

    def state_of(self, tenant: str) -> tuple[tuple[int, int, int] | int | None, ...]:
        """Return what differs once one of the folders, or the tenant's own in them, was exchanged, moved or written to.

        For each it is the device, the inode and the time of its last change, or the number of the error.
        """
        return tuple(_state(folder) for root in self.required for folder in (root, root / tenant))


def _state(folder: Path) -> tuple[int, int, int] | int | None:
    try:
        found = folder.lstat()
    except OSError as error:
        return error.errno
    return found.st_dev, found.st_ino, found.st_ctime_ns


def read_request(record: KafkaRecord) -> BriefRequest | CancelRequest:
    """Return the request that a record of a briefs topic makes; Unreadable if it makes none."""
    where = f"{record.topic}:{record.partition}:{record.offset}"
    return parse_record(record.topic, record.value, record.headers, where)


def admit_request(request: BriefRequest, folders: Folders) -> Admitted:
    """Plan the brief of a request as `foundry run` would; Refusals, with all reasons, if it cannot be planned.

    Product files are read only from the tenant's own folder, because whoever may write to the topic can name any path.
    """
    brief = parse(request.document)
    own_files = Home(folders.files, brief.tenant)
    return admit_brief(brief, BriefFolders(folders.tenants, own_files, folders.cards))
