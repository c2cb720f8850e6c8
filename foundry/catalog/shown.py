"""What stands on a finished file besides the product: a destination may forbid some of it."""

from __future__ import annotations

from foundry.catalog.products import CatalogFile
from foundry.copy import COPY_FIELDS
from foundry.layout.layout import Layout
from foundry.manifest import ManifestRecord

BADGE, LOGO = "badge", "logo"
NO_SLOT = "product_name"  # it is kept beside a text for line breaks, and is set nowhere by itself


def shown_on(record: ManifestRecord, layout: Layout, *, has_logo: bool) -> tuple[str, ...]:
    """Return what a file shows, sorted: fields of the copy that have words on it, `badge` and `logo`.

    layout: as it applies to the file's placement. has_logo: the tenant's brand kit has one; a logo slot may stay empty
    where it is too small for any form of the logo, and counts as shown nevertheless.
    """
    texts = {name for name in COPY_FIELDS if name != NO_SLOT and getattr(record, name)}
    shown = (texts & layout.fields) - set(record.dropped)
    if any(layout.styles[name].plate == "badge" for name in shown):
        shown.add(BADGE)
    if has_logo and layout.logo:
        shown.add(LOGO)
    return tuple(sorted(shown))


def shown_by(layout: Layout, *, has_logo: bool) -> tuple[str, ...]:
    """Return all that files of a layout may show, sorted, whatever the copy of a brief leaves empty."""
    shown = (set(layout.fields) & set(COPY_FIELDS)) - {NO_SLOT}
    if any(layout.styles[name].plate == "badge" for name in shown):
        shown.add(BADGE)
    if has_logo and layout.logo:
        shown.add(LOGO)
    return tuple(sorted(shown))


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
