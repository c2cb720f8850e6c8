"""The connector of a bucket: one object for each asset, replaced by generation, proved by the bucket's own CRC-32C."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from connectors.bucket.objects import BucketObjects, Overtaken
from connectors.target.closing import Markers, closing_of
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from connectors.target.file_tree import DONE, EXPIRED, MANIFEST, SUMS, expired_of, fault_of, slot_of
from connectors.target.outgoing import Content, Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

OWNER = "_delivery_tenant"
"""The object by which the owner of a bucket says which tenant's files it takes; it holds the tenant's id."""
SLOT, ASSET, CONTENT = "foundry-slot", "foundry-asset", "foundry-sha256"
MOST_METADATA_BYTES = 7_000
"""Bytes of custom metadata; a bucket takes 8 KiB of keys and values together."""
MOST_MARKER_BYTES, ASKED_AT_ONCE = 4_096, 8
TYPES = {MANIFEST: "application/jsonl", SUMS: "text/plain", DONE: "application/json"}


class BucketConnector:
    """Objects of one target. The target's id of an asset is its path, its version the generation of the object."""

    def __init__(self, target: str, tenant: str, objects: BucketObjects) -> None:
        self.target, self.tenant, self.objects = target, tenant, objects
        self._markers = Markers(objects.remove)
        self._allowed, self._asking = False, threading.Lock()

    @property
    def facts(self) -> Facts:
        """Sending is repeatable. Whether earlier generations are kept is a setting of the bucket."""
        return Facts(repeatable=True, versions=False, lists=True, expires=True, proof=Proof.HASH)

    def find(self, place: Place) -> Found | None:
        """Return the object at the path of the receipt, or else of the slot; in use, or expired."""
        self._check_owner()
        for path in dict.fromkeys((place.target_id or place.path, place.path)):
            for expired in (False, True):
                if (blob := self.objects.blob(expired_of(path) if expired else path)) is not None:
                    return _found(path, blob, expired)
        return None

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Upload a file with its metadata in one request that takes effect wholly or not at all."""
        path = file.path
        if (fault := fault_of(path)) or len(path.encode()) > 900:
            raise FileRefused(self.target, path, fault or "has more than 900 bytes", "change the target's naming")
        self._check_owner()
        progress.check()
        self._markers.reopen(path)
        in_use = before is not None and not before.expired and before.target_id == path
        generation = int(before.version) if before is not None and in_use else 0
        try:
            blob = self.objects.upload(path, file.content, file.media_type, generation, _metadata(file))
        except Overtaken:
            blob = self._ours_already(file)
        if before is not None and before.expired:
            self.objects.remove(expired_of(before.target_id))
        if blob.crc32c != file.content.crc32c:
            if not generation:
                self.objects.remove(path, blob.generation)
            raise TargetAway(self.target, f"{path} has another checksum than was sent", maybe=True)
        return _sent(path, blob)

    def _ours_already(self, file: Outgoing) -> Any:
        """Return the object that an interrupted sending has left; ForeignChange for any other."""
        blob = self.objects.blob(file.path)
        if blob is None:
            raise ForeignChange(self.target, file.path, "was removed")
        if blob.crc32c != file.content.crc32c or (blob.metadata or {}).get(CONTENT) != file.content.sha256:
            raise ForeignChange(self.target, file.path, "was there before, or has changed")
        return blob

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - a moved object keeps every change
        """Move an object below `_expired/`: it is copied there, then removed if it is still that generation."""
        path = found.target_id
        blob = None if found.expired else self.objects.blob(path)
        if blob is not None:
            self._markers.reopen(path)
            self.objects.copy(blob, expired_of(path))
            try:
                self.objects.remove(path, blob.generation)
            except Overtaken as error:
                raise ForeignChange(self.target, path, "was changed") from error
        there = self.objects.blob(expired_of(path))
        if there is None:
            raise ForeignChange(self.target, path, "was removed")
        return _found(path, there, expired=True)

    def listing(self) -> Iterator[Found]:
        """Yield every object that has a slot in its metadata."""
        self._check_owner()
        for where, blob in self.objects.listed():
            if (blob.metadata or {}).get(SLOT):
                expired = where.startswith(f"{EXPIRED}/")
                yield _found(where.removeprefix(f"{EXPIRED}/") if expired else where, blob, expired)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Write manifest and checksums, then the marker; ForeignChange, and no marker, if an object is not there."""
        self._check_owner()
        with closing_of(folder, self._present(receipts)) as closing:
            marker, _ = closing.files[-1]
            if self.objects.read_small(marker, MOST_MARKER_BYTES) == closing.done:
                return
            self.objects.remove(marker)
            for path, content in closing.files:
                if closing.count:
                    self._replace(path, content)
                else:
                    self.objects.remove(path)
        self._markers.written(folder)

    def _replace(self, path: str, content: Content) -> None:
        there = self.objects.blob(path)
        try:
            kind = TYPES[path.rpartition("/")[2]]
            self.objects.upload(path, content, kind, int(there.generation) if there else 0, {})
        except Overtaken as error:
            raise ForeignChange(self.target, path, "was changed meanwhile") from error

    def _present(self, receipts: Iterable[Receipt]) -> Iterator[Receipt]:
        """Yield the receipts whose objects are still the generations that they name; ForeignChange otherwise."""
        left = iter(receipts)
        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            while some := list(islice(left, 8 * ASKED_AT_ONCE)):
                found = pool.map(self.objects.blob, [receipt.path for receipt in some])
                for receipt, blob in zip(some, found, strict=True):
                    if blob is None or str(blob.generation) != receipt.version:
                        raise ForeignChange(self.target, receipt.path, "was removed or changed")
                    yield receipt

    def _check_owner(self) -> None:
        """Refuse a bucket whose owner has not said that it takes this tenant's files.

        The account of the deliveries may write to the buckets of several customers, so that the name of a bucket in a
        tenant's file proves nothing.
        """
        with self._asking:
            if self._allowed:
                return
            told = self.objects.read_small(OWNER, 100)
            if told is None or told.decode(errors="replace").strip() != self.tenant:
                where = f"gs://{self.objects.bucket}/{self.objects.prefix}{OWNER}"
                what = f"{where} does not say that files of {self.tenant} may be put there"
                remedy = f"let the bucket's owner write it: echo {self.tenant} | gcloud storage cp - {where}"
                raise TargetRefused(self.target, what, remedy)
            self._allowed = True

    def close(self) -> None:
        """Do nothing: the connections are the process's own."""


