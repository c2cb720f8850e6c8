"""What is delivered together: the files of a campaign, or those of all products of a catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from foundry.catalog.runs import CAMPAIGN_LETTERS, catalog_folder
from foundry.errors import BadInput, shorten
from foundry.names import is_slug
from foundry.store.object_store import ObjectStore

CAMPAIGN, CATALOG = "campaign", "catalog"
_OF_A_CATALOG = re.compile(r"([a-z0-9][a-z0-9._-]*)\.[0-9a-f]{16}")
"""The ids of campaigns that the runs of a catalog make (`pipelines.catalog.admitting.batch_campaign`)."""


@dataclass(frozen=True)
class Scope:
    """A campaign or a catalog of a tenant."""

    tenant: str
    kind: Literal["campaign", "catalog"]
    id: str

    @property
    def text(self) -> str:
        """The scope as slots name it: `campaign:<id>` or `catalog:<id>`."""
        return f"{self.kind}:{self.id}"


def scope_from_text(tenant: str, text: str) -> Scope:
    """Return a scope from its text; BadInput for any other text."""
    kind, _, name = text.partition(":")
    if kind not in (CAMPAIGN, CATALOG) or not is_slug(name):
        raise BadInput("scope", f"{shorten(text)} is none; write campaign:ID or catalog:ID")
    return Scope(tenant, cast(Literal["campaign", "catalog"], kind), name)


def scope_of(own: ObjectStore, tenant: str, campaign: str) -> Scope:
    """Return the scope of a campaign's files: the catalog whose run made the campaign, or the campaign itself."""
    found = _OF_A_CATALOG.fullmatch(campaign)
    if found:
        for catalog in _catalogs(own, found.group(1)):
            return Scope(tenant, "catalog", catalog)
    return Scope(tenant, "campaign", campaign)


def _catalogs(own: ObjectStore, begins: str) -> Iterator[str]:
    """Yield the ids of the catalogs whose campaigns' ids begin so; a long id is cut there."""
    if len(begins) < CAMPAIGN_LETTERS:
        if own.exists(f"{catalog_folder(begins)}/catalog.json"):
            yield begins
        return
    yield from (name.split("/")[1] for name in own.matching(f"{catalog_folder(begins)}*/catalog.json"))
