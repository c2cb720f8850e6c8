"""What is said of a file that is delivered, put together from its row of the manifest and its tenant's settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Protocol

from foundry.channel.placement import MOVING
from foundry.delivery.alt_text import MOST_DESCRIPTION, Shown, alt_text
from foundry.delivery.metadata import AssetMetadata
from foundry.delivery.plain_text import isolated, plain
from foundry.delivery.slot import Part, Slot
from foundry.delivery.target import Delivery
from foundry.manifest import ManifestRecord
from foundry.source_types import COMPOSITE, TRAINED

COPY_FIELDS = ("headline", "subheadline", "offer", "price", "call_to_action", "legal")
"""The fields of the copy in the order in which they are read out."""
MOST_NAME, MOST_LINE, MOST_VALUE = 200, 1_000, 4_000
MOST_ITEMS = 50
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Owner(Protocol):
    """Whose file it is: what `foundry.tenant.Tenant` says of itself here."""

    @property
    def name(self) -> str:
        """The name by which rights are claimed."""

    @property
    def delivery(self) -> Delivery:
        """The terms, and their address."""


def metadata_of(record: ManifestRecord, tenant: Owner, slot: Slot, items: Sequence[str] = ()) -> AssetMetadata:
    """Return what is said of a file of a campaign. items: the ids of a catalog's feed that it shows."""
    shown = _shown(record)
    copy = tuple(shown.copy.values())
    return AssetMetadata(
        asset=record.asset,
        slot=slot.id,
        tenant=record.tenant,
        owner=plain(tenant.name, MOST_NAME),
        campaign=record.campaign,
        campaign_name=plain(record.campaign_name, MOST_NAME),
        title=_title(record, copy),
        description=alt_text(shown, MOST_DESCRIPTION),
        alt_text=alt_text(shown),
        locale=record.locale,
        copy=copy,
        keywords=_keywords(record),
        product=record.product,
        product_name=plain(record.product_name, MOST_NAME),
        items=tuple(plain(item, MOST_NAME) for item in items[:MOST_ITEMS]),
        markets=tuple(plain(region, MOST_NAME) for region in record.regions[:MOST_ITEMS]),
        audience=plain(record.audience, MOST_LINE),
        scene=record.scene,
        placement=record.placement,
        channel=record.channel,
        format="vtt" if slot.part is Part.SUBTITLES else record.format,
        width_px=record.width_px,
        height_px=record.height_px,
        embargo=record.embargo or "",
        expiry=record.expiry or "",
        usage_terms=plain(tenant.delivery.usage_terms, 2_000),
        licence_url=tenant.delivery.licence_url or "",
        source_type=COMPOSITE if record.product_picture else TRAINED,
        models=tuple(_models(record)),
        provenance=f"foundry:asset/{record.tenant}/{record.asset}",
    )


def _shown(record: ManifestRecord) -> Shown:
    written = {field: plain(getattr(record, field), MOST_LINE) for field in COPY_FIELDS if field not in record.dropped}
    return Shown(
        locale=record.locale,
        product=record.product_name,
        scene=record.prompt,
        mirrored=record.mirrored,
        moving=bool(record.seconds) and record.format in MOVING,
        copy={field: text for field, text in written.items() if text},
        ignored=record.ignored_words,
    )


def _title(record: ManifestRecord, copy: Sequence[str]) -> str:
    """Return the product's name and the first words on the file; once, where they are the same."""
    name = plain(record.product_name, MOST_NAME)
    if not copy or copy[0] == name:
        return name
    if not name or name in copy[0]:
        return plain(copy[0], MOST_NAME)
    return f"{isolated(name, record.locale)} – {isolated(plain(copy[0], MOST_NAME), record.locale)}"


def _keywords(record: ManifestRecord) -> tuple[str, ...]:
    words = (record.product_name, record.campaign_name, record.product, record.scene, record.channel, record.placement)
    return tuple(dict.fromkeys(word for each in words if (word := plain(each, MOST_NAME))))


def _models(record: ManifestRecord) -> Iterator[str]:
    if record.model:
        yield f"{record.model}@{record.model_version}"
    if "@" in record.upscaler:
        yield record.upscaler


def fields_of(metadata: AssetMetadata, patterns: Mapping[str, str]) -> dict[str, str]:
    """Return a target's own fields, filled from patterns: `{title}` stands for the title, and so on.

    Lists are joined by commas, the copy by middle dots. A field none of whose placeholders has a value is an empty
    text, which clears it at the target. KeyError for a placeholder that is none; a tenant's file has none such.
    """
    if not patterns:
        return {}
    values = {field.name: _value(metadata, field.name) for field in fields(AssetMetadata)}
    return {name: _filled(pattern, values) for name, pattern in patterns.items()}


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    asked = _PLACEHOLDER.findall(pattern)
    if asked and not any(values[name] for name in asked):
        return ""
    return plain(_PLACEHOLDER.sub(lambda found: values[found[1]], pattern), MOST_VALUE)


def _value(metadata: AssetMetadata, name: str) -> str:
    value = getattr(metadata, name)
    if isinstance(value, tuple):
        return (" · " if name == "copy" else ", ").join(value)
    return str(value)
