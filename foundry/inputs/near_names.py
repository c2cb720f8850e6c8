"""Files that are called almost as somebody wrote: in another Unicode form, another case, or with another ending."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

MOST_NAMES = 5_000
"""Of one folder. A larger one is not searched."""
MOST_FOLDERS = 16
_JOINTS = re.compile(r"[\W_]+")

NamesIn = Callable[[str], Sequence[str]]
"""Returns the names in a folder by its path below the home, "" for the home itself; none if it cannot be listed."""


def equal_paths(path: str, names_in: NamesIn) -> list[str]:
    """Return the paths of entries that are canonically equivalent to `path`: its letters are composed otherwise."""
    if path.isascii():
        return []
    return _alike(path, names_in, _composed, _composed)


def near_paths(path: str, names_in: NamesIn) -> list[str]:
    """Return the paths of entries that differ by case, accents, the joints between words or the ending alone."""
    return _alike(path, names_in, _folded, _folded_stem)


Key = Callable[[str], str]


def _alike(path: str, names_in: NamesIn, folder_key: Key, last_key: Key) -> list[str]:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    found = [""]
    for place, part in enumerate(parts, start=1):
        key = last_key if place == len(parts) else folder_key
        wanted = key(part)
        found = [
            f"{folder}/{name}" if folder else name
            for folder in found[:MOST_FOLDERS]
            for name in _searchable(names_in(folder))
            if key(name) == wanted
        ]
    return [each for each in found if each]


def _searchable(names: Sequence[str]) -> Sequence[str]:
    return names if len(names) <= MOST_NAMES else ()


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    """Return the letters and digits of a name, without case and accents; the name itself if it has none."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _JOINTS.sub("", plain) or name


def _folded_stem(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return _folded(stem if dot and stem else name)
