"""Set files: the shipped ones, `templates/sets/*.yaml`, and those that a tenant keeps in its folder `sets`."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import TypeVar

from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.documents.reading import only_document
from foundry.documents.sentences import Wording, joined, parse_value
from foundry.documents.yaml_text import load_yaml
from foundry.errors import BadInput, FoundryError, Problem, Refusals, shorten
from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile
from foundry.tenant import Tenant
from foundry.tenant_files import MATERIALS, SETS, NamedText
from templates import TEMPLATES

SHIPPED = TEMPLATES / "sets"
SET, MATERIAL = Wording(whole="set file"), Wording(whole="material file")
Own = TypeVar("Own", SetFile, OwnMaterial)


class UnknownSet(FoundryError):
    """No set has this id."""

    code = "unknown_set"

    def __init__(self, wanted: str, near: tuple[str, ...]) -> None:
        super().__init__(wanted, near)
        self.wanted, self.near = wanted, near

    def __str__(self) -> str:
        near = ", ".join(self.near) or "none"
        return f"no set is called {shorten(self.wanted)}; near it: {near}. `foundry sets list` lists all."


@lru_cache(maxsize=1)
def shipped_sets() -> dict[str, SetFile]:
    """Return the shipped sets by id, sorted."""
    found = (SetFile.model_validate(read_yaml(path, SETTINGS)) for path in sorted(SHIPPED.glob("*.yaml")))
    return {each.id: each for each in found}


def sets_of(tenant: Tenant | None = None) -> dict[str, SetFile]:
    """Return the sets that a tenant sees, by id: the shipped ones, and its own above them.

    BadInput says what is wrong with a file of the tenant's.
    """
    return shipped_sets() if tenant is None else {**shipped_sets(), **own_sets(tenant)}


def own_sets(tenant: Tenant) -> dict[str, SetFile]:
    """Return a tenant's own sets by id; BadInput says what is wrong with a file."""
    return dict(_own_sets(tenant.files.sets))


def own_materials(tenant: Tenant) -> dict[str, OwnMaterial]:
    """Return a tenant's own materials by id; BadInput says what is wrong with a file."""
    return dict(_own_materials(tenant.files.materials))


def set_named(name: str, tenant: Tenant | None = None) -> SetFile:
    """Return a set by its id; UnknownSet names similar ids."""
    known = sets_of(tenant)
    if name not in known:
        raise UnknownSet(name, tuple(difflib.get_close_matches(name, known, n=3, cutoff=0.3) or list(known)[:5]))
    return known[name]


@lru_cache(maxsize=64)
def _own_sets(texts: tuple[NamedText, ...]) -> dict[str, SetFile]:
    return {name: parse_named(SetFile, name, text, f"{SETS}/{name}.yaml", SET) for name, text in texts}


@lru_cache(maxsize=64)
def _own_materials(texts: tuple[NamedText, ...]) -> dict[str, OwnMaterial]:
    return {name: parse_named(OwnMaterial, name, text, f"{MATERIALS}/{name}.yaml", MATERIAL) for name, text in texts}


def parse_named(model: type[Own], name: str, text: bytes, where: str, wording: Wording) -> Own:
    """Return what a file says whose name must be the id in it; BadInput, which calls it `where`, says what is wrong."""
    try:
        found = parse_value(model, only_document(load_yaml(text, "", SETTINGS), "file"), wording)
    except (Problem, Refusals) as error:
        raise BadInput(where, f"is not a {wording.whole}: {joined(error)}") from error
    if found.id != name:
        raise BadInput(where, f"needs `id: {shorten(name)[1:-1]}`, the name of its file")
    return found
