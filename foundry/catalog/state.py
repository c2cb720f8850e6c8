"""The memory of a catalog between runs: which products the store holds, what they look like, and their items.

It lies in the store as an index, `catalogs/<id>/state.json`, and parts beside it: Parquet files of some thousand
products each, named by their content, to which a product belongs by a hash of its id. It is a view of the product
records: when it is lost, they restore it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from foundry.catalog.mapped_rows import MappedRows, RowFile
from foundry.catalog.products import ProductRecord
from foundry.catalog.rows import Columns
from foundry.catalog.runs import catalog_folder
from foundry.errors import FoundryError
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore

FORM = 1
"""Of the index and its parts; a state of another form is rebuilt from the records."""
PARTS_AT_ONCE, RECORDS_AT_ONCE = 8, 4_096
KEPT_STRANGERS = 10_000
WITHDRAWN = "withdrawn"


class BrokenState(FoundryError):
    """The state of a catalog is not what was written."""

    code = "broken_state"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name, self.why = name, why

    def __str__(self) -> str:
        return f"{self.name} of the catalog's state {self.why}; it is rebuilt from the records of its products"


@dataclass(frozen=True, kw_only=True)
class StateFacts:
    """What a run leaves for the next one, besides the products.

    run: the run that wrote it, "" for none. moment: its time, ISO 8601. feed_sha256, etag, modified: of the feed that
    it read. template: the digest of everything that files show besides products. catalog: the catalog's digest.
    usable: rows that were judged usable. next_turn: the moment at which the same feed shows other prices, or "". left:
    products whose change still waits. strangers: ids of rows that were set aside and belong to no product. token: of
    the lease under which it was written.
    """

    run: str = ""
    moment: str = ""
    feed_sha256: str = ""
    etag: str = ""
    modified: str = ""
    template: str = ""
    catalog: str = ""
    usable: int = 0
    next_turn: str = ""
    left: int = 0
    strangers: tuple[str, ...] = ()
    token: int = 0


@dataclass(frozen=True, kw_only=True)
class StatePart:
    """One part: its object's SHA-256, the products in it, and their items."""

    sha256: str
    products: int
    items: int


@dataclass(frozen=True, kw_only=True)
class StateIndex:
    """The index as it is stored; parts in the order of the hashes of ids."""

    form: int
    facts: StateFacts
    parts: tuple[StatePart, ...]

    def as_json(self) -> bytes:
        """Return the index as it is stored."""
        return _INDEX.dump_json(self, indent=1) + b"\n"


_INDEX: TypeAdapter[StateIndex] = TypeAdapter(StateIndex)


def token_of_index(data: bytes) -> int:
    """Return the token of the lease under which an index was written; 0 for bytes that are no index."""
    try:
        return _INDEX.validate_json(data).facts.token
    except ValidationError:
        return 0


def index_name(catalog: str) -> str:
    """Return the object name of a catalog's state."""
    return f"{catalog_folder(catalog)}/state.json"


def part_name(catalog: str, sha256: str) -> str:
    """Return the object name of a part."""
    return f"{catalog_folder(catalog)}/state/{sha256}.parquet"


def state_schema() -> Any:
    """Return the Arrow schema of a part: one row for each product, sorted by id.

    items, prices, currencies: in step, of its items; prices in the currency's smallest unit, null for none. missing:
    runs in which it was not in the feed and was held. withdrawn_at: "" while it is live. template: the digest of
    everything else that its files show.
    """
    import pyarrow as pa

    kinds = {
        "price_minor": pa.int64(), "appearance": pa.binary(16), "missing": pa.int8(), "items": pa.list_(pa.string()),
        "prices": pa.list_(pa.int64()), "currencies": pa.list_(pa.string()),
    }  # fmt: skip
    names = (
        "id", "first", "group", "name", "description", "category", "price_minor", "currency", "picture",
        "picture_sha256", "appearance", "template", "missing", "withdrawn_at", "items", "prices", "currencies",
    )  # fmt: skip
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


