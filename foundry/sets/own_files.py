"""The files of a tenant that a set needs: its props, its materials and their pictures. They are received by the door.

Nothing of one tenant is looked for in another's folder. From here on only hashes travel; what is in a prop or a picture
is read in a confined process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from foundry.box import boxed
from foundry.content_cache import ContentCache
from foundry.errors import FoundryError, Problem, Refusals, Unusable
from foundry.inputs.door import FileKind, Home, ReceivedFile, Signature, receive
from foundry.inputs.file_facts import FileFacts
from foundry.inputs.picture import PICTURE, PictureFacts, inspect_picture_once
from foundry.inputs.product_model import CHECKING, MODEL_LIMITS
from foundry.sets.files import own_materials
from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile, Surface
from foundry.tenant import Tenant
from foundry.tenant_files import MATERIALS, home_of, names_of_kind

PROPS = "props"
MOST_PROPS = 200
MAX_EDGE_PX = 4_096
MAX_BYTES = 200_000_000
"""Of all files that one set needs."""
PROP = FileKind(
    "prop", 50_000_000, (Signature(b"glTF"),), "is no binary glTF inside", "export it as GLB with everything inside"
)


@dataclass(frozen=True)
class PropFacts(FileFacts):
    """A usable prop of a tenant: a GLB that passed the check of product models."""


@dataclass(frozen=True)
class OwnFiles:
    """What a set needs of its tenant: materials by their ids, and files by their paths below the tenant's folder.

    A prop called `vase` is the file "props/vase.glb".
    """

    materials: Mapping[str, OwnMaterial] = field(default_factory=dict)
    files: Mapping[str, PropFacts | PictureFacts] = field(default_factory=dict)

    @property
    def props(self) -> tuple[str, ...]:
        """The names of the props, as set files call them."""
        return tuple(prop_name(path) for path, facts in self.files.items() if isinstance(facts, PropFacts))


def prop_path(name: str) -> str:
    """Return the path of a prop below its tenant's folder."""
    return f"{PROPS}/{name}.glb"


def is_prop(path: str) -> bool:
    """Tell whether a path below a tenant's folder is that of a prop; any other is that of a picture."""
    return path.startswith(f"{PROPS}/")


def prop_name(path: str) -> str:
    """Return the name by which set files call the prop of a path."""
    return path.removeprefix(f"{PROPS}/").removesuffix(".glb")


def own_props(tenant: Tenant) -> tuple[str, ...]:
    """Return the names of the props in a tenant's folder, sorted, without opening one."""
    names = names_of_kind(home_of(tenant.folder), PROPS, ".glb", MOST_PROPS)
    return tuple(prop_name(f"{PROPS}/{name}") for name in names)


def receive_set_files(tenant: Tenant, set_file: SetFile) -> OwnFiles:
    """Receive and inspect what a set names of its tenant's own; Refusals with a problem for each unusable file.

    A material or a prop of the tenant's goes before one of the library with the same name.
    """
    known, problems = own_materials(tenant), list[FoundryError]()
    materials = {name: known[name] for name in sorted(materials_named(set_file) & set(known))}
    files: dict[str, PropFacts | PictureFacts] = {}
    home = home_of(tenant.folder)
    for name in sorted(shapes_named(set_file) & set(own_props(tenant))):
        _add(files, prop_path(name), prop_path(name), problems, home)
    for key, material in materials.items():
        for where, name in material.pictures():
            _add(files, f"{MATERIALS}/{key}.yaml: {where}", name, problems, home)
    if (size := sum(facts.file.size_bytes for facts in files.values())) > MAX_BYTES:
        limit = f"needs {size} bytes of own files; the limit is {MAX_BYTES}"
        problems.append(Problem(f"sets/{set_file.id}.yaml", "", limit, "use smaller props and pictures"))
    if problems:
        raise Refusals(f"set {set_file.id}", tuple(problems))
    return OwnFiles(materials, files)


def materials_named(set_file: SetFile) -> frozenset[str]:
    """Return the names of all materials in a set file."""
    return frozenset(surface.material for surface in _surfaces(set_file))


def shapes_named(set_file: SetFile) -> frozenset[str]:
    """Return the names of the shapes and props of all parts of a set file."""
    return frozenset(part.shape for part in set_file.parts)


def _surfaces(value: object) -> Iterator[Surface]:
    if isinstance(value, Surface):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _surfaces(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _surfaces(item)


def _add(
    files: dict[str, PropFacts | PictureFacts], where: str, name: str, problems: list[FoundryError], home: Home
) -> None:
    """Add the facts of a file, or a problem of the field that names it."""
    if name in files:
        return
    try:
        if is_prop(name):
            files[name] = _inspected_prop(receive(home, name, PROP))
        else:
            files[name] = _texture(receive(home, name, PICTURE))
    except Unusable as error:
        problems.append(error.at(where, name))


def _texture(file: ReceivedFile) -> PictureFacts:
    facts = inspect_picture_once(file)
    if max(facts.width_px, facts.height_px) > MAX_EDGE_PX:
        limit = f"has {facts.width_px}×{facts.height_px} pixels; the limit is {MAX_EDGE_PX} an edge"
        raise Unusable(file.short_name, limit, "give a smaller picture")
    return facts


_prop_facts: ContentCache[PropFacts] = ContentCache(256)


def _inspected_prop(file: ReceivedFile) -> PropFacts:
    """Return the facts of a prop; the same bytes are checked once in a process."""
    return replace(_prop_facts.get(file.sha256, lambda: _checked(file)), file=file)


def _checked(file: ReceivedFile) -> PropFacts:
    boxed(CHECKING, file, limits=MODEL_LIMITS, name=file.short_name, suffix=".glb")
    return PropFacts(file)
