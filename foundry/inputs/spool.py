"""The spool: copies of received files, each under its hash, in a private folder of bounded size.

The processes of one user share it, so that a file which one process admitted is read by another. A copy may be evicted
at any time; then the file is received again, and its hash must be the same.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from foundry.private_folder import private_folder

SPOOL_BYTES = 2_000_000_000
UNFINISHED_SECONDS = 3_600
KEPT_SECONDS = 6 * 3_600
LOOKED_AFTER_SECONDS = 60
_INCOMING = "incoming-"


_written: dict[Path, tuple[float, int]] = {}
"""When this process last made room in a folder, and the bytes that it has written there since."""


@dataclass(frozen=True)
class Spool:
    """A folder of copies. The copies that were used longest ago go first when there are more than `most_bytes`."""

    folder: Path
    most_bytes: int = SPOOL_BYTES

    def copy_of(self, sha256: str) -> Path:
        """Return the place of the copy with this hash, which may be absent."""
        return self.folder / sha256

    @contextmanager
    def incoming(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Yield an empty file and its path; it is removed when the block ends unless `keep` has moved it."""
        handle, name = tempfile.mkstemp(prefix=_INCOMING, dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream, Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def keep(self, incoming: Path, sha256: str) -> Path:
        """Move a whole copy under its hash, make room for it, and return its place."""
        kept = self.copy_of(sha256)
        incoming.chmod(0o600)
        size = incoming.stat().st_size
        incoming.replace(kept)
        if _is_due(self, size):
            self._make_room(kept)
        return kept

    def touch(self, sha256: str) -> bool:
        """Note that a copy is used now; False if it is absent."""
        try:
            os.utime(self.copy_of(sha256))
        except FileNotFoundError:
            return False
        return True

    def _make_room(self, newest: Path) -> None:
        now, left, copies = time.time(), self.most_bytes, []
        for entry in os.scandir(self.folder):
            with suppress(FileNotFoundError):  # another process evicted it
                found = entry.stat(follow_symlinks=False)
                copies.append((found.st_mtime, found.st_size, Path(entry.path)))
        for changed, size, path in sorted(copies, reverse=True):
            old = now - changed > (UNFINISHED_SECONDS if path.name.startswith(_INCOMING) else KEPT_SECONDS)
            left -= size
            if (path != newest and not path.name.startswith(_INCOMING) and left < 0) or old:
                path.unlink(missing_ok=True)


def _is_due(spool: Spool, size: int) -> bool:
    """Return True if it is time to make room: every minute, and after every hundredth of the limit that was written."""
    last, before = _written.get(spool.folder, (0.0, 0))
    now, since = time.monotonic(), before + size
    due = last == 0.0 or now - last > LOOKED_AFTER_SECONDS or since > spool.most_bytes // 100
    _written[spool.folder] = (now, 0) if due else (last, since)
    return due


def user_spool() -> Spool:
    """Return the spool of this user on this machine; a folder of its own where that place belongs to somebody else."""
    return Spool(private_folder("spool"))
