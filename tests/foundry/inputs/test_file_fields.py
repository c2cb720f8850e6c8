"""Every field that names a file has the one type for it, in every model that is parsed from outside."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from foundry.brief.brief import Brief
from foundry.inputs.file_name import FOREIGN_FILE, FileName, is_file_name
from foundry.layout.layout import Layout
from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile
from foundry.strict_model import StrictModel
from foundry.tenant import Tenant

FILE_WORDS = re.compile(
    r"(^|_)(file|files|path|paths|picture|pictures|image|images|logo|logos|music|sound|sounds|voice|voice_over|audio|"
    r"video|film_file|model_file|font_file|icon|icons|mask|texture|lut|sidecar|attachment|attachments|protected|dark|"
    r"light)($|_)"
)
"""Names of fields that hold a file."""
FILE_SENTENCE = re.compile(r"\b(file|files|path|relative to)\b", re.IGNORECASE)
"""Words of a description that a field with another name gives itself away by."""
NO_FILES = {
    "View.light": "where the key light stands",
    "Tenant.folder": "set by the loader, never from the file",
    "SceneSet.values": "values of a set by their dotted paths in it; no text of them is a file (foundry.sets.values)",
    "SetFile.id": "a slug, which is looked up in a list",
    "Naming.file": "a pattern of names at a target, of which no part climbs (tests/foundry/delivery/test_target.py)",
    "Packages.file": "a pattern of the same type, for names within a package",
}
"""Fields that look like files and are none, with the reason."""


def models_within(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield a model and every model in its fields."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for part in parts_of(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models_within(part, seen)


def parts_of(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and everything inside it."""
    yield annotation
    for part in get_args(annotation):
        yield from parts_of(part)


def names_files(annotation: Any, metadata: list[Any]) -> bool:
    """Return True if each text in an annotation is a FileName: keys of maps are not looked at."""
    if any(check in metadata for check in get_args(FileName)[1:]):
        return True
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return names_files(arguments[0], list(arguments[1:]))
    if origin is dict:
        return names_files(arguments[1], [])
    if origin in (Union, types.UnionType, tuple, list):
        return all(names_files(part, []) for part in arguments if part not in (type(None), Ellipsis))
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def plain_file_fields(model: type[BaseModel]) -> list[str]:
    """Return the fields of a model and of those within it that look like files and have another type."""
    found = []
    for each in models_within(model, set()):
        for name, field in each.model_fields.items():
            texts = [part for part in parts_of(field.annotation) if part is str or part is Path]
            looks = FILE_WORDS.search(name) or FILE_SENTENCE.search(field.description or "")
            if texts and looks and not names_files(field.annotation, field.metadata):
                found.append(f"{each.__name__}.{name}")
    return [name for name in found if name not in NO_FILES]


@pytest.mark.parametrize("model", [Brief, Tenant, Layout, SetFile, OwnMaterial])
def test_no_field_of_a_model_from_outside_names_a_file_by_plain_text(model: type[BaseModel]) -> None:
    assert plain_file_fields(model) == []


class _Sneaky(StrictModel):
    """A model with fields that go around the door."""

    picture: str | None = None
    voice_over: dict[str, str] | None = None
    attachments: tuple[str, ...] = ()
    backing: str = Field(default="", description="Audio file, relative to the brief.")
    where: Path = Field(default=Path(), description="Path of the film.")
    music: FileName | None = None
    pictures: tuple[FileName, ...] = ()
    name: str = ""


def test_the_walk_finds_a_new_field_that_goes_around_the_door() -> None:
    named = ["picture", "voice_over", "attachments", "backing", "where"]
    assert plain_file_fields(_Sneaky) == [f"_Sneaky.{name}" for name in named]


@pytest.mark.parametrize(
    "name",
    ["a.png", "products/serum.png", "./a.png", "a//b.png", "ü/é.png", "a b.png", "..a/b..png", "a%2e.png", "a.", "-",
     "~", "ab:c", "a" * 400, "a/" * 15 + "b"],
)  # fmt: skip
def test_a_relative_path_is_a_file_name(name: str) -> None:
    assert is_file_name(name)
    assert TypeAdapter(FileName).validate_python(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    ["", "/", "/a", "//a/b", "..", "../a", "a/..", "a/../b", "a\\b", "C:a", "c:/a", "\\\\host\\a", "a\0", "a\nb",
     "a\x7f", "a:b", "a\x85b",
     "\u202ea", "a\u2066", "a\u2028b", "\ud800", "a" * 401, "a/" * 16 + "b"],
)  # fmt: skip
def test_another_text_is_refused_as_a_foreign_file_whatever_it_is(name: str) -> None:
    assert not is_file_name(name)
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(FileName).validate_python(name)
    (wrong,) = refused.value.errors()
    assert wrong["type"] in (FOREIGN_FILE, "string_unicode")
