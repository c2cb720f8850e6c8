"""What is said of a delivered file, in the file itself and by the target's own interface."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

from foundry.names import digest


@dataclass(frozen=True, kw_only=True)
class AssetMetadata:
    """The facts of one file, in the words of its locale. Texts are empty, and lists too, where nothing is known.

    asset: the id in the file's XMP, 32 hex digits; slot: that of its slot. title, description, alt_text: in the
    language of `locale` (BCP 47). copy: the words that stand on the file. items: ids of a catalog's feed. markets: the
    regions that the brief names. embargo, expiry: days in ISO 8601, the first and the last on which it may be shown.
    source_type: the IPTC address of its digital source type. models: each `id@version`, the drawing one first.
    provenance: where its record can be found, `foundry:asset/<tenant>/<id>` and no path of a server.
    """

    asset: str
    slot: str
    tenant: str
    owner: str
    campaign: str
    campaign_name: str
    title: str
    description: str
    alt_text: str
    locale: str
    copy: tuple[str, ...]
    keywords: tuple[str, ...]
    product: str
    product_name: str
    items: tuple[str, ...]
    markets: tuple[str, ...]
    audience: str
    scene: str
    placement: str
    channel: str
    format: str
    width_px: int
    height_px: int
    embargo: str
    expiry: str
    usage_terms: str
    licence_url: str
    source_type: str
    models: tuple[str, ...]
    provenance: str

    @cached_property
    def digest(self) -> str:
        """A hash of all of it, 32 hex digits."""
        return digest("asset-metadata", **{each.name: getattr(self, each.name) for each in fields(self)})
