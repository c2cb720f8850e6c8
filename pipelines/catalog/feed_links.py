"""The addresses that a feed back gives for each item: a view of the products' records, kept as one table.

It saves reading the record of every product in every run. Lost, damaged, or of other settings, it is made again from
all records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from foundry.catalog.catalog import Catalog, FeedBack
from foundry.catalog.destinations import Destination, OfferedFile, destination_faults, destination_of
from foundry.catalog.products import CatalogFile, ProductRecord
from foundry.catalog.runs import catalog_folder
from foundry.channel.placement import resolve_placements
from foundry.names import digest
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore
from pipelines.catalog.records import LIVE

RECORDS_AT_ONCE = 20_000
"""Records whose links become columns together."""
_SETTINGS = b"settings"


@dataclass(frozen=True)
class LinkSettings:
    """How files become addresses: the destination, the placements of each attribute, the locale, and the day.

    prefix: what an object's name is appended to.
    """

    destination: Destination
    placements: tuple[tuple[str, tuple[str, ...]], ...]
    locale: str
    prefix: str
    on: date

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that name files."""
        return tuple(attribute for attribute, _ in self.placements)

    @property
    def digest(self) -> str:
        """A hash of everything that the addresses depend on besides the records; a limit counts from its own day."""
        begun = [str(each.begins) for each in self.destination.pictures.smallest if each.begins <= self.on]
        return digest(
            "feed-links",
            destination=self.destination.model_dump(mode="json", by_alias=True),
            placements=[[attribute, list(names)] for attribute, names in self.placements],
            locale=self.locale,
            prefix=self.prefix,
            limits=begun,
        )


def link_settings(catalog: Catalog, wanted: FeedBack, own: ObjectStore, on: date) -> LinkSettings:
    """Return the settings of a catalog's feed back; without a base address, those of the store are given."""
    base = f"{wanted.base_address.rstrip('/')}/" if wanted.base_address else own.address("0").removesuffix("0")
    return LinkSettings(
        destination=destination_of(wanted.format),
        placements=tuple((name, placements_named(places)) for name, places in sorted(wanted.links.items())),
        locale=named_locale(catalog, wanted),
        prefix=base,
        on=on,
    )


def placements_named(names: Iterable[str]) -> tuple[str, ...]:
    """Return the placements of names and sets, each once, in their order; UnknownPlacement names similar ones."""
    return tuple(dict.fromkeys(found.name for name in names for found in resolve_placements([name])))


def named_locale(catalog: Catalog, wanted: FeedBack) -> str:
    """Return the locale whose files are named: the one asked for, else the first of the template's messages."""
    return wanted.locale or next(iter(catalog.campaign.get("messages", {})), "")


@dataclass
class LinkReason:
    """An objection of a destination to files: a sentence about the first one, and their number.

    stops: they are not named; otherwise it is only advice.
    """

    what: str
    stops: bool
    files: int = 0


