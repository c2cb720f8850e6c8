"""Names and addresses in the repository of an instance."""

from __future__ import annotations

import re
from urllib.parse import quote

DAM = "/content/dam"
_IN_FOLDERS = re.compile(r"[/:\[\]|*\\.%;#,+?^{}\s\"&\x00-\x1f\x7f]")
_IN_ASSETS = re.compile(r"[/:\[\]|*\\#%{}?&\x00-\x1f\x7f]")
_PROPERTY = re.compile(r"(?:([A-Za-z][A-Za-z0-9_-]{0,40}):)?[A-Za-z][A-Za-z0-9_. -]{0,100}")
_OWN_PREFIXES = frozenset({"jcr", "nt", "mix", "rep", "oak", "sling", "cq", "xml"})


def legal_path(path: str) -> str:
    """Return a path whose names the instance accepts; forbidden characters become hyphens.

    Paths differ by the id of a slot, which has no such character, so no two become one.
    """
    *folders, name = path.split("/")
    legal = [_IN_FOLDERS.sub("-", folder) or "-" for folder in folders]
    return "/".join([*legal, _IN_ASSETS.sub("-", name).strip()])


def address(path: str, ending: str = "") -> str:
    """Return the address of a node, relative to that of the instance, from its absolute path."""
    return "/".join(quote(name, safe="") for name in path.removeprefix("/").split("/")) + ending


def is_property(name: str) -> bool:
    """Return whether a name is that of a metadata property, and no path, operation or property of the repository."""
    found = _PROPERTY.fullmatch(name)
    return found is not None and found[1] not in _OWN_PREFIXES
