"""The check of a set file against the library and its tenant's own: every name in it must be known."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from pydantic import BaseModel

from foundry.errors import Problem, shorten
from foundry.sets.own_files import OwnFiles
from foundry.sets.set_file import KeyLight, Light, Part, SetFile, Surface
from models.sets.building.library import GOBOS, MATERIALS, SHAPES, SKIES


def problems_of(set_file: SetFile, own: OwnFiles | None = None) -> tuple[Problem, ...]:
    """Return a problem for each shape, material, mask and sky of a set that nobody knows; each names similar ones."""
    own = own or OwnFiles()
    return tuple(
        _unknown(f"sets/{set_file.id}.yaml: {path}", name, known, command)
        for path, name, known, command in _names(set_file, "", own)
        if name not in known
    )


def _names(value: object, path: str, own: OwnFiles) -> Iterator[tuple[str, str, Collection[str], str]]:
    """Yield each name in a part of a set file: its path, the name, what there is, and the command that lists it."""
    if isinstance(value, Surface):
        yield f"{path}.material", value.material, {*MATERIALS, *own.materials}, "foundry sets materials"
    if isinstance(value, Part):
        yield f"{path}.shape", value.shape, {*SHAPES, *own.props}, "foundry sets shapes"
    elif isinstance(value, KeyLight) and value.gobo:
        yield f"{path}.gobo", value.gobo, GOBOS, "foundry sets shapes"
    elif isinstance(value, Light) and value.sky:
        yield f"{path}.sky", value.sky, SKIES, "foundry sets shapes"
    elif not isinstance(value, Part | Surface) and isinstance(shape := getattr(value, "shape", None), str):
        yield f"{path}.shape", shape, SHAPES, "foundry sets shapes"
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _names(getattr(value, name), f"{path}.{name}" if path else name, own)
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from _names(item, f"{path}[{at}]", own)


def _unknown(path: str, name: str, known: Collection[str], command: str) -> Problem:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    remedy = f"near it: {', '.join(near)}; `{command}` lists all" if near else f"`{command}` lists all"
    return Problem(path, shorten(name), "is not known", remedy)
