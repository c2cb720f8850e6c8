"""What stands on a finished file besides the product: a destination may forbid some of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundry.catalog.products import CatalogFile
from foundry.copy import COPY_FIELDS
from foundry.layout.layout import Layout
from foundry.manifest import ManifestRecord

OWN_KIND = {"price": "price", "offer": "offer"}
"""The fields of the copy that destinations have a rule of their own for; all others are plain copy."""
NEVER_ALONE = "product_name"
"""The field that is kept beside a text for its line breaks, and is set nowhere by itself."""


def shown_on(record: ManifestRecord, layout: Layout, *, has_logo: bool) -> tuple[str, ...]:
    """Return what a file shows besides the product, sorted: some of `copy`, `logo`, `offer` and `price`.

    layout: as it applies to the file's placement. has_logo: the tenant's brand kit has one; a slot for it counts as
    filled, although it stays empty where no form of the logo is small enough.
    """
    written = [name for name in COPY_FIELDS if getattr(record, name, "") and name not in record.dropped]
    return tuple(sorted(set(_kinds(layout, written, has_logo=has_logo))))


def shown_by(layout: Layout, fields: Iterable[str], *, has_logo: bool) -> tuple[str, ...]:
    """Return what files of a layout can show, sorted, if the copy has words for these fields."""
    return tuple(sorted(set(_kinds(layout, fields, has_logo=has_logo))))


def _kinds(layout: Layout, fields: Iterable[str], *, has_logo: bool) -> Iterator[str]:
    for name in (layout.fields & set(fields)) - {NEVER_ALONE}:
        yield OWN_KIND.get(name, "copy")
        if layout.styles[name].plate == "badge":
            yield "offer"
    if has_logo and layout.logo:
        yield "logo"


def catalog_file(record: ManifestRecord, layout: Layout, *, has_logo: bool) -> CatalogFile:
    """Return what a catalog's record of a product holds of one of its files."""
    return CatalogFile(
        variant=record.asset,
        address=record.address,
        file_name=record.file_name,
        placement=record.placement,
        locale=record.locale,
        scene=record.scene,
        alternative=record.alternative,
        format=record.format,
        width_px=record.width_px,
        height_px=record.height_px,
        size_bytes=record.size_bytes,
        crc32c=record.crc32c,
        thumbnail=record.thumbnail,
        shows=shown_on(record, layout, has_logo=has_logo),
    )
