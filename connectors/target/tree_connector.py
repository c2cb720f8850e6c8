"""The connector of every target that is a tree of files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from connectors.target.closing import Markers, closing_of
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import FileRefused, ForeignChange
from connectors.target.file_tree import (
    EXPIRED,
    MANIFEST,
    SUMS,
    Entry,
    FileTree,
    NameTaken,
    expired_of,
    fault_of,
    is_own,
    partial_of,
    slot_of,
)
from connectors.target.outgoing import Content, Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

RESUMED_BYTES = 8 << 20
"""Files of this size and more go on where they were interrupted; smaller ones are sent anew."""
MOST_MARKER_BYTES = 4_096
ASKED_AT_ONCE = 200


class TreeConnector:
    """Files of one target, each written under a hidden name, proved, and moved to its place in one step.

    The target's id of an asset is its path. An expired one lies below `_expired/`, with its path.
    """

    def __init__(self, target: str, tree: FileTree) -> None:
        self.target, self.tree = target, tree
        self._markers = Markers(tree.remove)

    @property
    def facts(self) -> Facts:
        """Sending is repeatable, and earlier contents are not kept."""
        return Facts(repeatable=True, versions=False, lists=True, expires=True, proof=self.tree.proof)

    def find(self, place: Place) -> Found | None:
        """Return the file at the path of the receipt, or else of the slot; in use, or expired."""
        for path in dict.fromkeys((place.target_id or place.path, place.path)):
            for expired in (False, True):
                if (entry := self.tree.entry(expired_of(path) if expired else path)) is not None:
                    return self._found(path, entry, expired)
        return None

    def _found(self, path: str, entry: Entry, expired: bool) -> Found:
        etag = self.tree.etag(entry)
        where = expired_of(path) if expired else path
        return Found(
            target_id=path,
            path=path,
            etag=etag,
            size_bytes=entry.size_bytes,
            checksums={} if etag else {"sha256": self.tree.sha256(where)},
            slot=slot_of(path),
            expired=expired,
            modified=datetime.fromtimestamp(entry.modified_s, UTC).isoformat(timespec="seconds"),
        )

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Write the file beside its place, prove it, and move it there."""
        path = file.path
        if fault := fault_of(path):
            raise FileRefused(self.target, path, fault, "change the target's naming")
        progress.check()
        if before is not None and (there := self._standing(file.path, file.content, before, progress)) is not None:
            return there
        partial = partial_of(path)
        written = self.tree.write(partial, file.content, self._start(partial, file.content, progress), progress.check)
        self._markers.reopen(path)
        if before is None:
            try:
                self.tree.move(partial, path, replace=False)
            except NameTaken:
                return self._taken(path, file.content, partial)
        else:
            progress.save("replacing", content=file.content.sha256)
            self.tree.move(partial, path, replace=True)
            if before.expired:
                self.tree.remove(expired_of(before.target_id))
        return self._sent(path, file.content, written.proof, written.entry)

    def _start(self, partial: str, content: Content, progress: Progress) -> int:
        """Return the byte at which the sending of a large file goes on."""
        if content.size_bytes < RESUMED_BYTES:
            return 0
        if progress.step == "sending" and progress.resume.get("content") == content.sha256:
            entry = self.tree.entry(partial)
            return entry.size_bytes if entry and entry.size_bytes < content.size_bytes else 0
        progress.save("sending", content=content.sha256)
        return 0

    def _standing(self, path: str, content: Content, before: Found, progress: Progress) -> Sent | None:
        """Return the sending if the file is there already, None if it is to be sent; ForeignChange for any other."""
        here = self.tree.entry(path)
        if here is not None and here.size_bytes == content.size_bytes and self.tree.sha256(path) == content.sha256:
            if before.expired:
                self.tree.remove(expired_of(before.target_id))
            return self._sent(path, content, Proof.REREAD, here)
        if before.target_id != path or before.expired:
            if here is not None:
                raise ForeignChange(self.target, path, "has appeared")
            return None
        if here is None:
            if progress.step == "replacing" and progress.resume.get("content") == content.sha256:
                return None  # a server without posix-rename was left between the removal and the move
            raise ForeignChange(self.target, path, "was removed")
        if self._differs(self._found(path, here, expired=False), before):
            raise ForeignChange(self.target, path, "was changed")
        return None

    def _differs(self, here: Found, before: Found) -> bool:
        """Return True if a file is not what it was: by its hash where both have one, or else by etag and size."""
        if here.checksums.get("sha256") and before.checksums.get("sha256"):
            return here.checksums["sha256"] != before.checksums["sha256"]
        if here.etag and before.etag:
            return here.etag != before.etag
        return before.size_bytes is not None and here.size_bytes != before.size_bytes

    def _taken(self, path: str, content: Content, partial: str) -> Sent:
        """Return the sending of a file that stands at its place already; ForeignChange if that is another one."""
        self.tree.remove(partial)
        here = self.tree.entry(path)
        if here is None or here.size_bytes != content.size_bytes or self.tree.sha256(path) != content.sha256:
            raise ForeignChange(self.target, path, "was there before, or has changed")
        return self._sent(path, content, Proof.REREAD, here)

    def _sent(self, path: str, content: Content, proof: Proof, entry: Entry) -> Sent:
        checksum = f"sha256:{content.sha256}" if proof in (Proof.HASH, Proof.REREAD) else ""
        return Sent(target_id=path, path=path, proof=proof, etag=self.tree.etag(entry), checksum=checksum)

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - a moved file keeps every change
        """Move a file below `_expired/`, where its path stays readable."""
        path = found.target_id
        if found.expired or self.tree.entry(path) is None:
            entry = self.tree.entry(expired_of(path))
            if entry is None:
                raise ForeignChange(self.target, path, "was removed")
            return self._found(path, entry, expired=True)
        self._markers.reopen(path)
        self.tree.move(path, expired_of(path), replace=True)
        return self.find(Place(slot=found.slot, path=path)) or found

    def listing(self) -> Iterator[Found]:
        """Yield every file whose path has a slot's id in it."""
        for where, entry in self.tree.walk():
            expired = where.startswith(f"{EXPIRED}/")
            path = where.removeprefix(f"{EXPIRED}/") if expired else where
            if is_own(path):
                yield self._found(path, entry, expired)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Write manifest and checksums, then the marker; ForeignChange, and no marker, if a file is not there."""
        with closing_of(folder, self._present(receipts)) as closing:
            marker, _ = closing.files[-1]
            if self.tree.read_small(marker, MOST_MARKER_BYTES) == closing.done:
                return
            self.tree.remove(marker)
            for path, content in closing.files if closing.count else ():
                partial = partial_of(path)
                self.tree.write(partial, content, 0, _go_on)
                self.tree.move(partial, path, replace=True)
        if not closing.count:
            for name in (MANIFEST, SUMS):
                self.tree.remove(posixpath.join(folder, name))
        self._markers.written(folder)

    def _present(self, receipts: Iterable[Receipt]) -> Iterator[Receipt]:
        """Yield the receipts whose files are there; ForeignChange at the first whose file is not."""
        left = iter(receipts)
        while some := list(islice(left, ASKED_AT_ONCE)):
            for receipt, entry in zip(some, self.tree.entries([each.path for each in some]), strict=True):
                if entry is None or entry.size_bytes != receipt.size_bytes:
                    raise ForeignChange(self.target, receipt.path, "was removed or changed")
                yield receipt

    def close(self) -> None:
        """Give back connections."""
        self.tree.close()


def _go_on() -> None:
    return
