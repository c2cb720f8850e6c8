"""Values that a brief puts in place of those of a set's file, by their path in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from foundry.errors import Unusable
from foundry.sets.set_file import SetFile

FIXED = ("id", "version", "title", "words", "scene")
"""Fields that say which set it is; no brief changes them."""
OWN_OPTIONS = "options"
"""The field whose keys the shapes know, so that a file need not hold them."""


def with_values(file: SetFile, values: Mapping[str, str]) -> SetFile:
    """Return a set with some of its values replaced; Unusable names the first path or value that does not fit."""
    if not values:
        return file
    content = file.model_dump()
    for path, value in values.items():
        _put(content, path, value, file)
        try:
            SetFile.model_validate(content)
        except ValidationError as error:
            wrong = f"cannot be {value!r} in set {file.id}: {error.errors()[0]['msg']}"
            raise Unusable(path, wrong, "see `foundry sets show` for what it may be") from error
    return SetFile.model_validate(content)


def _put(content: dict[str, Any], path: str, value: str, file: SetFile) -> None:
    """Replace the value at a path of a set's plain content."""
    *above, last = path.split(".")
    holder: Any = content
    for part in above:
        holder = _inside(holder, part)
    known = (isinstance(holder, dict) and (last in holder or above[-1:] == [OWN_OPTIONS])) or _has(holder, last)
    if not known or (above or [last])[0] in FIXED:
        raise _unknown(path, content, file)
    held = holder[int(last)] if isinstance(holder, list) else holder.get(last)
    if isinstance(held, dict) or (isinstance(held, list | tuple) and not _is_range(held)):
        raise _unknown(path, content, file)
    holder[int(last) if isinstance(holder, list) else last] = _read(value)


def _inside(holder: Any, part: str) -> Any:
    """Return what a part of a path leads to; None if it leads nowhere. Tuples become lists, which can be changed."""
    if isinstance(holder, dict) and part in holder:
        held = holder[part]
        if isinstance(held, tuple):
            held = holder[part] = list(held)
        return held
    return holder[int(part)] if _has(holder, part) else None


def _has(holder: Any, part: str) -> bool:
    return isinstance(holder, list) and part.isdigit() and int(part) < len(holder)


def _is_range(held: Any) -> bool:
    return len(held) == 2 and all(isinstance(end, Decimal) for end in held)


def _read(value: str) -> Decimal | str | bool:
    """Return the number that a text says, or the text."""
    if value in ("true", "false"):
        return value == "true"
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def _unknown(path: str, content: dict[str, Any], file: SetFile) -> Unusable:
    near = difflib.get_close_matches(path, list(_paths(content)), n=3, cutoff=0.4)
    remedy = f"did you mean {', '.join(near)}?" if near else "see `foundry sets show` for its values"
    return Unusable(path, f"is no value of set {file.id}", remedy)


def _paths(held: Any, above: str = "") -> Iterator[str]:
    """Yield the paths of all values that a brief may replace."""
    if isinstance(held, dict):
        for key, inner in held.items():
            if above or key not in FIXED:
                yield from _paths(inner, f"{above}{key}.")
    elif isinstance(held, list | tuple) and not _is_range(held):
        for at, inner in enumerate(held):
            yield from _paths(inner, f"{above}{at}.")
    elif above:
        yield above.removesuffix(".")
