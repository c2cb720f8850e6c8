"""Assets as an instance describes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from connectors.aem.names import DAM
from connectors.http.answers import ForeignAnswer
from connectors.target.connector import Found

SLOT, ASSET, CONTENT, SHA1, WROTE = "foundrySlot", "foundryAsset", "foundryContent", "foundrySha1", "foundryWrote"
"""Our own properties: of which slot an asset is, which file, its SHA-256 and SHA-1 as they were sent, and which values
were written. They have no prefix, as an instance refuses prefixes that are not registered with it."""
EXPIRATION = "prism:expirationDate"
_SLING_DATE = "%a %b %d %Y %H:%M:%S GMT%z"
MOST_FIELDS, LONGEST_FIELD = 100, 2_000


class NodeContent(ForeignAnswer):
    """The node `jcr:content` of an asset."""

    metadata: dict[str, Any] = Field(default={})
    state: str = Field(default="", alias="dam:assetState", max_length=100)
    modified: str = Field(default="", alias="jcr:lastModified", max_length=100)


class AssetNode(ForeignAnswer):
    """A node of the repository, an asset if its type says so. path is told by queries alone."""

    type: str = Field(default="", alias="jcr:primaryType", max_length=200)
    uuid: str = Field(default="", alias="jcr:uuid", max_length=200)
    path: str = Field(default="", alias="jcr:path", max_length=4_000)
    content: NodeContent = Field(default=NodeContent(), alias="jcr:content")

    @property
    def is_processed(self) -> bool:
        """Whether what the instance computes of the content is that of the present content."""
        return self.content.state != "processing"

    @property
    def sha1(self) -> str:
        """SHA-1 of the original, 40 hex digits, as the instance computed it; "" if it has not yet."""
        told = self.text("dam:sha1").lower()
        return told if self.is_processed and re.fullmatch("[0-9a-f]{40}", told) else ""

    @property
    def size_bytes(self) -> int | None:
        """The size of the original, as the instance tells it."""
        told = self.text("dam:size")
        return int(told) if self.is_processed and re.fullmatch("[0-9]{1,15}", told) else None

    def text(self, name: str) -> str:
        """Return a property of the metadata as text, a list joined by line ends; "" if there is none."""
        value = self.content.metadata.get(name, "")
        if isinstance(value, list):
            return "\n".join(str(each) for each in value)
        return "" if value is None else str(value)

    def expired(self, now: float) -> bool:
        """Return whether it has an expiration date that has passed; `now` is in seconds since 1970."""
        until = moment(self.text(EXPIRATION))
        return until is not None and until <= now

    def found(self, path: str, now: float) -> Found:
        """Return it as a connector tells it; path: relative to the target's folder."""
        metadata = self.content.metadata
        kept = [name for name in sorted(metadata) if name not in (SLOT, ASSET, CONTENT, SHA1, WROTE)]
        return Found(
            target_id=self.uuid,
            path=path,
            size_bytes=self.size_bytes,
            checksums={"sha1": self.sha1} if self.sha1 else {},
            slot=self.text(SLOT),
            asset=self.text(ASSET),
            content=self.text(CONTENT),
            expired=self.expired(now),
            modified=_iso(moment(self.content.modified)),
            fields={name: self.text(name)[:LONGEST_FIELD] for name in kept[:MOST_FIELDS]},
        )


def relative(path: str, folder: str) -> str | None:
    """Return an absolute path relative to a folder of the repository; None if it is not below it."""
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") and folder.startswith(DAM) else None


def moment(told: str) -> float | None:
    """Return the seconds since 1970 of a date as Sling writes it, or of one in ISO 8601; None if it is neither."""
    for parse in (_of_sling, datetime.fromisoformat):
        try:
            found = parse(told)
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None


def _of_sling(told: str) -> datetime:
    return datetime.strptime(told, _SLING_DATE)


def _iso(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
