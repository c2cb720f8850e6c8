"""The records of a target in a file of this machine, to be looked up by slot, by the target's id or by path."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import TypeAdapter

from connectors.target.connector import Found
from foundry.delivery.receipt import Delivered
from pipelines.delivery.attempts import newest

_FORM = TypeAdapter(Delivered)
_TABLE = "create table known (slot text primary key, id text, path text, record blob, seen integer default 0)"


class KnownSlots:
    """A table of records, so that memory does not grow with them. One thread uses it."""

    def __init__(self, file: Path, records: Iterable[Delivered]) -> None:
        self._table = sqlite3.connect(file, isolation_level=None)
        self._table.execute("pragma synchronous = off")
        self._table.execute("pragma journal_mode = off")
        self._table.execute(_TABLE)
        for record in records:
            receipt, attempt = newest(record), record.attempt
            path = receipt.path if receipt else attempt.path if attempt else ""
            row = (record.slot.id, receipt.target_id if receipt else "", path, _FORM.dump_json(record))
            self._table.execute("insert or replace into known (slot, id, path, record) values (?, ?, ?, ?)", row)
        self._table.execute("create index by_id on known (id)")
        self._table.execute("create index by_path on known (path)")

    def of(self, found: Found) -> Delivered | None:
        """Return the record of an asset: by its slot where the target tells it, by its id, by its path."""
        for column, value in (("slot", found.slot), ("id", found.target_id), ("path", found.path)):
            find = f"select record from known where {column} = ?"  # noqa: S608 - the columns are written above
            if value and (row := self._table.execute(find, (value,)).fetchone()):
                return _FORM.validate_json(row[0])
        return None

    def see(self, record: Delivered) -> None:
        """Remember that the asset of a record's newest receipt is there."""
        self._table.execute("update known set seen = 1 where slot = ?", (record.slot.id,))

    def unseen(self) -> Iterator[Delivered]:
        """Yield the records whose assets were not come across, in the order of slots."""
        cursor = self._table.execute("select record from known where seen = 0 order by slot")
        yield from (_FORM.validate_json(row[0]) for row in cursor)

    def close(self) -> None:
        """Close the file."""
        self._table.close()