@dataclass
class ItemLinks:
    """The addresses by item. table: `item`, `product`, and a text for each attribute, several addresses with commas.

    reasons: the destination's objections to files of the products that were looked at, by attribute and code.
    """

    settings: LinkSettings
    table: Any
    reasons: dict[tuple[str, str], LinkReason] = field(default_factory=dict)

    def update(self, records: Iterable[ProductRecord]) -> None:
        """Replace the rows of some products by what their records say; withdrawn ones have none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        products, fresh = [], []
        for record in records:
            products.append(record.product.id)
            if record.state == LIVE:
                fresh.append(record)
            if len(fresh) >= RECORDS_AT_ONCE or len(products) >= 4 * RECORDS_AT_ONCE:
                self._replace(pa, pc, products, fresh)
                products, fresh = [], []
        if products:
            self._replace(pa, pc, products, fresh)

    def _replace(self, pa: Any, pc: Any, products: Sequence[str], fresh: Sequence[ProductRecord]) -> None:
        rows = self._rows(fresh)
        gone = pc.is_in(self.table["product"], pa.array(products, pa.string()))
        moved = pc.is_in(self.table["item"], rows["item"].combine_chunks())
        kept = self.table.filter(pc.invert(pc.or_(gone, moved)))
        self.table = pa.concat_tables([kept, rows])

    def _rows(self, records: Iterable[ProductRecord]) -> Any:
        import pyarrow as pa

        columns: dict[str, list[str | None]] = {name: [] for name in links_schema(self.settings).names}
        for record in records:
            links = {name: self._addresses(record.files, name, places) for name, places in self.settings.placements}
            for item in record.product.items:
                columns["item"].append(item)
                columns["product"].append(record.product.id)
                for name, addresses in links.items():
                    columns[name].append(addresses or None)
        return pa.table(columns, schema=links_schema(self.settings))

    def _addresses(self, files: Sequence[CatalogFile], attribute: str, placements: Sequence[str]) -> str:
        """Return the addresses that an attribute names, in the order of its placements, as far as it takes so many."""
        rule = self.settings.destination.attributes.get(attribute)
        found = [
            self.settings.prefix + file.address
            for placement in placements
            for file in sorted(files, key=lambda each: (each.scene, each.alternative, each.locale))
            if file.placement == placement and file.locale == self.settings.locale and self._passes(attribute, file)
        ]
        return ",".join(address.replace(",", "%2C") for address in found[: rule.most if rule else 0])

    def _passes(self, attribute: str, file: CatalogFile) -> bool:
        """Return True if the destination takes the file in an attribute; count and keep the reasons against it."""
        stopping = False
        for fault in destination_faults(self.settings.destination, attribute, _offered(file), self.settings.on):
            reason = self.reasons.setdefault((attribute, fault.code), LinkReason(fault.what, fault.stops))
            reason.files += 1
            stopping |= fault.stops
        return not stopping


def _offered(file: CatalogFile) -> OfferedFile:
    return OfferedFile(
        name=file.file_name,
        format=file.format,
        width_px=file.width_px,
        height_px=file.height_px,
        size_bytes=file.size_bytes,
        shows=frozenset(file.shows),
    )


def links_schema(settings: LinkSettings) -> Any:
    """Return the columns of the table."""
    import pyarrow as pa

    return pa.schema([pa.field(name, pa.string()) for name in ("item", "product", *settings.attributes)])


def links_name(catalog: str) -> str:
    """Return the object name of the table."""
    return f"{catalog_folder(catalog)}/feed/links.parquet"


def open_links(
    own: ObjectStore, catalog: str, settings: LinkSettings, all_records: Callable[[], Iterator[ProductRecord]]
) -> ItemLinks:
    """Return the links that the store holds, or make them from all records."""
    table = _read(own, links_name(catalog), settings)
    if table is not None:
        return ItemLinks(settings, table)
    links = ItemLinks(settings, links_schema(settings).empty_table())
    links.update(all_records())
    return links


def _read(own: ObjectStore, name: str, settings: LinkSettings) -> Any:
    """Return the table of an object; None if there is none, it is damaged, or it has other settings."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(pa.BufferReader(own.get(name)))
    except (NoSuchObject, CorruptObject, pa.ArrowException):  # it is a view, and is made again
        return None
    kept = (table.schema.metadata or {}).get(_SETTINGS, b"").decode()
    return table.cast(links_schema(settings)) if kept == settings.digest else None


def forget_links(own: ObjectStore, catalog: str) -> None:
    """Remove the table, because records changed beside a run; the next one makes it again from all records."""
    own.remove(links_name(catalog))


def write_links(own: ObjectStore, catalog: str, links: ItemLinks) -> None:
    """Replace the table of the store in one step."""
    from pyarrow import parquet

    table = links.table.replace_schema_metadata({_SETTINGS: links.settings.digest})
    with own.replacing(links_name(catalog)) as file:
        parquet.write_table(table.combine_chunks(), file, compression="zstd")
