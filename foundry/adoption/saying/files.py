"""Files that a brief names: looked for beside it, by the spelling that is there."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from foundry.adoption.shapes import file_name_in
from foundry.inputs.file_name import is_file_name

PICTURES = ("png", "jpg", "jpeg", "webp")
MODELS = ("glb", "usd", "usda", "usdc", "usdz")
SOUNDS = ("mp3", "wav", "aac", "m4a", "flac", "ogg", "opus", "aif", "aiff")
FONTS = ("ttf", "otf", "woff", "woff2")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]+:")


@dataclass(frozen=True)
class NamedFile:
    """A file that a brief may name. name: relative to the brief, "" if it cannot be named, as `because` says.

    there: True if the file is in the folder. because: a clause for people on what was changed or is wrong; often empty.
    """

    name: str
    there: bool
    because: str = ""


def named_files(text: str, folder: Path, endings: tuple[str, ...]) -> list[NamedFile]:
    """Return the files below a folder that a text names, by one of some endings; at least one."""
    readings = file_name_in(text)
    if not readings:
        return [_named(text, folder, endings)]
    return [
        NamedFile("", False, f"{reading.name!r} is an address on the web; fetch the file and name it beside the brief")
        if reading.remote
        else _named(reading.name, folder, endings)
        for reading in readings
    ]


def _named(text: str, folder: Path, endings: tuple[str, ...]) -> NamedFile:
    if _SCHEME.match(text.strip()):
        return NamedFile("", False, f"{text.strip()[:60]!r} is an address; fetch the file and name it beside the brief")
    name = text.strip().replace("\\", "/").removeprefix("./")
    if name.rsplit(".", 1)[-1].casefold() not in endings or "." not in name:
        return NamedFile("", False, f"{name[:60]!r} is no file of the kind that is taken here ({', '.join(endings)})")
    try:
        found = _spelled(name, folder) if is_file_name(name) else _elsewhere(name, folder)
    except OSError:
        return NamedFile("", False, "the file system takes no such name")
    if found:
        return NamedFile(found, True, "" if found == text.strip() else f"the file is called {found!r} there")
    if not is_file_name(name):
        return NamedFile("", False, f"{name[:60]!r} is no relative path below the brief's folder")
    return NamedFile(name, False, "the file is not beside the brief yet; without it the plan is refused")


def _elsewhere(name: str, folder: Path) -> str:
    """Return the file of a path's last part in the folder itself; "" if there is none."""
    last = name.rsplit("/", 1)[-1]
    return _spelled(last, folder) if is_file_name(last) else ""


def _spelled(name: str, folder: Path) -> str:
    """Return a file's path as the file system spells it, letter case and composition aside; "" if there is none."""
    if (folder / name).is_file():
        return name
    here, kept = folder, list[str]()
    for part in name.split("/"):
        try:
            names = sorted(each.name for each in here.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return ""
        same = [each for each in names if _folded(each) == _folded(part)]
        if len(same) != 1:
            return ""
        here, kept = here / same[0], [*kept, same[0]]
    return "/".join(kept) if here.is_file() else ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
