"""The finished objects of a plan: records that are there, and whose files are still what the records say.

A record is written last, so its presence means that its file is finished. In a folder, files can be cut, changed or
removed afterwards; one that is no longer what its record says does not count as finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from foundry.store.object_store import CorruptObject, ForeignName, NoSuchObject, ObjectStat, ObjectStore, each_present

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


@dataclass(frozen=True)
class _Record:
    """The part of a record that names files: the one that it has a checksum of, if any, and those beside it."""

    file: ObjectStat | None
    beside: tuple[str, ...]


def make_way(own: ObjectStore, record: str) -> None:
    """Before a file is made: move a record that is not true of its file, and the file, out of the way."""
    if not own.rechecks or not own.exists(record) or _is_true(own, record):
        return
    said = _read(own, record)
    if said and said.file:
        with suppress(ForeignName):
            own.set_aside(said.file.name)
    own.set_aside(record)


def _is_true(own: ObjectStore, record: str) -> bool:
    said = _read(own, record)
    if said is None:
        return False
    try:
        return (said.file is None or own.is_intact(said.file)) and all(own.exists(name) for name in said.beside)
    except ForeignName:
        return False


def _read(own: ObjectStore, record: str) -> _Record | None:
    """Return what a record says of files; None for one that is no JSON, or no longer what was written."""
    try:
        data = own.get(record)
    except (CorruptObject, NoSuchObject, ForeignName):
        return None
    try:
        said = json.loads(data)
        beside = tuple(str(said[key]) for key in BESIDE if said.get(key))
        if "address" not in said:
            return _Record(None, beside)
        return _Record(ObjectStat(said["address"], said["size_bytes"], said["crc32c"]), beside)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