def _sent(path: str, blob: Any) -> Sent:
    version = str(blob.generation)
    return Sent(
        target_id=path,
        path=path,
        proof=Proof.HASH,
        version=version,
        etag=version,
        checksum=f"crc32c:{blob.crc32c}",
        request_id=str(blob.id or ""),
    )


def _found(path: str, blob: Any, expired: bool) -> Found:
    ours = blob.metadata or {}
    version = str(blob.generation)
    return Found(
        target_id=path,
        path=path,
        version=version,
        etag=version,
        size_bytes=blob.size,
        checksums={"crc32c": blob.crc32c} if blob.crc32c else {},
        slot=ours.get(SLOT, "") or slot_of(path),
        asset=ours.get(ASSET, ""),
        content=ours.get(CONTENT, ""),
        expired=expired,
        modified=blob.updated.isoformat(timespec="seconds") if blob.updated else "",
        fields={name: value for name, value in ours.items() if name not in (SLOT, ASSET, CONTENT)},
    )


def _metadata(file: Outgoing) -> dict[str, str]:
    """Return the custom metadata of an object: what finds it again, then the target's own fields while they fit."""
    kept = {SLOT: file.slot.id, ASSET: file.asset, CONTENT: file.content.sha256}
    room = MOST_METADATA_BYTES - sum(len(name) + len(value) for name, value in kept.items())
    for name, value in file.fields.items():
        room -= len(name.encode()) + len(value.encode())
        if room < 0:
            break
        if value and name not in kept:
            kept[name] = value
    return kept
