"""What a careful person reads out of a foreign brief: the file `NAME.expected.yaml` beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field

from foundry.documents import read_yaml
from foundry.strict_model import StrictModel
from tests.foreign.books import write_book

FOLDERS = ("briefs", "reported", "demos", "held_back")
HERE = Path(__file__).parent
EXPECTED = ".expected.yaml"


class ExpectedProduct(StrictModel):
    """A product; a field that is not given must be empty in the brief, except the id."""

    name: str
    id: str | None = None
    description: str = ""
    category: str = ""
    picture: str | None = None
    prices: tuple[str, ...] = Field(default=(), description='"49.90 EUR"')


class ExpectedFilm(StrictModel):
    """The wishes for films that the file has."""

    seconds: int | None = None
    music: str | None = None


class ExpectedTenant(StrictModel):
    """The facts that the draft of the tenant's file must hold."""

    name: str
    colours: tuple[str, ...] = ()
    logo: str | None = None
    tone: str = ""
    banned_words: tuple[str, ...] = ()


class ExpectedCampaign(StrictModel):
    """One strict brief. "a|b" accepts either; "*" accepts anything.

    regions: countries by their ISO code, other regions as they stand. scenes: texts that the prompt of each scene
    holds; empty where the file describes none. placements: names, ratios, sizes in pixels or "channel NAME"; None
    where the file names none. alternatives: None where the file may be read either way. metadata: texts that the
    metadata keeps. left_out: texts of rows that are not approved, which stand nowhere in the brief.
    """

    tenant: str
    name: str
    id: str | None = None
    regions: tuple[str, ...]
    audience: str = ""
    messages: dict[str, dict[str, str]]
    products: tuple[ExpectedProduct, ...]
    scenes: tuple[tuple[str, ...], ...] = ()
    avoid: tuple[str, ...] = ()
    placements: tuple[str, ...] | None = None
    film: ExpectedFilm | None = None
    budget: str | None = None
    embargo: date | None = None
    expiry: date | None = None
    alternatives: int | None = 1
    priority: int = 5
    tenant_file: ExpectedTenant | None = None
    metadata: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Expected(StrictModel):
    """The reading of a file.

    kind, writer: for the table in docs/adopting-briefs.md. book: the workbook of `books.py` that is the file. files:
    pictures and sounds that lie beside it. questions: the ids of exactly those that must be asked; "*" means "at least
    one". answers: given to them before the campaigns are compared. refused: texts in the sentence that refuses the
    file. notes: texts in what is said of the file as a whole.
    """

    kind: str
    writer: str
    book: str | None = None
    files: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    campaigns: tuple[ExpectedCampaign, ...]


@dataclass(frozen=True)
class Foreign:
    """A foreign brief and its expected reading."""

    folder: str
    name: str
    expected: Expected

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}"

    def lay_out(self, folder: Path) -> Path:
        """Write the brief, and empty files for what it names, into `folder`; return the brief's path."""
        for name in self.expected.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"")
        if self.expected.book:
            path = folder / f"{self.name}.xlsx"
            write_book(self.expected.book, path)
            return path
        source = next(path for path in (HERE / self.folder).glob(f"{self.name}.*") if not path.name.endswith(EXPECTED))
        path = folder / source.name
        path.write_bytes(source.read_bytes())
        return path


def foreign_briefs() -> list[Foreign]:
    """Return every foreign brief, by folder and name."""
    return [
        Foreign(folder, path.name.removesuffix(EXPECTED), Expected.model_validate(read_yaml(path)))
        for folder in FOLDERS
        for path in sorted((HERE / folder).glob(f"*{EXPECTED}"))
    ]
