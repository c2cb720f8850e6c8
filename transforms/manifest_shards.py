"""The shards of a manifest: one worker puts each together from the rows of its render orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from foundry.event import Event, Origin, asset_failed, asset_finished
from foundry.letter_figures import LetterFigures, add_letters, count_letters
from foundry.manifest import letter_from_json, manifest_record_of
from foundry.manifest_index import ROWS_PER_SHARD, ShardEntry, ShardFile, manifest_folder
from foundry.manifest_parquet import RowTable, row_table
from foundry.names import sha256_file
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.row_figures import RowFigures, add_figures, figures_of
from foundry.store.object_store import ObjectStore, crc32c_of, each_fetched
from transforms.order_rows import LETTER, ROW, Line, figures_from_line, orders_folder, parse_rows

_ENTRY: TypeAdapter[ShardEntry] = TypeAdapter(ShardEntry)


def entry_name(plan: Plan, number: int) -> str:
    """Return the object name of a shard's entry, which is kept until the index holds it."""
    return f"{manifest_folder(plan.brief.campaign.id, plan.digest)}/entries/{number:05d}.json"


def entry_from_json(data: bytes) -> ShardEntry:
    """Return a shard's entry from its JSON."""
    return _ENTRY.validate_json(data)


def origin_of(plan: Plan) -> Origin:
    """Return the campaign of a plan, as events name it."""
    return Origin(plan.tenant.id, plan.brief.campaign.id, plan.digest)


def keep_file(own: ObjectStore, stem: str, file: Path, suffix: str) -> ShardFile:
    """Store a file of a manifest under a name that ends in the hash of its content; it may be there already."""
    name = f"{stem}-{sha256_file(file)[:16]}{suffix}"
    own.put_file_once(name, file)
    return ShardFile(name, file.stat().st_size, crc32c_of(file))


@dataclass(frozen=True)
class ShardPart:
    """The part of a shard that one run settled: the shard's number, and the number of the run's render orders in it."""

    number: int
    orders: int


def is_last_part(plan: Plan, number: int) -> bool:
    """Return True if no later slice of the plan has render orders in a shard."""
    if not isinstance(plan, PlanSlice):
        return True
    return plan.stop >= plan.shot_count or plan.variants_before(plan.stop) >= (number + 1) * ROWS_PER_SHARD


def order_names(plan: Plan, number: int, own: ObjectStore, known: Iterable[str] = ()) -> list[str]:
    """Return the names of the rows of which a shard is put together, in the plan's order.

    `known` are those of this run. What other slices of a plan left in the shard is added, and so is what is left of a
    plan that was stopped.
    """
    others = own.list(orders_folder(plan, number)) if isinstance(plan, PlanSlice) or not known else ()
    return sorted({*known, *others})


def read_rows(names: Sequence[str], own: ObjectStore, write_again: Callable[[str], bytes]) -> Iterator[Line]:
    """Yield the lines of render orders, a few dozen of which are read at once.

    `write_again` makes the rows of an order whose object is gone, because another run of the same plan ended meanwhile.
    """
    for name, data in zip(names, each_fetched(own, names), strict=True):
        yield from parse_rows(write_again(name) if data is None else data)


def write_shard(plan: Plan, part: ShardPart, own: ObjectStore, lines: Iterable[Line]) -> ShardEntry:
    """Write a shard's objects from the lines of its orders, in the plan's order, then its entry; return the entry."""
    number = part.number
    folder = manifest_folder(plan.brief.campaign.id, plan.digest)
    with ExitStack() as files:
        table, rows, events, letters = (files.enter_context(own.scratch_file()) for _ in range(4))
        sums = _fill(origin_of(plan), lines, (table, rows, events, letters))
        entry = ShardEntry(
            first=number * ROWS_PER_SHARD,
            orders=part.orders,
            figures=sums.figures,
            refused=sums.refused,
            parquet=keep_file(own, f"{folder}/parquet/{number:05d}", table, ".parquet"),
            lines=keep_file(own, f"{folder}/lines/{number:05d}", rows, ".jsonl"),
            events=keep_file(own, f"{folder}/events/{number:05d}", events, ".jsonl"),
            letters=keep_file(own, f"{folder}/letters/{number:05d}", letters, ".jsonl") if sums.refused.total else None,
        )
    with own.replacing(entry_name(plan, number)) as file:
        file.write_bytes(_ENTRY.dump_json(entry))
    return entry


def _fill(origin: Origin, lines: Iterable[Line], files: tuple[Path, Path, Path, Path]) -> _ShardSums:
    """Write the lines to the files of a shard: table, rows, events and dead letters; return their sums."""
    into, rows, events, letters = files
    with row_table(into) as table, rows.open("wb") as r, events.open("wb") as e, letters.open("wb") as d:
        sums = _ShardSums(origin, table, r, e, d)
        for kind, line in lines:
            sums.add(kind, line)
    return sums


@dataclass
class _ShardSums:
    """The open files of a shard, and the sums over what was written to them."""

    origin: Origin
    table: RowTable
    rows: BinaryIO
    events: BinaryIO
    letters: BinaryIO
    figures: RowFigures = field(default_factory=RowFigures)
    refused: LetterFigures = field(default_factory=LetterFigures)

    def add(self, kind: bytes, line: bytes) -> None:
        """Add one line of a render order."""
        if kind == LETTER:
            self._add_letter(line)
        elif kind == ROW:
            self._add_row(line)
        else:
            self.figures = add_figures((self.figures, figures_from_line(line)))

    def _add_row(self, line: bytes) -> None:
        raw = json.loads(line)
        record = manifest_record_of(raw)
        self.table.add(raw)
        self.rows.write(line + b"\n")
        self._tell(asset_finished(record))
        self.figures = add_figures((self.figures, figures_of(record)))

    def _add_letter(self, line: bytes) -> None:
        letter = letter_from_json(line)
        self.letters.write(line + b"\n")
        self._tell(asset_failed(self.origin, letter))
        self.refused = add_letters((self.refused, count_letters([letter])))

    def _tell(self, event: Event) -> None:
        self.events.write(event.as_json().encode() + b"\n")
