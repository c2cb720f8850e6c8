"""The files that an adopted brief names, when the brief is written into another folder than it came from."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from foundry.beneath import open_beneath
from foundry.brief.brief import Brief
from foundry.brief.intake import parse
from foundry.documents.writing import write_whole
from foundry.errors import Unusable
from foundry.inputs.file_name import is_file_name


def files_named_by(brief: Brief) -> Iterator[str]:
    """Yield the names of pictures, models and sounds in a brief, in its order."""
    for product in brief.products:
        yield from (name for name in (product.picture, product.model) if name)
    if brief.film:
        yield from (name for _, name in brief.film.sounds())


def renamed_for(brief: Brief, home: Path, target: Path) -> Brief | None:
    """Return the brief with the names of files in `home` as they are written in `target`, a folder above it.

    None if `home` does not lie below `target`, or if a name becomes too long: then the files must be copied.
    """
    begin, end = target.resolve(), home.resolve()
    if begin == end:
        return brief
    if not end.is_relative_to(begin):
        return None
    below = end.relative_to(begin).as_posix()
    if not all(is_file_name(f"{below}/{name}") for name in files_named_by(brief)):
        return None
    return parse(_with_names(brief, below))


def _with_names(brief: Brief, below: str) -> dict[str, object]:
    content = brief.model_dump(mode="json", exclude_defaults=True)
    for product in content["products"]:
        for field in ("picture", "model"):
            if product.get(field):
                product[field] = f"{below}/{product[field]}"
    film = content.get("film") or {}
    if film.get("music"):
        film["music"] = f"{below}/{film['music']}"
    if film.get("voice_over"):
        film["voice_over"] = {tag: f"{below}/{name}" for tag, name in film["voice_over"].items()}
    return content


def copy_files(names: Iterable[str], home: Path, target: Path) -> tuple[str, ...]:
    """Copy the named files below `home` to the same names below `target`, and return those that were copied.

    Files that are missing in `home` are left out, and files that are equal in `target` stay. Unusable for a file that
    is another one there.
    """
    copied = []
    for name in dict.fromkeys(names):
        if (data := _content(home, name)) is None:
            continue
        there = target / name
        if there.exists():
            if there.read_bytes() != data:
                raise Unusable(str(there), "is another file than the brief's", "name another folder with --output")
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        write_whole(there, data)
        copied.append(name)
    return tuple(copied)


def _content(home: Path, name: str) -> bytes | None:
    """Return the content of a file below a folder, which no link leads out of; None for one that is not there."""
    if not is_file_name(name):
        return None
    try:
        handle = open_beneath(home, name)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)