class CatalogState:
    """The state that a run begins with. Its rows lie in a file of this machine; leaving it removes the file.

    facts: of the run that wrote it. rows: one for each product, a batch for each part. products: those that are live.
    """

    def __init__(self, catalog: str, index: StateIndex, rows: MappedRows, scratch: TemporaryDirectory[str]) -> None:
        self.catalog, self.index, self.rows, self._scratch = catalog, index, rows, scratch

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._scratch.cleanup()

    @property
    def facts(self) -> StateFacts:
        """The facts that the last run left."""
        return self.index.facts

    @property
    def is_empty(self) -> bool:
        """True if there is no product in it."""
        return not len(self.rows)

    @property
    def products(self) -> int:
        """The number of live products."""
        import pyarrow.compute as pc

        return int(pc.sum(pc.equal(self.rows.column("withdrawn_at"), "")).as_py() or 0)


def read_state(store: ObjectStore, catalog: str, folder: Path) -> CatalogState:
    """Return the state of a catalog, an empty one if it has none; `folder` takes its rows while it is used.

    BrokenState if an object of it is missing, or not what the index says.
    """
    name = index_name(catalog)
    try:
        data = store.get(name)
    except NoSuchObject:
        return _spooled(catalog, StateIndex(form=FORM, facts=StateFacts(), parts=()), iter(()), folder)
    except CorruptObject as error:
        raise BrokenState(name, "was changed after it was written") from error
    try:
        index = _INDEX.validate_json(data)
    except ValidationError as error:
        raise BrokenState(name, "is no index") from error
    if index.form != FORM:
        raise BrokenState(name, f"has the form {index.form}, and this version reads {FORM}")
    return _spooled(catalog, index, _parts(store, catalog, index), folder)


def _spooled(catalog: str, index: StateIndex, parts: Iterator[Columns], folder: Path) -> CatalogState:
    scratch = TemporaryDirectory(prefix="state-", dir=folder)
    try:
        file = RowFile(Path(scratch.name) / "rows.arrow", state_schema())
        for rows in parts:
            file.add(rows)
        return CatalogState(catalog, index, file.close(), scratch)
    except BaseException:
        scratch.cleanup()
        raise


def _parts(store: ObjectStore, catalog: str, index: StateIndex) -> Iterator[Columns]:
    left = iter(index.parts)
    while some := list(islice(left, PARTS_AT_ONCE)):
        names = [part_name(catalog, part.sha256) for part in some]
        try:
            found = store.fetch(names)
        except CorruptObject as error:
            raise BrokenState(error.name, "was changed after it was written") from error
        for part, name, data in zip(some, names, found, strict=True):
            yield _part(part, name, data)


def _part(part: StatePart, name: str, data: bytes | None) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if data is None:
        raise BrokenState(name, "is missing")
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise BrokenState(name, "has other bytes than the index says")
    try:
        table = pq.read_table(io.BytesIO(data), use_threads=False)
        return one_batch(table.cast(state_schema()))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BrokenState(name, "cannot be read") from error


def one_batch(table: Any) -> Columns:
    """Return a table as a single record batch of its schema."""
    import pyarrow as pa

    whole = table.combine_chunks()
    arrays = [
        each.chunk(0) if each.num_chunks else pa.array([], each.type)
        for each in whole.columns
    ]  # fmt: skip
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def rebuild_state(records: Iterable[ProductRecord], catalog: str, folder: Path) -> CatalogState:
    """Return the state that the records of a catalog's products tell of: for one whose state was lost.

    Its facts are empty, so the next run reads the feed and the template anew; nothing is missing of what was made.
    """
    return _spooled(catalog, StateIndex(form=FORM, facts=StateFacts(), parts=()), _rows_of(records), folder)


def _rows_of(records: Iterable[ProductRecord]) -> Iterator[Columns]:
    import pyarrow as pa

    left = iter(records)
    while some := [_row_of(record) for record in islice(left, RECORDS_AT_ONCE)]:
        yield pa.RecordBatch.from_pylist(some, schema=state_schema())


def _row_of(record: ProductRecord) -> dict[str, Any]:
    product = record.product
    withdrawn_at = (record.withdrawn_at or datetime.min.isoformat()) if record.state == WITHDRAWN else ""
    same = ("id", "first", "group", "name", "description", "category", "price_minor", "currency", "picture")
    return {
        **{name: getattr(product, name) for name in same},
        "picture_sha256": record.picture_sha256,
        "appearance": bytes.fromhex(product.appearance),
        "template": record.template,
        "missing": 0,
        "withdrawn_at": withdrawn_at,
        "items": list(product.items),
        "prices": [None] * len(product.items),
        "currencies": [product.currency] * len(product.items),
    }
