"""Folders for temporary files that belong to this user alone, also where the machine's folder for them is shared."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from foundry.beneath import PRIVATE_FOLDER


def private_folder(name: str) -> Path:
    """Return the folder `name` of this user among the machine's temporary files.

    Where that place belongs to somebody else, or others may look into it, this process gets another one of its own.
    """
    return _private_in(Path(tempfile.gettempdir()), name, os.getpid())


@lru_cache(maxsize=8)
def _private_in(temporary: Path, name: str, process: int) -> Path:  # noqa: ARG001 - a forked process looks again
    base = temporary / f"campaign-foundry-{os.geteuid()}"
    for folder in (base, base / name):
        with suppress(FileExistsError):
            folder.mkdir(mode=PRIVATE_FOLDER)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            return Path(tempfile.mkdtemp(prefix="campaign-foundry-"))
    return base / name
