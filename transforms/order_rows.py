"""The rows of one render order: everything that the CPU stage found, made and refused, as one small object.

Rows never cross a shuffle. The worker that settled an order writes them, and the worker that puts a shard of the
manifest together reads them. The object is replaced if the order is rendered again, and removed once the manifest is
written.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from pydantic import TypeAdapter

from foundry.manifest import DeadLetter, MasterRecord, RenditionRecord, as_json, master_from_json
from foundry.manifest_index import ROWS_PER_SHARD, manifest_folder
from foundry.plan.plan import Plan
from foundry.plan.shot import RenderOrder
from foundry.plan.variant import Variant
from foundry.row_figures import RowFigures
from foundry.store.object_store import NoSuchObject, ObjectStore
from transforms.manifest import manifest_record
from transforms.order_spent import OrderSpent

ROW, LETTER, SUMS = b"+", b"-", b"="
"""The first byte of each line: of the row of a finished file, of a dead letter, or of figures that no row has."""
Line = tuple[bytes, bytes]
"""The kind of a line and its JSON."""
_FIGURES: TypeAdapter[RowFigures] = TypeAdapter(RowFigures)


def shard_of(position: int) -> int:
    """Return the number of the shard to which the render order with this position belongs."""
    return position // ROWS_PER_SHARD


def orders_folder(plan: Plan, shard: int) -> str:
    """Return the prefix of the names of a shard's render orders."""
    return f"{manifest_folder(plan.brief.campaign.id, plan.digest)}/orders/{shard:05d}/"


def order_name(plan: Plan, position: int) -> str:
    """Return the object name of a render order's rows; names sort as positions do."""
    return f"{orders_folder(plan, shard_of(position))}{position:012d}.gz"


class OrderRows:
    """The rows, dead letters and figures of one render order, which `write` stores."""

    def __init__(self, order: RenderOrder, plan: Plan, store: ObjectStore) -> None:
        self._order, self._plan, self._own = order, plan, store.for_tenant(plan.tenant.id)
        self._lines: list[bytes] = []
        self._records: dict[str, bytes | None] = {}
        self._spent = OrderSpent(plan, self._read)

    def _read(self, record: str) -> bytes | None:
        """Return the bytes of a record that several variants need, read once; None if there is none."""
        if record not in self._records:
            self._records[record] = self._own.fetch([record])[0]
        return self._records[record]

    @cached_property
    def _master(self) -> MasterRecord:
        name = self._order.shot.record
        data = self._read(name)
        if data is None:
            raise NoSuchObject(name)
        return master_from_json(data)

    def add(self, variant: Variant, result: RenditionRecord | DeadLetter | None) -> None:
        """Add the record or the dead letter of a variant, None for one that was left out; they come in order."""
        spent = self._spent.add(variant, result)
        if isinstance(result, DeadLetter):
            self._lines.append(LETTER + as_json(result).encode())
        elif result is not None:
            record = replace(manifest_record(self._plan, variant, self._master, result), spent=spent)
            self._lines.append(ROW + as_json(record).encode())

    def write(self) -> bytes:
        """Write the object, in place of that of an earlier attempt, and return its bytes."""
        figures = RowFigures(unallocated=self._spent.unallocated, rates=self._spent.rates)
        data = gzip.compress(b"\n".join([*self._lines, SUMS + _FIGURES.dump_json(figures)]), 1, mtime=0)
        with self._own.replacing(order_name(self._plan, self._order.position)) as file:
            file.write_bytes(data)
        return data


def figures_from_line(line: bytes) -> RowFigures:
    """Return the figures of a line of the kind SUMS."""
    return _FIGURES.validate_json(line)


def parse_rows(data: bytes) -> Iterator[Line]:
    """Yield the lines of a render order's object."""
    for line in gzip.decompress(data).split(b"\n"):
        if line:
            yield line[:1], line[1:]
