"""Records of a catalog's products in the tenant's store: the files that each product has, and whether it is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from foundry.catalog.products import CatalogFile, ProductRecord
from foundry.catalog.runs import catalog_folder
from foundry.catalog.shown import catalog_file
from foundry.errors import BadInput
from foundry.layout.files import layout_for
from foundry.manifest_index import ManifestIndex, each_record
from foundry.names import digest
from foundry.plan.plan import Plan
from foundry.store.at_once import map_at_once
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore

LIVE, WITHDRAWN = "live", "withdrawn"


@cache
def _form() -> TypeAdapter[ProductRecord]:
    return TypeAdapter(ProductRecord)


def record_name(catalog: str, product: str) -> str:
    """Return the object name of a product's record."""
    name = digest("catalog-product", product=product)
    return f"{catalog_folder(catalog)}/products/{name[:2]}/{name}.json"


def read_record(own: ObjectStore, catalog: str, product: str) -> ProductRecord | None:
    """Return the record of a product; None if it has none, or one that was damaged and is written anew."""
    try:
        return parse_record(own.get(record_name(catalog, product)))
    except (NoSuchObject, CorruptObject, BadInput):
        return None


def read_records(own: ObjectStore, catalog: str, products: Iterable[str]) -> Iterator[ProductRecord | None]:
    """Yield the record of each product, in order, None as in `read_record`; several are read at once."""
    return map_at_once(lambda product: read_record(own, catalog, product), products)


def each_product_record(own: ObjectStore, catalog: str) -> Iterator[ProductRecord]:
    """Yield the records of all products of a catalog, live and withdrawn, in no particular order."""
    names = own.list(f"{catalog_folder(catalog)}/products/")
    for data in map_at_once(own.get, names):
        yield parse_record(data)


def parse_record(data: bytes) -> ProductRecord:
    """Return the record of a product from its JSON; BadInput if it is none."""
    try:
        return _form().validate_json(data)
    except ValidationError as error:
        raise BadInput("record of a product", "cannot be read; the next refresh writes it anew") from error


def write_record(own: ObjectStore, catalog: str, record: ProductRecord) -> None:
    """Replace the record of a product in one step."""
    with own.replacing(record_name(catalog, record.product.id)) as file:
        file.write_bytes(_form().dump_json(record))


def update_record(own: ObjectStore, catalog: str, record: ProductRecord) -> ProductRecord:
    """Replace the record of a product by one with other files, which it then says that it had before.

    A record that says the same already stays as it is, so that a run that is resumed leaves the same objects.
    """
    earlier = read_record(own, catalog, record.product.id)
    if earlier and _same(earlier, record):
        return earlier
    kept = {file.variant for file in record.files}
    gone = tuple(file for file in earlier.files if file.variant not in kept) if earlier else ()
    written = replace(record, before=gone)
    write_record(own, catalog, written)
    return written


def _same(one: ProductRecord, other: ProductRecord) -> bool:
    """Return whether two records differ in nothing but the run that wrote them, its campaign, and the past."""
    if [file.variant for file in one.files] != [file.variant for file in other.files]:
        return False
    product = replace(other.product, rank=one.product.rank, row=one.product.row)
    past = replace(one, run=other.run, campaign=other.campaign, files=other.files, before=other.before)
    return past == replace(other, product=product)


def files_by_product(own: ObjectStore, index: ManifestIndex, plan: Plan) -> dict[str, list[CatalogFile]]:
    """Return the finished files of the manifest of a plan by the product that they show."""
    found: dict[str, list[CatalogFile]] = {}
    layouts = {each.name: layout_for(each, plan.tenant) for each in plan.placements}
    for row in each_record(own, index):
        file = catalog_file(row, layouts[row.placement], has_logo=plan.tenant.brand.logo is not None)
        found.setdefault(row.product, []).append(file)
    return found
