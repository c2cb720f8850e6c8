"""Products of a catalog: items that share files, what they look like, and what changed since the last run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What became of a product since the state that the last run left."""

    NEW = "new"
    CHANGED = "changed"
    BACK = "back"  # it was withdrawn, and is in the feed again
    UNCHANGED = "unchanged"
    HELD = "held"  # its rows are set aside: it stays as it is
    GONE = "gone"  # no longer in the feed, or no longer included
    OUT_OF_STOCK = "out_of_stock"


@dataclass(frozen=True, kw_only=True)
class CatalogProduct:
    """A product as the campaign's brief will have it, with the items that share its files.

    id: a slug; it stays while any of its items stays (`foundry.catalog.grouping`). items: the feed's ids, sorted. name,
    description, category: as the mapping writes them; the latter two are empty where nothing shows them. price_minor:
    in the currency's smallest unit, None where no file shows one. appearance: a hash of all that its files show of it,
    the picture by its address, 32 hex digits. rank: its place in the order of priority, 0 first. row: of its first
    item, for sentences. group: its item group, "" for none. first: the item that its id was made from.
    """

    id: str
    items: tuple[str, ...]
    name: str
    description: str
    category: str
    price_minor: int | None
    currency: str
    picture: str
    appearance: str
    rank: int = 0
    row: int = 0
    group: str = ""
    first: str = ""


@dataclass(frozen=True, kw_only=True)
class ProductChange:
    """One product that asks for work. product: None for one that is gone. why: the fields that differ, for people."""

    id: str
    change: Change
    product: CatalogProduct | None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CatalogFile:
    """One finished file of a product, as its record names it.

    variant: the name that manifests and events call its asset. address: the object's name below the tenant. shows: what
    stands on it besides the product, of `copy`, `logo`, `offer` and `price` (`foundry.catalog.shown`).
    """

    variant: str
    address: str
    file_name: str
    placement: str
    locale: str
    scene: str
    alternative: int
    format: str
    width_px: int
    height_px: int
    size_bytes: int
    crc32c: str
    thumbnail: str
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProductRecord:
    """What the store holds of one product: `catalogs/<catalog>/products/ab/<digest of the id>.json`.

    It is replaced in one step once all its files exist, so it never names a file that is not there. state: live or
    withdrawn. product: what its files show. picture_sha256: of its picture's content. template: the digest of
    everything else that its files show. run: the run that wrote it; withdrawn_at: ISO 8601, UTC, "" while it is live.
    before: the files that the last change replaced, for reports and undo.
    """

    product: CatalogProduct
    state: str
    picture_sha256: str
    template: str
    campaign: str
    run: str
    files: tuple[CatalogFile, ...]
    before: tuple[CatalogFile, ...] = ()
    withdrawn_at: str = ""
    reason: str = ""
