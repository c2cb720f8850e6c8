"""The files of a scope, one after the other: each with its slot, and whether a target's filter lets it pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache

from foundry.catalog.products import ProductRecord
from foundry.catalog.runs import catalog_folder
from foundry.delivery.paths import Shown
from foundry.delivery.slot import Part, Slot
from foundry.delivery.target import Filter
from foundry.errors import BadInput
from foundry.manifest import ManifestRecord
from foundry.manifest_index import ManifestIndex, each_record, read_index
from foundry.names import is_slug
from foundry.store.object_store import ObjectStat, ObjectStore
from pipelines.catalog.records import WITHDRAWN, each_product_record, read_record
from pipelines.delivery.scopes import CATALOG, Scope

SUBTITLES = "vtt"
MEDIA_TYPES = {
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif",
    "jxl": "image/jxl", "gif": "image/gif", "tiff": "image/tiff", "tif": "image/tiff", "pdf": "application/pdf",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", SUBTITLES: "text/vtt",
}  # fmt: skip
PRODUCTS_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class Selected:
    """One file of a scope. stored: its object, within the tenant's store; without size where no record says it.

    items: ids of a catalog's feed. passes: the target's filter lets it. withdrawn: why its product has ended, or "".
    """

    row: ManifestRecord
    slot: Slot
    stored: ObjectStat
    items: tuple[str, ...] = ()
    passes: bool = True
    withdrawn: str = ""

    @property
    def address(self) -> str:
        """The name of its object."""
        return self.stored.name

    @property
    def extension(self) -> str:
        """The extension of the file's name, without the dot."""
        return self.address.rpartition(".")[2]

    @property
    def media_type(self) -> str:
        """The media type of the bytes."""
        return MEDIA_TYPES.get(self.extension, "application/octet-stream")

    @property
    def shown(self) -> Shown:
        """What the path may say of the file."""
        row = self.row
        return Shown(
            regions=row.regions,
            channel=row.channel,
            width_px=row.width_px,
            height_px=row.height_px,
            extension=self.extension,
        )


class Lost(BadInput):
    """The manifest of a campaign, or all of a catalog, is not there, so its files cannot be told."""

    code = "no_manifest"


@dataclass
class Selection:
    """The files of a scope at a target. `lost` says, once all were read, which campaigns of a catalog have no manifest.

    ManifestReplaced rises if a campaign was made anew while its manifest was read.
    """

    own: ObjectStore
    scope: Scope
    filter: Filter

    def __post_init__(self) -> None:
        self.lost: list[str] = []

    def __iter__(self) -> Iterator[Selected]:
        rows = self._of_catalog() if self.scope.kind == CATALOG else self._of_campaign(self.scope.id)
        catalog = self.scope.id if self.scope.kind == CATALOG else ""
        for each in rows:
            passes = lets_pass(self.filter, each.row, each.extension, catalog)
            yield from _with_subtitles(replace(each, passes=passes))

    def _of_campaign(self, campaign: str) -> Iterator[Selected]:
        index = check_campaign(self.own, campaign)
        for row in each_record(self.own, index):
            yield Selected(row=row, slot=slot_of(row, self.scope.text), stored=_stored(row))

    def _of_catalog(self) -> Iterator[Selected]:
        """Yield the files that the catalog's records of products name, from the manifests of their campaigns."""
        product = lru_cache(PRODUCTS_KEPT)(lambda name: read_record(self.own, self.scope.id, name))
        for campaign in self._campaigns():
            try:
                for each in self._of_campaign(campaign):
                    record = product(each.row.product)
                    if record is not None and record.campaign == campaign and _has(record, each.row.asset):
                        ended = record.reason or WITHDRAWN if record.state == WITHDRAWN else ""
                        yield replace(each, items=record.product.items, withdrawn=ended)
            except Lost:
                self.lost.append(campaign)

    def _campaigns(self) -> list[str]:
        """Return the campaigns that the records name: few, since each made the files of many products."""
        found = sorted({record.campaign for record in each_product_record(self.own, self.scope.id)})
        if not found and not self.own.exists(f"{catalog_folder(self.scope.id)}/catalog.json"):
            raise Lost("catalog", f"{self.scope.id} is not in the store; add and refresh it first")
        return found


def _has(record: ProductRecord, asset: str) -> bool:
    return any(file.variant == asset for file in record.files)


def _stored(row: ManifestRecord) -> ObjectStat:
    return ObjectStat(row.address, row.size_bytes, row.crc32c)


def slot_of(row: ManifestRecord, scope: str) -> Slot:
    """Return the slot of a file of a scope."""
    return Slot(
        tenant=row.tenant,
        scope=scope,
        product=row.product,
        scene=row.scene,
        locale=row.locale,
        placement=row.placement,
        audience=row.audience,
        alternative=row.alternative,
    )


def _with_subtitles(file: Selected) -> Iterator[Selected]:
    yield file
    if file.row.sidecar:
        yield replace(file, slot=replace(file.slot, part=Part.SUBTITLES), stored=ObjectStat(file.row.sidecar, 0, ""))


def lets_pass(chosen: Filter, row: ManifestRecord, extension: str, catalog: str) -> bool:
    """Return True if a file passes every list of a target's filter. catalog: its id, "" for a campaign's file."""
    return (
        _any(chosen.campaigns, row.campaign)
        and _any(chosen.catalogs, catalog)
        and _any(chosen.placements, row.placement)
        and _any(chosen.products, row.product)
        and _any(chosen.locales, row.locale)
        and (not chosen.markets or bool(set(chosen.markets) & set(row.regions)))
        and (not chosen.formats or bool({row.format, extension} & set(chosen.formats)))
    )


def _any(patterns: Iterable[str], value: str) -> bool:
    patterns = tuple(patterns)
    return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


def check_campaign(own: ObjectStore, campaign: str) -> ManifestIndex:
    """Return the index of a campaign's manifest; Lost if there is none."""
    index = read_index(own, campaign) if is_slug(campaign) else None
    if index is None:
        raise Lost("campaign", f"{campaign} has no manifest; run the campaign first")
    return index
