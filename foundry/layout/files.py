"""Layout files: reading, inheritance, tenants' own files, and the variations for a placement.

Files become plain maps and are merged as maps; `foundry.layout.layout.Layout` validates the result.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from foundry.channel.placement import Placement
from foundry.documents.limits import SETTINGS
from foundry.documents.reading import only_document
from foundry.documents.sentences import Wording, joined, parse_value
from foundry.documents.yaml_text import load_yaml
from foundry.errors import BadInput, FoundryError, Refusals, shorten
from foundry.inputs.file_identity import FileIdentity, file_identity
from foundry.layout.layout import Layout
from foundry.names import Slug
from foundry.strict_model import StrictModel
from foundry.tenant import Tenant
from foundry.tenant_files import NamedText
from templates import TEMPLATES

SHIPPED = TEMPLATES / "layouts"
_ABOUT_FILES = ("extends", "default", "variations", "abstract")
_AREAS = frozenset({"area", "areas"})
_LONGEST_CHAIN = 20
LAYOUT, WHEN = Wording(whole="layout"), Wording(whole="`when`")
LayoutId = Annotated[str, Field(min_length=1, max_length=100)]
Raw = dict[str, Any]


class UnknownLayout(FoundryError):
    """No layout has this id, or none serves this family."""

    code = "unknown_layout"

    def __init__(self, wanted: str, near: tuple[str, ...]) -> None:
        super().__init__(wanted, near)
        self.wanted, self.near = wanted, near

    def __str__(self) -> str:
        near = ", ".join(self.near) or "none"
        return f"no layout is called, or serves the family, {shorten(self.wanted)}; near it: {near}."


class When(StrictModel):
    """The placements and compositions that a variation is for: all conditions given must hold."""

    lower_than_px: int | None = Field(default=None, description="Height below this.")
    narrower_than_px: int | None = Field(default=None, description="Width below this.")
    wider_than: tuple[int, int] | None = Field(default=None, description="Width to height, above this ratio.")
    taller_than: tuple[int, int] | None = Field(default=None, description="Width to height, below this ratio.")
    safe_top: int | None = Field(default=None, description="The safe area begins at least so low (thousandths).")
    safe_bottom: int | None = Field(default=None, description="The safe area ends at least so high above the edge.")
    placements: tuple[str, ...] = ()
    composition: tuple[Slug, ...] = Field(default=(), description="The picture's composition is one of these.")

    def holds(self, placement: Placement, composition: str) -> bool:
        """Return True if all conditions hold for the placement and its picture's composition."""
        width, height = placement.size
        safe = placement.safe_area
        holds = (
            self.lower_than_px is None or height < self.lower_than_px,
            self.narrower_than_px is None or width < self.narrower_than_px,
            self.wider_than is None or width * self.wider_than[1] > height * self.wider_than[0],
            self.taller_than is None or width * self.taller_than[1] < height * self.taller_than[0],
            self.safe_top is None or safe.top >= self.safe_top,
            self.safe_bottom is None or safe.bottom >= self.safe_bottom,
            not self.placements or placement.name in self.placements,
            not self.composition or composition in self.composition,
        )
        return all(holds)


class _Head(BaseModel):
    """The keys of a layout file that are read before layouts are merged."""

    id: LayoutId
    family: str | None = Field(default=None, max_length=60)
    extends: LayoutId | None = None
    default: bool = False
    variations: tuple[dict[str, Any], ...] = Field(default=(), max_length=100)


def merge_layouts(below: Mapping[str, Any], above: Mapping[str, Any]) -> Raw:
    """Return `above` merged over `below`.

    Maps are merged at every depth, null removes a key, areas and everything else replace.
    """
    result = dict(below)
    if _AREAS & set(above):
        result = {key: value for key, value in result.items() if key not in _AREAS}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif key not in _AREAS and isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merge_layouts(result[key], value)
        else:
            result[key] = value
    return result


