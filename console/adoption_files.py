"""Adopted briefs as files: the brief, the files that it names, the draft of a tenant's file, and the plan's word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.printing import Terminal, say
from foundry.adoption.relocating import copy_files, files_named_by, renamed_for
from foundry.adoption.said import Adoption, Said
from foundry.adoption.saying import as_yaml
from foundry.brief.brief import Brief
from foundry.documents.sentences import parse_value
from foundry.documents.writing import write_whole, yaml_text
from foundry.errors import FoundryError, Refusals
from foundry.names import is_slug
from foundry.tenant import TENANT, TENANT_FILE, Tenant, load_tenant

DRAFT_HEAD = "# A draft by `foundry brief adopt`, from what a brief says of its brand. Look through it.\n"

FILES_OF_TENANT = ("brand.logo.", "brand.fonts.")
"""Fields of the tenant's file that name files, and what else they say."""
OF_TENANT = "tenant: "
"""Begins the fields of decisions that are of the tenant's file."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """The place of adopted briefs. source: the file that is adopted. output: the brief's file; None for stdout.

    tenants: the folder of tenants, given or beside the brief.
    """

    source: Path
    output: Path | None
    tenants: Path
    tenants_given: bool
    cards: Path | None

    @property
    def folder(self) -> Path | None:
        """The folder of the brief's file, where other files may lie beside it; None for stdout and devices."""
        if self.output is None or (self.output.exists() and not self.output.is_file()):
            return None
        return self.output.parent


def tenants_in(folder: Path) -> frozenset[str] | None:
    """Return the ids of the tenants in a folder; None where there is none, so that nobody knows them."""
    if not folder.is_dir():
        return None
    return frozenset(each.name for each in folder.iterdir() if is_slug(each.name) and (each / TENANT_FILE).is_file())


def folder_of(tenants: Path, tenant: str) -> Path | None:
    """Return the folder of a tenant that exists; None for any other name."""
    folder = tenants / tenant
    return folder if is_slug(tenant) and (folder / TENANT_FILE).is_file() else None


def write_adoption(adoption: Adoption, to: Destination, err: Terminal) -> None:
    """Write briefs, and drafts of tenants' files where there are none, and say whether the briefs can be planned."""
    home = to.source.parent
    briefs = [said.brief for said in adoption.campaigns if said.brief]
    if to.folder is not None:
        briefs = [_placed(brief, home, to.folder, err) for brief in briefs]
    text = "---\n".join(map(as_yaml, briefs))
    if to.output is None:
        say(text.rstrip())
    else:
        write_whole(to.output, text)
        err.print(f"written to {to.output}")
    for said in _first_drafts(adoption):
        _write_draft(said, to, err)
    for brief in briefs:
        _say_whether_it_plans(brief, to, err)


def _placed(brief: Brief, home: Path, folder: Path, err: Terminal) -> Brief:
    """Return the brief as it stands in `folder`: with its files' names from there, or with its files copied there."""
    renamed = renamed_for(brief, home, folder)
    if renamed is not None:
        return renamed
    for name in copy_files(files_named_by(brief), home, folder):
        err.print(f"copied {name} to {folder}")
    return brief


def _first_drafts(adoption: Adoption) -> Iterator[Said]:
    """Yield, for each tenant that the briefs say something of, the first campaign that does."""
    seen: set[str] = set()
    for said in adoption.campaigns:
        if said.brief and said.tenant and said.brief.tenant not in seen:
            seen.add(said.brief.tenant)
            yield said


def _write_draft(said: Said, to: Destination, err: Terminal) -> None:
    """Write what the brief says of its brand: as the tenant's file where there is none, else beside the brief."""
    tenant = said.brief.tenant if said.brief else ""
    known = folder_of(to.tenants, tenant) is not None
    if known and not _news_for(said, to.tenants):
        return
    if to.folder is None:
        has = f"tenant {tenant} has {'its' if known else 'no'} {TENANT_FILE}"
        err.print(f"{has}; with --output, what the brief says of the brand is written beside the brief")
        return
    its_own = to.tenants / tenant / TENANT_FILE
    path = to.folder / f"{tenant}.{TENANT_FILE}" if known or to.tenants_given else its_own
    if path.exists():
        err.print(f"{path} exists, and is not replaced by what the brief says of the brand")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    named = (text for field, text in _facts_in(said.tenant) if field.startswith(FILES_OF_TENANT))
    copy_files(named, to.source.parent, path.parent)
    write_whole(path, DRAFT_HEAD + yaml_text(dict(said.tenant)))
    err.print(f"draft of the tenant's file written to {path}")
    if path != its_own:
        err.print(f"  look through it, then {'take over what is new into' if known else 'move it to'} {its_own}")
    try:
        parse_value(Tenant, dict(said.tenant), TENANT)
    except Refusals as refused:
        for problem in refused.problems:
            err.print(f"  it needs: {problem}")


def _news_for(said: Said, tenants: Path) -> bool:
    """Return True if the brief states something of the brand that the tenant's file does not say."""
    try:
        has = set(_facts_in(load_tenant(tenants, str(said.draft["tenant"])).model_dump(mode="json")))
    except FoundryError:  # the plan says what is wrong with the file
        return True
    stated = {each.field.removeprefix(OF_TENANT) for each in said.decisions if each.leaves}
    return any(path in stated and (path, text) not in has for path, text in _facts_in(said.tenant))


def _facts_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each plain value; those of a list have the list's path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _facts_in(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _facts_in(inner, path)
    else:
        yield path, str(value)


def _say_whether_it_plans(brief: Brief, to: Destination, err: Terminal) -> None:
    """Plan the brief where its tenant is known, and say what is missing."""
    from pipelines.planning.admission import admit_brief, folders_of

    name = f"{brief.tenant}/{brief.campaign.id}"
    if folder_of(to.tenants, brief.tenant) is None:
        err.print(
            f"{name} is not planned: there is no {to.tenants / brief.tenant / TENANT_FILE}; write one "
            "(see `foundry schema tenant`), then give `foundry plan`"
        )
        return
    beside = to.output if to.output is not None and to.folder is not None else to.source
    try:
        admitted = admit_brief(brief, folders_of(beside, to.tenants, to.cards, None))
    except FoundryError as refused:
        err.print(f"{name} cannot be planned yet:")
        problems: tuple[Any, ...] = refused.problems if isinstance(refused, Refusals) else (refused,)
        for problem in problems:
            err.print(f"  {problem}")
        return
    err.print(f"{name} can be planned: {admitted.estimate.shots} shots, {admitted.estimate.variants} files")
    for note in admitted.assumptions:
        err.print(f"  note: {note}")
