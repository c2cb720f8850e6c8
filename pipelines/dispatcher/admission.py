"""Admission of a record from a briefs topic: read it, parse its brief, plan it for its tenant, or refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundry.brief.brief import Brief
from foundry.brief.intake import parse
from foundry.errors import FoundryError, Refusals
from pipelines.bus.client import KafkaRecord
from pipelines.bus.messages import BriefRequest, CancelRequest, parse_record
from pipelines.planning.admission import Admitted, BriefFolders, admit_brief


class ForeignFile(FoundryError):
    """A brief from a topic that names a file outside its tenant's folder."""

    code = "foreign_file"

    def __init__(self, path: str, file: str, tenant: str) -> None:
        super().__init__(path, file, tenant)
        self.path, self.file, self.tenant = path, file, tenant

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.file!r} lies outside the files of tenant {self.tenant!r}; "
            "give a path relative to the tenant's folder of files"
        )


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


def read_request(record: KafkaRecord) -> BriefRequest | CancelRequest:
    """Return the request that a record of a briefs topic makes; Unreadable if it makes none."""
    where = f"{record.topic}:{record.partition}:{record.offset}"
    return parse_record(record.topic, record.value, record.headers, where)


def admit_request(request: BriefRequest, folders: Folders) -> Admitted:
    """Plan the brief of a request as `foundry run` would; Refusals, with all reasons, if it cannot be planned.

    Product files are read only from the tenant's own folder, because whoever may write to the topic can name any path.
    """
    brief = parse(request.document)
    folder = folders.files / brief.tenant
    if foreign := tuple(_foreign_files(brief, folder)):
        raise Refusals(f"brief {brief.tenant}/{brief.campaign.id}", foreign)
    return admit_brief(brief, BriefFolders(folders.tenants, folder, folders.cards))


def _foreign_files(brief: Brief, folder: Path) -> Iterator[FoundryError]:
    """Yield an error for each absolute path and each path that leaves the folder, by `..` or by a link."""
    home = folder.resolve()
    for index, product in enumerate(brief.products):
        for field in ("picture", "model"):
            file = getattr(product, field)
            if file and not (folder / file).resolve().is_relative_to(home):
                yield ForeignFile(f"products[{index}].{field}", file, brief.tenant)
