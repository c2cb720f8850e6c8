"""The slots that a run has come across, in a file of this machine, so that memory does not grow with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path


class SeenSlots:
    """A set of slots' ids. One thread uses it."""

    def __init__(self, file: Path) -> None:
        self._table = sqlite3.connect(file, isolation_level=None)
        self._table.execute("pragma synchronous = off")
        self._table.execute("pragma journal_mode = off")
        self._table.execute("create table seen (slot blob primary key) without rowid")

    def add(self, slot: str) -> bool:
        """Add a slot; return False if it was in already."""
        return self._table.execute("insert or ignore into seen values (?)", (bytes.fromhex(slot),)).rowcount == 1

    def missing(self, slots: Iterable[str]) -> list[str]:
        """Return those of some slots that are not in."""
        find = "select 1 from seen where slot = ?"
        return [slot for slot in slots if self._table.execute(find, (bytes.fromhex(slot),)).fetchone() is None]

    def close(self) -> None:
        """Close the file."""
        self._table.close()
