"""Where a file lies at a target: the path of its slot, by the target's naming."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foundry.delivery.slot import Slot
from foundry.delivery.target import Naming

MOST_VALUE, MOST_NAME = 60, 180
"""Characters of one value, and of one part of a path without its extension."""
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_DOUBLED = re.compile(r"([_-])[_-]+")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_WHOLE = frozenset({"campaign", "catalog"})
"""The placeholders that are the same for all files of a scope."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the path of a file may say of it besides its slot. extension: without the dot."""

    regions: tuple[str, ...]
    channel: str
    width_px: int
    height_px: int
    extension: str


def path_of(slot: Slot, shown: Shown, naming: Naming) -> str:
    """Return folder, name and extension of a slot's file, as plain parts joined by slashes, without dot files."""
    values = placeholder_values(slot, shown)
    folders = [part for each in naming.folder.split("/") if (part := _part(_filled(each, values)))]
    name = _part(_filled(naming.file.replace("/", "-"), values))
    if slot.id not in "/".join([*folders, name]):  # cut off, as it stood behind very long values
        name = f"{name[: MOST_NAME - 40]}_{slot.id}"
    return "/".join([*folders, f"{name}.{shown.extension}"])


def name_of(slot: Slot, shown: Shown, pattern: str) -> str:
    """Return a name by a pattern, without extension. Two slots may have one name, unless the slot is part of it."""
    return _part(_filled(pattern.replace("/", "-"), placeholder_values(slot, shown))) or slot.id


def scope_folder(scope: str, naming: Naming) -> str:
    """Return the folder that the files of a scope share, and those of no other scope; for what closes a delivery."""
    values = _scope_values(scope)
    parts, own = list[str](), False
    for each in naming.folder.split("/"):
        asked = set(_PLACEHOLDER.findall(each))
        if not asked <= _WHOLE:
            break
        parts.append(_part(_filled(each, values)))
        own = own or values["campaign"] in parts[-1]
    if not own:
        parts.append(_part(scope.partition(":")[2]))
    return "/".join(part for part in parts if part)


def _scope_values(scope: str) -> dict[str, str]:
    kind, _, name = scope.partition(":")
    return {"campaign": _plain(name), "catalog": _plain(name) if kind == "catalog" else ""}


def placeholder_values(slot: Slot, shown: Shown) -> dict[str, str]:
    """Return the value of each placeholder. A catalog's files bear its id as campaign, which stays from run to run."""
    said = {
        "product": slot.product,
        "scene": slot.scene,
        "locale": slot.locale,
        "language": slot.locale.partition("-")[0],
        "market": "-".join(shown.regions),
        "channel": shown.channel,
        "placement": slot.placement,
        "audience": slot.audience,
        "size": f"{shown.width_px}x{shown.height_px}",
        "format": shown.extension,
        "alternative": f"{slot.alternative + 1:02d}",
        "slot": slot.id,
    }
    return {**_scope_values(slot.scope), **{name: _plain(value) for name, value in said.items()}}


def _plain(value: str) -> str:
    return _OTHER.sub("-", value)[:MOST_VALUE].strip("-")


def _filled(pattern: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], pattern)


def _part(text: str) -> str:
    """Return a part of a path: no doubled separators where a value was empty, and nothing that hides or climbs."""
    return _DOUBLED.sub(r"\1", text).strip("._- ")[:MOST_NAME].strip("._- ")
