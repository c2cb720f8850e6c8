"""The files that close a delivery of files: a manifest, checksums, and the marker that all is there."""

from __future__ import annotations

import json
import posixpath
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from connectors.target.file_tree import DONE, MANIFEST, SUMS, folders_above
from connectors.target.outgoing import Content
from foundry.delivery.receipt import Receipt
from foundry.private_folder import private_folder


@dataclass(frozen=True)
class Closing:
    """The files of one folder, in the order in which they are written: the marker last."""

    files: tuple[tuple[str, Content], ...]  # path and bytes
    done: bytes
    count: int


class Markers:
    """The markers of finished deliveries, which are removed before anything below their folders changes.

    `remove` removes a file of the target, if it is there. Each folder is asked for once.
    """

    def __init__(self, remove: Callable[[str], None]) -> None:
        self._remove, self._lock = remove, threading.Lock()
        self._gone: set[str] = set()

    def reopen(self, path: str) -> None:
        """Remove the markers of all folders above a path that may have one."""
        for folder in folders_above(path):
            with self._lock:
                if folder not in self._gone:
                    self._remove(posixpath.join(folder, DONE))
                    self._gone.add(folder)

    def written(self, folder: str) -> None:
        """Know that a folder has its marker."""
        with self._lock:
            self._gone.discard(folder)


@contextmanager
def closing_of(folder: str, receipts: Iterable[Receipt]) -> Iterator[Closing]:
    """Yield the files that close `folder`, with paths relative to it.

    They hold no time, so that equal deliveries have equal bytes. SHA256SUMS is for `sha256sum --check`. The marker
    names the SHA-256 of the manifest, and the number of files and bytes in it.
    """
    with tempfile.TemporaryDirectory(dir=private_folder("closing")) as scratch:
        manifest, sums, done = (Path(scratch, name) for name in (MANIFEST, SUMS, DONE))
        with manifest.open("wb") as lines, sums.open("wb") as checks:
            count, size = _write(folder, receipts, lines, checks)
        told = {"files": count, "bytes": size, "manifest_sha256": Content(manifest).sha256}
        done.write_bytes(json.dumps(told, indent=1).encode() + b"\n")
        parts = ((MANIFEST, Content(manifest)), (SUMS, Content(sums)), (DONE, Content(done)))
        yield Closing(tuple((posixpath.join(folder, name), file) for name, file in parts), done.read_bytes(), count)


def _write(folder: str, receipts: Iterable[Receipt], lines: BinaryIO, checks: BinaryIO) -> tuple[int, int]:
    """Write both lists in one pass; return the number of files and of their bytes."""
    count = size = 0
    for receipt in receipts:
        path = posixpath.relpath(receipt.path, folder or ".")
        line = {"path": path, "asset": receipt.asset, "sha256": receipt.content, "bytes": receipt.size_bytes,
                "proof": receipt.proof.value}  # fmt: skip
        lines.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        checks.write(f"{receipt.content}  {path}\n".encode())
        count, size = count + 1, size + receipt.size_bytes
    return count, size
