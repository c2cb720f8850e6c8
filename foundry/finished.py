"""The finished objects of a plan: records that are there, and whose files are still what the records say.

A record is written last, so its presence means that its file is finished. In a folder, files can be cut, changed or
removed afterwards; one that is no longer what its record says does not count as finished.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import tee
from typing import TypeVar

from foundry.store.object_store import (
    CorruptObject,
    ForeignName,
    NoSuchObject,
    ObjectStat,
    ObjectStore,
    each_fetched,
    each_present,
)

Item = TypeVar("Item")
BESIDE = ("thumbnail", "sidecar")
"""Keys of a record that name further files, which it holds no checksum of."""


def is_finished(own: ObjectStore, record: str) -> bool:
    """Return True if a record of a tenant's store is there, and its file is what it says."""
    return _is_true(own, record) if own.rechecks else own.exists(record)


def each_finished(own: ObjectStore, records: Iterable[str]) -> Iterator[bool]:
    """Do as `is_finished` for each record, in order; the store is asked for a few dozen at once."""
    if own.rechecks:
        return (_is_true(own, record) for record in records)
    return each_present(own, records)


def each_finished_record(own: ObjectStore, records: Iterable[str]) -> Iterator[bytes | None]:
    """Yield the bytes of each record, in order, None for one that is not finished; a few dozen are read at once."""
    if own.rechecks:
        return (_read_true(own, record) for record in records)
    return each_fetched(own, records)


def with_finished(
    own: ObjectStore, items: Iterable[Item], record_of: Callable[[Item], str]
) -> Iterator[tuple[Item, bool]]:
    """Yield each item with whether its record is finished, in order; each item is made once, a few dozen at a time."""
    asked, waiting = tee(items)
    there = each_finished(own, map(record_of, asked))
    return zip(waiting, there, strict=True)


@dataclass(frozen=True)
class _Record:
    """The part of a record that names files: the one that it has a checksum of, if any, and those beside it."""

    file: ObjectStat | None
    beside: tuple[str, ...]


def make_way(own: ObjectStore, record: str) -> None:
    """Before a file is made: move a record that is not true of its file, and the file, out of the way."""
    if not own.rechecks or not own.exists(record) or _is_true(own, record):
        return
    data = _read_bytes(own, record)
    said = None if data is None else _parse(data)
    if said and said.file:
        with suppress(ForeignName):
            own.set_aside(said.file.name)
    own.set_aside(record)


def _is_true(own: ObjectStore, record: str) -> bool:
    return _read_true(own, record) is not None


def _read_true(own: ObjectStore, record: str) -> bytes | None:
    """Return a record that is there and true of its files; None for any other."""
    data = _read_bytes(own, record)
    said = None if data is None else _parse(data)
    if said is None:
        return None
    try:
        true = (said.file is None or own.is_intact(said.file)) and all(own.exists(name) for name in said.beside)
    except ForeignName:
        return None
    return data if true else None


def _read_bytes(own: ObjectStore, record: str) -> bytes | None:
    """Return a record's bytes; None for one that is not there, or no longer what was written."""
    try:
        return own.get(record)
    except (CorruptObject, NoSuchObject, ForeignName):
        return None


def _parse(data: bytes) -> _Record | None:
    """Return the files that a record names; None for one that is no JSON."""
    try:
        said = json.loads(data)
        beside = tuple(str(said[key]) for key in BESIDE if said.get(key))
        if "address" not in said:
            return _Record(None, beside)
        return _Record(ObjectStat(said["address"], said["size_bytes"], said["crc32c"]), beside)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
