"""A record's way in: read, parsed, admitted for its tenant; or refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.brief.brief import Brief
from foundry.brief.intake import parse
from foundry.errors import FoundryError, Refusals
from pipelines.bus.messages import BriefRequest, CancelRequest, parse_record
from pipelines.planning.admission import Admitted, BriefFolders, admit_brief


class ForeignFile(FoundryError):
    """A brief from a topic names a file that is not its tenant's."""

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
    """Where tenants, their files (`files/TENANT/…`) and, if there are any, your own model cards lie."""

    tenants: Path
    files: Path
    cards: Path | None = None

    @property
    def needed(self) -> tuple[Path, ...]:
        """What must be there for any brief to be admitted."""
        return (self.tenants, self.files)


def read_request(record: Any) -> BriefRequest | CancelRequest:
    """What a record of a briefs topic asks for; Unreadable otherwise."""
    where = f"{record.topic}:{record.partition}:{record.offset}"
    return parse_record(record.topic, record.value, record.headers, where)


def admit_request(submitted: BriefRequest, folders: Folders) -> Admitted:
    """The brief's plan, as `foundry run` would admit it; Refusals with every reason otherwise.

    Product files are read below the tenant's own folder and nowhere else: who may write to a topic names paths there.
    """
    brief = parse(submitted.document)
    folder = folders.files / brief.tenant
    if foreign := tuple(_foreign(brief, folder)):
        raise Refusals(f"brief {brief.tenant}/{brief.campaign.id}", foreign)
    return admit_brief(brief, BriefFolders(folders.tenants, folder, folders.cards))


def _foreign(brief: Brief, folder: Path) -> Iterator[FoundryError]:
    """Absolute paths, and those that climb out of the folder, by `..` or by a link."""
    home = folder.resolve()
    for index, product in enumerate(brief.products):
        for field in ("picture", "model"):
            file = getattr(product, field)
            if file and not (folder / file).resolve().is_relative_to(home):
                yield ForeignFile(f"products[{index}].{field}", file, brief.tenant)
