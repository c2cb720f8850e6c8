"""The files of a tenant: pictures and fonts that its own file names, received by the door, and its texts beside it.

Texts are layouts, sets, and materials of sets: one YAML file each, in a folder of their kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from foundry.beneath import names_beneath
from foundry.content_cache import ContentCache
from foundry.documents.limits import SETTINGS
from foundry.errors import FoundryError, Problem, Refusals, Unusable
from foundry.inputs.door import FileKind, Home, ReceivedFile, Signature, read_once, receive
from foundry.inputs.font import FONT, FontFacts, inspect_font
from foundry.inputs.picture import PICTURE, PictureFacts, inspect_picture_once

DOCUMENT = FileKind("document", SETTINGS.size_bytes, (Signature(b""),), "", "give a YAML file")
"""A text that a person writes; `foundry.documents` judges its content."""
LAYOUTS, SETS, MATERIALS = "layouts", "sets", "materials"
MOST_TEXTS = 200
"""In each of these folders."""

Facts = TypeVar("Facts")
NamedText = tuple[str, bytes]
"""The id of a layout, a set or a material, by its file's name, and the file's content."""
ReadFile = Callable[[str], bytes]
"""Returns a picture or a font by its SHA-256."""
NamedFile = tuple[str, str]
"""The field that names a file, and the name."""


@dataclass(frozen=True)
class TenantFiles:
    """The received pictures and fonts of a tenant by the names that its file gives them, and its own texts.

    `read` returns one of them by its hash where the tenant's folder is out of reach: on a worker, from the store.
    """

    pictures: Mapping[str, PictureFacts] = field(default_factory=dict)
    layouts: tuple[NamedText, ...] = ()
    read: ReadFile | None = field(default=None, compare=False)
    fonts: Mapping[str, FontFacts] = field(default_factory=dict)
    sets: tuple[NamedText, ...] = ()
    materials: tuple[NamedText, ...] = ()

    def content(self, name: str) -> bytes:
        """Return the bytes of a picture or a font."""
        facts = self.pictures.get(name) or self.fonts[name]
        return self.read(facts.sha256) if self.read else facts.file.read()


def receive_tenant_files(
    tenant: str, folder: Path, named: Iterable[NamedFile], fonts: Iterable[NamedFile] = ()
) -> TenantFiles:
    """Receive and inspect the pictures `named` and the `fonts` in a tenant's folder, and read its texts.

    Refusals with a problem for each file that cannot be used.
    """
    home, problems = home_of(folder), list[FoundryError]()
    pictures = _received(named, lambda name: inspect_picture_once(receive(home, name, PICTURE)), problems)
    faces = _received(fonts, lambda name: _inspected_font(receive(home, name, FONT)), problems)
    texts = {kind: _texts(home, kind, problems) for kind in (LAYOUTS, SETS, MATERIALS)}
    if problems:
        raise Refusals(f"tenant {tenant}", tuple(problems))
    return TenantFiles(pictures, texts[LAYOUTS], fonts=faces, sets=texts[SETS], materials=texts[MATERIALS])


def _received(
    named: Iterable[NamedFile], inspect: Callable[[str], Facts], problems: list[FoundryError]
) -> dict[str, Facts]:
    """Return the facts of each file by its name; add a problem for each field whose file cannot be used."""
    found = dict[str, Facts]()
    for path, name in named:
        try:
            if name not in found:
                found[name] = inspect(name)
        except Unusable as error:
            problems.append(error.at(path, name))
    return found


_font_facts: ContentCache[FontFacts] = ContentCache(1_024)


def _inspected_font(file: ReceivedFile) -> FontFacts:
    """Return the facts of a font; the same bytes are rebuilt for them once in a process."""
    return replace(_font_facts.get(file.sha256, lambda: inspect_font(file)), file=file)


def home_of(folder: Path) -> Home:
    """Return the home of a tenant's folder, which must not be a link; the folder that holds it may be one."""
    return Home(folder.parent, folder.name) if folder.name else Home(folder)


def _texts(home: Home, kind: str, problems: list[FoundryError]) -> tuple[NamedText, ...]:
    """Return the texts in the folder of a kind; add a problem if they cannot be read."""
    try:
        names = names_of_kind(home, kind, ".yaml", MOST_TEXTS)
        return tuple((name.removesuffix(".yaml"), read_once(home, f"{kind}/{name}", DOCUMENT)) for name in names)
    except Unusable as error:
        problems.append(error.at(kind))
    except FoundryError as error:
        problems.append(error)
    return ()


def names_of_kind(home: Home, folder: str, suffix: str, most: int) -> list[str]:
    """Return the names of the files with this suffix in a folder of a tenant, sorted; none where there is no folder."""
    if not home.below:
        return []
    try:
        found = names_beneath(home.root, f"{home.below}/{folder}")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Problem(folder, "", "is not a plain folder", "make it one, without links") from error
    names = [name for name in found if name.endswith(suffix)]
    if len(names) > most:
        raise Problem(folder, str(len(names)), f"{folder} are there; the limit is {most}", "remove some")
    return names
