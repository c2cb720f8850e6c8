"""The tags by which our assets are found again in Bynder: whose they are, their slot, and their content.

Bynder searches by tags and by options of metaproperties; free texts of metaproperties cannot be searched for. The tag
of the content names the version that has it, because Bynder takes tags in a request of its own after a new version.
"""

from __future__ import annotations

from collections.abc import Iterable

from foundry.names import digest

SLOT, CONTENT, OWNER = "foundry-slot-", "foundry-content-", "foundry-owner-"


def owner_tag(tenant: str, target: str) -> str:
    """Return the tag of all that one target of a tenant has brought; two targets may share a portal."""
    return OWNER + digest("bynder-owner", tenant=tenant, target=target)[:16]


def slot_tag(slot: str) -> str:
    """Return the tag of a slot's id."""
    return SLOT + slot


def content_tag(sha256: str, version: int | None = 1) -> str:
    """Return the tag of the content of a version, by its hash."""
    return f"{CONTENT}{sha256}-v{version or 1}"


def told(tags: Iterable[str], kind: str) -> str:
    """Return what the tag of a kind says, "" if there is none. Bynder may change the case of tags."""
    return next((each.casefold().removeprefix(kind) for each in tags if each.casefold().startswith(kind)), "")


def told_content(tags: Iterable[str], version: int | None) -> str:
    """Return the hash of the content of a version; "" if the tag is not there, or speaks of another version."""
    content, _, of = told(tags, CONTENT).rpartition("-v")
    return content if of == str(version or 1) else ""


def joined(tags: Iterable[str]) -> str:
    """Return tags as Bynder takes them: by commas, each once, and with none in them."""
    plain = (" ".join(each.replace(",", " ").split()) for each in tags)
    return ",".join(dict.fromkeys(filter(None, plain)))
