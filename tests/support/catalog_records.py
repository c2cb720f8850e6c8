"""Records of a catalog's products and runs, for tests that need some without a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.products import CatalogFile, CatalogProduct, ProductRecord
from foundry.catalog.runs import RunRecord, RunState
from foundry.names import digest


def a_product(number: int = 0, **other: Any) -> CatalogProduct:
    """Return a product with two items."""
    plain = CatalogProduct(
        id=f"mug-{number:04d}",
        items=(f"M{number}-blue", f"M{number}-red"),
        name=f"Stoneware mug {number}",
        description="",
        category="Kitchen",
        price_minor=1_290 + number,
        currency="EUR",
        picture=f"https://shop.example/pictures/{number}.jpg",
        appearance=digest("test-appearance", number=number),
    )
    return replace(plain, **other)


def a_file(number: int = 0, look: str = "", **other: Any) -> CatalogFile:
    """Return a file of a product; `look` makes another one of the same place."""
    placement, locale = other.get("placement", "meta/feed-square"), other.get("locale", "en-US")
    variant = digest("test-variant", number=number, look=look, placement=placement, locale=locale)
    plain = CatalogFile(
        variant=variant,
        address=f"renditions/{variant[:2]}/{variant}.jpg",
        file_name=f"autumn_mug-{number:04d}_table_{locale}_{placement.replace('/', '-')}_1080x1080_a01.jpg",
        placement=placement,
        locale=locale,
        scene="table",
        alternative=0,
        format="jpeg",
        width_px=1_080,
        height_px=1_080,
        size_bytes=180_000,
        crc32c="AAAAAA==",
        thumbnail=f"thumbnails/{variant[:2]}/{variant}.webp",
    )
    return replace(plain, **other)


def a_product_record(number: int = 0, **other: Any) -> ProductRecord:
    """Return the record of a live product with one file."""
    plain = ProductRecord(
        product=a_product(number),
        state="live",
        picture_sha256=f"{number:064x}",
        template="t" * 32,
        campaign="autumn.0123456789abcdef",
        run="20261130T013000Z",
        files=(a_file(number),),
    )
    return replace(plain, **other)


def a_run_record(**other: Any) -> RunRecord:
    """Return the record of a finished run."""
    plain = RunRecord(
        catalog="autumn",
        tenant="aurelle",
        run="20261130T013000Z",
        state=RunState.FINISHED,
        began="2026-11-30T01:30:00+00:00",
        ended="2026-11-30T01:42:11+00:00",
    )
    return replace(plain, **other)


def a_catalog(**other: Any) -> Catalog:
    """Return a catalog of the example tenant; `other` replaces parts of its file."""
    plain = {
        "id": "autumn",
        "name": "Autumn mugs",
        "tenant": "aurelle",
        "feed": {"source": "feed.tsv"},
        "campaign": {
            "campaign": {"id": "autumn", "name": "Autumn mugs"},
            "market": {"regions": ["DE"]},
            "scenes": [{"id": "table", "prompt": "Oak table by a window, light from the left"}],
            "messages": {"en-US": {"headline": "Slow mornings"}},
            "placements": ["meta/feed-square"],
        },
    }
    return Catalog.model_validate(plain | other)
