"""Finished files on their way from the store to a scratch file of this machine, checked against their records."""

from __future__ import annotations

import base64
from pathlib import Path

import google_crc32c

from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore

SECTION_BYTES = 8 << 20


def fetch_file(own: ObjectStore, name: str, crc32c: str, file: Path) -> None:
    """Write an object's bytes to a file, in sections; CorruptObject if they are not those of its record.

    crc32c: of the record, "" where none says it. NoSuchObject if the object is not there.
    """
    checksum, at = google_crc32c.Checksum(), 0
    with file.open("wb") as stream:
        while data := own.section(name, at, at + SECTION_BYTES):
            checksum.update(data)
            stream.write(data)
            at += len(data)
            if len(data) < SECTION_BYTES:
                break
    if not at:
        raise NoSuchObject(name)
    found = base64.b64encode(checksum.digest()).decode()
    if crc32c and found != crc32c:
        raise CorruptObject(name, crc32c, found)
