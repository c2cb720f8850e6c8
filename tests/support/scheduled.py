"""Catalogs with a schedule, as small as they can be."""

from __future__ import annotations

from typing import Any

from foundry.catalog.catalog import Catalog

CAMPAIGN = {
    "campaign": {"id": "nightly", "name": "Nightly"},
    "market": {"regions": ["Germany"], "audience": "everybody"},
    "scenes": [{"id": "plain", "prompt": "a plain grey wall"}],
    "messages": {"en-US": {"headline": "{product.name}"}},
    "placements": ["meta/feed-square"],
}


def a_catalog(catalog_id: str = "shoes", tenant: str = "aurelle", **schedule: Any) -> Catalog:
    """Return a catalog of a feed that is never read, with a schedule of these fields, or none."""
    return Catalog.model_validate(
        {
            "id": catalog_id,
            "name": "Shoes",
            "tenant": tenant,
            "feed": {"source": "shoes.tsv"},
            "campaign": CAMPAIGN,
            "schedule": {"cron": "30 2 * * *", **schedule},
        }
    )
