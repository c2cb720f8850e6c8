"""The tags by which our assets are found again in Bynder: whose they are, their slot, and their content.

Bynder searches by tags and by options of metaproperties; free texts of metaproperties cannot be searched for.
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


def content_tag(sha256: str) -> str:
    """Return the tag of a content's hash."""
    return CONTENT + sha256


def told(tags: Iterable[str], kind: str) -> str:
    """Return what the tag of a kind says, "" if there is none. Bynder may change the case of tags."""
    return next((each.casefold().removeprefix(kind) for each in tags if each.casefold().startswith(kind)), "")


def joined(tags: Iterable[str]) -> str:
    """Return tags as Bynder takes them: by commas, each once, and with none in them."""
    plain = (" ".join(each.replace(",", " ").split()) for each in tags)
    return ",".join(dict.fromkeys(filter(None, plain)))