@dataclass(frozen=True)
class LayoutFiles:
    """The layouts that one tenant sees: the shipped ones, and its own above them."""

    shipped: Mapping[str, Raw]
    own: Mapping[str, Raw]
    _made: dict[tuple[str, str, str], Layout] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Ids of all layouts that serve a family."""
        return tuple(sorted(name for name in {**self.shipped, **self.own} if self._raw(name).get("family")))

    def families(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of each family, the default first."""
        return dict(self._families)

    @cached_property
    def _families(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(self._raw(name)["family"], []).append(name)
        return {family: tuple(sorted(ids, key=lambda i: (not self._first(i), i))) for family, ids in found.items()}

    def default(self, family: str) -> str:
        """Return the family's default, a tenant's own before a shipped one; UnknownLayout if no layout serves it."""
        known = self._families
        if family not in known:
            raise UnknownLayout(family, tuple(known))
        return known[family][0]

    def _first(self, name: str) -> int:
        own = 2 if self.own.get(name, {}).get("default") else 0
        return own or int(bool(self.shipped.get(name, {}).get("default")))

    def layout(self, name: str, placement: Placement, composition: str = "") -> Layout:
        """Return a layout as it applies to a placement, for pictures of a composition, by default the usual one.

        BadInput says what is wrong with its file.
        """
        key = (name, placement.digest, composition)
        if key not in self._made:
            raw = self._raw(name)
            if "family" not in raw:
                raise BadInput(f"layout {name}", "serves no family; it is there to be extended. Name another.")
            try:
                for variation in raw.get("variations", ()):
                    if parse_value(When, variation.get("when", {}), WHEN).holds(placement, composition):
                        raw = merge_layouts(raw, {k: v for k, v in variation.items() if k != "when"})
                plain = {k: v for k, v in raw.items() if k not in _ABOUT_FILES}
                self._made[key] = parse_value(Layout, plain, LAYOUT)
            except Refusals as refused:
                raise BadInput(f"layout {name}", f"is not a layout: {joined(refused)}") from refused
        return self._made[key]

    def _raw(self, name: str, below: tuple[tuple[str, bool], ...] = ()) -> Raw:
        """Return a file merged over the files that it extends.

        A tenant's layout may extend the shipped layout of its own name.
        """
        if len(below) > _LONGEST_CHAIN:
            wrong = f"leads through more than {_LONGEST_CHAIN} files; extend a layout nearer to the first"
            raise BadInput(f"layout {below[0][0]}: extends", wrong)
        own = name in self.own and not (below and below[-1] == (name, True))
        if (name, own) in below:
            chain = " → ".join([*(n for n, _ in below), name])
            raise BadInput(f"layout {below[0][0]}: extends", f"runs in a circle, {chain}; break it")
        file = (self.own if own else self.shipped).get(name)
        if file is None:
            known = self.names if not below else tuple(sorted({**self.shipped, **self.own}))
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
            raise UnknownLayout(name, tuple(near or known[:5]))
        if "extends" not in file:
            return dict(file)
        parent = self._raw(file["extends"], (*below, (name, own)))
        return merge_layouts({k: v for k, v in parent.items() if k not in ("default", "abstract", "title")}, file)


def layouts_of(tenant: Tenant | None = None) -> LayoutFiles:
    """Return the layouts that a tenant sees, or the shipped ones; changed files are read again."""
    return _files(_stamps(SHIPPED), tenant.files.layouts if tenant else ())


def layout_for(placement: Placement, tenant: Tenant | None = None, composition: str = "") -> Layout:
    """Return the layout of a placement's family: the one that the tenant's brand kit names, else the default.

    It is as it applies to pictures of a composition; without a name, to those of the usual one.
    """
    files = layouts_of(tenant)
    chosen = tenant.brand.layouts.get(placement.family) if tenant else None
    return files.layout(chosen or files.default(placement.family), placement, composition)


def layout_named(name: str, placement: Placement, tenant: Tenant | None = None, composition: str = "") -> Layout:
    """Return a layout by its id, with the variations for the placement; UnknownLayout names similar ids."""
    return layouts_of(tenant).layout(name, placement, composition)


def _stamps(folder: Path) -> tuple[FileIdentity, ...]:
    return tuple(map(file_identity, sorted(folder.glob("*.yaml"))))


@lru_cache(maxsize=64)
def _files(shipped: tuple[FileIdentity, ...], own: tuple[NamedText, ...]) -> LayoutFiles:
    return LayoutFiles(_shipped(shipped), {name: _raw_layout(name, text) for name, text in own})


@lru_cache(maxsize=2)
def _shipped(files: tuple[FileIdentity, ...]) -> dict[str, Raw]:
    """Return the raw layouts that come with the project, read once for all tenants."""
    return {path.stem: _raw_layout(path.stem, path.read_bytes()) for path, *_ in files}


def _raw_layout(name: str, text: bytes) -> Raw:
    where = f"layouts/{name}.yaml"
    raw: Raw = only_document(load_yaml(text, where, SETTINGS), where)
    try:
        parse_value(_Head, raw, LAYOUT)
    except Refusals as refused:
        raise BadInput(where, f"is not a layout: {joined(refused)}") from refused
    if raw["id"] != name:
        raise BadInput(where, f"needs `id: {name}`, the name of its file")
    return raw
