"""Assets as Cloudinary tells them, and as they are called there."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from connectors.http.answers import ForeignAnswer
from connectors.target.connector import Found
from connectors.target.outgoing import Content

Text = Annotated[str, StringConstraints(max_length=2_000)]
IN_USE, OUT_OF_USE = "upload", "authenticated"
"""The delivery types of assets that everybody may fetch, and of those that nobody may without a signed address."""
SLOT, ASSET, CONTENT, MD5 = "foundry_slot", "foundry_asset", "foundry_content", "foundry_md5"
"""The keys under which the contextual metadata tells what we brought."""
FILMS = frozenset({"mp4", "webm", "mov"})
RAW = frozenset({"vtt", "zip", "csv", "xlsx", "json", "jsonl", "txt"})
_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Identity:
    """What names an asset: the kind of resource, the delivery type, and the public id, which has no extension.

    Public ids of raw files have one.
    """

    resource_type: str
    type: str
    public_id: str


def identity_of(path: str) -> Identity:
    """Return the identity of the file at a path: always the same, so that a repeated upload makes no second asset."""
    stem, _, extension = path.rpartition(".")
    if extension in RAW or not stem:
        return Identity("raw", IN_USE, path)
    return Identity("video" if extension in FILMS else "image", IN_USE, stem)


def md5_of(content: Content) -> str:
    """Return the MD5 of a content, hex digits."""
    return base64.b64decode(content.md5_base64).hex()


class _Context(ForeignAnswer):
    custom: dict[Text, Text] = Field(default={})


class Resource(ForeignAnswer):
    """An asset. done: False for an upload of which chunks are missing. existing: it was there and was left as it is."""

    asset_id: Text = ""
    public_id: Text = ""
    resource_type: Text = "image"
    type: Text = IN_USE
    format: Text = ""
    version: Text = ""
    bytes: int | None = Field(default=None, ge=0)
    etag: Text = ""
    created_at: Text = ""
    done: bool = True
    existing: bool = False
    context: _Context = _Context()

    @field_validator("context", mode="before")
    @classmethod
    def _may_be_missing(cls, told: object) -> object:
        return told or {}

    @property
    def identity(self) -> Identity:
        """What names it."""
        return Identity(self.resource_type, self.type, self.public_id)

    @property
    def md5(self) -> str:
        """The MD5 of its content, hex digits; "" where the entity tag is something else."""
        return self.etag if _MD5.fullmatch(self.etag) else ""

    def holds(self, content: Content) -> bool:
        """Return whether it has a content, by hash, or by size where it tells no hash."""
        if self.md5:
            return self.md5 == md5_of(content)
        return self.bytes == content.size_bytes

    def is_as_left(self, slot: str) -> bool:
        """Return whether we brought it to a slot, and nobody has changed its content since."""
        said = self.context.custom
        return said.get(SLOT) == slot and self.md5 in ("", said.get(MD5))

    def found(self) -> Found:
        """Return it as connectors tell assets."""
        said = self.context.custom
        extension = f".{self.format}" if self.format and self.resource_type != "raw" else ""
        return Found(
            target_id=self.asset_id,
            path=f"{self.public_id}{extension}",
            version=self.version,
            etag=self.etag,
            size_bytes=self.bytes,
            checksums={"md5": self.md5} if self.md5 else {},
            slot=said.get(SLOT, ""),
            asset=said.get(ASSET, ""),
            content=said.get(CONTENT, ""),
            expired=self.type != IN_USE,
            modified=self.created_at,
            fields={key: text for key, text in said.items() if not key.startswith("foundry_")},
        )


class Page(ForeignAnswer):
    """A page of a list."""

    resources: list[Resource] = Field(default=[], max_length=500)
    next_cursor: Text = ""

    @field_validator("next_cursor", mode="before")
    @classmethod
    def _may_be_null(cls, told: object) -> object:
        return told or ""
