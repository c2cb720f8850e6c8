"""The reference of set files: `python -m console.set_reference` prints the tables of docs/sets.md."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from foundry.sets.set_file import Ground, KeyLight, Lens, Light, Part, SetFile, Surface, Wall

SECTIONS: dict[str, type[BaseModel]] = {
    "a set": SetFile,
    "ground": Ground,
    "wall": Wall,
    "one of parts": Part,
    "surface": Surface,
    "light": Light,
    "light.key": KeyLight,
    "lens": Lens,
}


def set_reference() -> str:
    """Return the keys of a set file as Markdown: one table for each of its sections."""
    return "\n\n".join("\n".join(_section(name, model)) for name, model in SECTIONS.items())


def _section(name: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"| {name} | default | says |"
    yield "| --- | --- | --- |"
    for key, field in model.model_fields.items():
        default = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        yield f"| `{key}` | {default} | {field.description or ''} |"


def _shown(value: Any) -> str:
    """Return a default as a set file writes it; nothing for one that is empty, or that is a section of its own."""
    if value in (None, (), {}) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, tuple):
        return f"`[{', '.join(str(item) for item in value)}]`"
    return f"`{value}`" if isinstance(value, Decimal) else f"`{str(value).lower()}`"


if __name__ == "__main__":
    print(set_reference())
