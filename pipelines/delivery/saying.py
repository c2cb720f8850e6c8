"""What is said of a file at a target: its path, its metadata, and the target's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from foundry.delivery.describing import fields_of, metadata_of
from foundry.delivery.metadata import AssetMetadata
from foundry.delivery.paths import path_of
from foundry.delivery.target import Target
from foundry.names import digest
from foundry.tenant import Tenant
from pipelines.delivery.selecting import Selected


@dataclass(frozen=True, kw_only=True)
class Saying:
    """The path of a file, and the words that go with it."""

    path: str
    metadata: AssetMetadata
    fields: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """A hash of the words, 32 hex digits: where it differs, the file is brought again."""
        return digest("delivery-saying", metadata=self.metadata.digest, fields=self.fields)


def say(file: Selected, tenant: Tenant, target: Target) -> Saying:
    """Return what is said of a file."""
    metadata = metadata_of(file.row, tenant, file.slot, file.items)
    path = path_of(file.slot, file.shown, target.naming)
    return Saying(path=path, metadata=metadata, fields=fields_of(metadata, target.metadata))
