"""SHA-256 of large files, remembered, so that a 24 GB card is not read again for each run.

The memory of a file is bound to its device, inode, size, and times of change. A file that was changed within
two seconds of being read is not remembered, because a second change in the same tick of the clock would not show.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from pathlib import Path

from foundry.documents import read_json
from foundry.documents.limits import SETTINGS
from foundry.errors import Problem
from foundry.names import sha256_file

SETTLED_NS = 2_000_000_000


def hash_of(path: Path, memory: Path | None, *, again: bool = False) -> str:
    """Return the SHA-256 of a file in hex, from the folder `memory` if it is known there.

    `again` reads the file in any case.
    """
    path = path.resolve()
    state = _state(path)
    if memory and not again and (known := _recall(memory, path, state)):
        return known
    found = sha256_file(path)
    settled = time.time_ns() - state["changed_ns"] > SETTLED_NS
    if memory and settled and _state(path) == state:
        _remember(memory, path, {**state, "sha256": found})
    return found


def _state(path: Path) -> dict[str, int]:
    found = path.stat()
    return {
        "device": found.st_dev,
        "inode": found.st_ino,
        "size": found.st_size,
        "modified_ns": found.st_mtime_ns,
        "changed_ns": found.st_ctime_ns,
    }


def _note(memory: Path, path: Path) -> Path:
    return memory / f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:32]}.json"


def _recall(memory: Path, path: Path, state: dict[str, int]) -> str:
    try:
        known = read_json(_note(memory, path), SETTINGS)
    except Problem:  # not known, or a note that cannot be read: then the file itself is read
        return ""
    if not isinstance(known, dict):
        return ""
    found = known.pop("sha256", "")
    return found if known == state and isinstance(found, str) else ""


def _remember(memory: Path, path: Path, note: dict[str, object]) -> None:
    with contextlib.suppress(OSError):  # a full or read-only cache makes the next run slower, never wrong
        memory.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(prefix=".", dir=memory)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(note, stream)
        Path(temporary).replace(_note(memory, path))
