"""Finished files on their way from the store to a scratch file of this machine, checked against their records."""

from __future__ import annotations

import base64
from pathlib import Path

import google_crc32c

from foundry.store.object_store import CorruptObject, ObjectStat, ObjectStore

SECTION_BYTES = 8 << 20


def fetch_file(own: ObjectStore, wanted: ObjectStat, file: Path) -> None:
    """Write an object's bytes to a file, in sections; CorruptObject if they are not those that its record says.

    A record that says no size, as for subtitles, has a small object, which is read at once. NoSuchObject if there is
    none.
    """
    if not wanted.size:
        file.write_bytes(own.get(wanted.name))
        return
    checksum = google_crc32c.Checksum()
    with file.open("wb") as stream:
        for start in range(0, wanted.size, SECTION_BYTES):
            data = own.section(wanted.name, start, min(start + SECTION_BYTES, wanted.size))
            checksum.update(data)
            stream.write(data)
    found = base64.b64encode(checksum.digest()).decode()
    if found != wanted.crc32c:
        raise CorruptObject(wanted.name, wanted.crc32c, found)
