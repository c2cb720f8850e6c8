"""The connector of a server of resumable uploads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx2

from connectors.http.bodies import Section
from connectors.http.terms import Terms
from connectors.target.connector import Facts, Found, NoProgress, Place, Progress, Sent
from connectors.target.errors import TargetAway
from connectors.target.outgoing import Content, Outgoing
from connectors.tus.uploads import Uploads
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

PART_BYTES = 16 << 20
REREAD_BYTES = 32 << 20
"""Uploads up to this size are read again where the server gives them back and checks no hashes."""
MOST_IDLE = 10
"""Tries without a further byte, after which the server is left alone for a while."""
NOT_KEPT = "not-kept:"
"""The beginning of the id of an upload whose address may be a secret."""


@dataclass
class TusConnector:
    """Uploads of one server: an inbox, that is told path and slot of each file and does with it as it likes.

    The target's id of an asset is the path of its upload's address. New content is a new upload; the one that it
    replaces is ended where the server can do that. An upload that the server has no more was taken in.
    """

    target: str
    uploads: Uploads
    part_bytes: int = PART_BYTES

    @property
    def facts(self) -> Facts:
        """An upload that is made twice is there twice, and cannot be looked for."""
        return Facts(repeatable=False, versions=False, lists=False, expires=False, proof=Proof.HASH)

    def find(self, place: Place) -> Found | None:
        """Return the upload of a receipt: with its size and our facts, or without where the server took it away."""
        if not place.target_id:
            return None
        address = self.uploads.known(place.target_id)
        state = self.uploads.state(address, NoProgress()) if address else None
        if state is None:
            return Found(target_id=place.target_id, path=place.path, slot=place.slot)
        return Found(
            target_id=place.target_id,
            path=state.told.get("path", place.path)[:1_000],
            size_bytes=state.offset,
            slot=state.told.get("slot", "")[:64],
            asset=state.told.get("asset", "")[:64],
            content=state.told.get("content", "")[:64],
        )

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Upload a file, in parts that are gone on with after an interruption, and prove it."""
        progress.check()
        saved = progress.resume if progress.resume.get("content") == file.content.sha256 else {}
        replaced = saved.get("replaced") or (before.target_id if before else "")
        address = self._going_on(saved.get("upload", ""), file, progress)
        if address is not None:
            self._upload(address, file, None, progress)
        else:
            address = self.uploads.create(file, progress)
            self._save("uploading", address, file, replaced, progress)
            self._upload(address, file, 0, progress)
        proof = self._proof(address, file.content)
        if replaced and (old := self.uploads.known(replaced)) and old != address:
            self._save("replacing", address, file, replaced, progress)
            self.uploads.end(old, progress)
        checksum = f"sha256:{file.content.sha256}" if proof in (Proof.HASH, Proof.REREAD) else ""
        return Sent(target_id=self._id(address), path=file.path, proof=proof, checksum=checksum)

    def _id(self, address: httpx2.URL) -> str:
        return self.uploads.kept(address) or NOT_KEPT + hashlib.sha256(str(address).encode()).hexdigest()[:32]

    def _save(self, step: str, address: httpx2.URL, file: Outgoing, replaced: str, progress: Progress) -> None:
        kept = self.uploads.kept(address)
        progress.save(step, content=file.content.sha256, upload=kept, replaced=replaced)

    def _going_on(self, kept: str, file: Outgoing, progress: Progress) -> httpx2.URL | None:
        """Return the address of an upload that was begun with this content and that the server still has."""
        address = self.uploads.known(kept)
        state = self.uploads.state(address, progress) if address else None
        return address if state and state.size_bytes == file.content.size_bytes else None

    def _upload(self, address: httpx2.URL, file: Outgoing, offset: int | None, progress: Progress) -> None:
        """Send the parts that the server lacks from `offset` on; for None, the server is asked for it."""
        size = file.content.size_bytes
        furthest, idle = -1, 0
        while offset != size:
            progress.check()
            offset = self._offset(address, size, progress) if offset is None else offset
            idle = 0 if offset > furthest else idle + 1
            furthest = max(furthest, offset)
            if offset > size or idle > MOST_IDLE:
                raise self.uploads.session.away(f"an upload does not get beyond byte {offset}", maybe=True)
            if offset < size:
                stop = min(offset + self.part_bytes, size)
                part = Section(file.content, offset, stop, "application/offset+octet-stream")
                offset = self.uploads.part(address, part, progress)

    def _offset(self, address: httpx2.URL, size: int, progress: Progress) -> int:
        state = self.uploads.state(address, progress)
        if state is None or state.size_bytes != size:
            raise self.uploads.session.away("an upload vanished while it was sent", maybe=True)
        return state.offset

    def _proof(self, address: httpx2.URL, content: Content) -> Proof:
        """Return the grade: the server checked a hash of each part, gave the bytes back, or told the right offset.

        tusd gives uploads back, though the protocol knows no such request. TargetAway if they are other bytes.
        """
        if self.uploads.abilities.checksum:
            return Proof.HASH
        if content.size_bytes > REREAD_BYTES:
            return Proof.SIZE
        try:
            answer, read = self.uploads.session.hash_of(address, "sha256", Terms(most_bytes=content.size_bytes))
        except TargetAway:  # it may be a page for people; the offset was right in any case
            return Proof.SIZE
        if answer.status != 200 or read.size_bytes != content.size_bytes:
            return Proof.SIZE
        if read.hexdigest != content.sha256:
            raise self.uploads.session.away("an upload has other bytes than were sent", maybe=True)
        return Proof.REREAD

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - nothing can be said of an upload later
        """Do nothing: the protocol has no word for it but to destroy the upload."""
        return found

    def listing(self) -> Iterator[Found]:
        """Yield nothing: uploads cannot be listed."""
        return iter(())

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: an inbox has no folders."""

    def close(self) -> None:
        """Give back connections."""
        self.uploads.session.close()
