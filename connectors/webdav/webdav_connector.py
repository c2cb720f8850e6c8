"""The connector of a WebDAV server: a tree of files, with conditions, locks and properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from connectors.http.bodies import Section
from connectors.http.exchange import HttpAnswer
from connectors.target.connector import Facts, Found, NoProgress, Place, Progress, Sent
from connectors.target.errors import FileRefused, ForeignChange
from connectors.target.file_tree import EXPIRED, expired_of, fault_of, is_own, partial_of, slot_of
from connectors.target.outgoing import Outgoing
from connectors.webdav.chunks import CHUNK_BYTES, ChunkedUpload
from connectors.webdav.folders import Folders
from connectors.webdav.locks import Lock, locked
from connectors.webdav.multistatus import Resource
from connectors.webdav.proving import Proved, claims, proved, told_of_upload
from connectors.webdav.requests import proppatch
from connectors.webdav.server import Server, terms
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

MOST_DEPTH, MOST_FOLDERS = 32, 100_000
WRITTEN = (200, 201, 204)
REFUSED_PROPERTIES = (403, 404, 405, 409, 422, 501)


class _Taken(Exception):
    """Something stands at a file's place, or has another tag than was expected there."""


@dataclass
class WebdavConnector:
    """Files of one target. The target's id of an asset is its path; an expired one lies below `_expired/`.

    A new file is written on the condition that nothing is there. One that is replaced is locked, where the server has
    locks, and looked at before; elsewhere its tag is the condition. Where an upload is visible before it is whole, it
    is made under a hidden name and moved.
    """

    target: str
    tenant: str
    server: Server
    chunk_bytes: int = CHUNK_BYTES
    folders: Folders = field(init=False)

    def __post_init__(self) -> None:
        self.folders = Folders(self.server)

    @property
    def facts(self) -> Facts:
        """Sending is repeatable, since what stands at a place is compared before it counts as somebody else's."""
        proof = Proof.HASH if self.server.at.is_owncloud_like else Proof.REREAD
        return Facts(repeatable=True, versions=self.server.at.is_owncloud_like, lists=True, expires=True, proof=proof)

    def find(self, place: Place) -> Found | None:
        """Return the file at the path of the receipt, or else of the slot; in use, or expired."""
        for path in dict.fromkeys((place.target_id or place.path, place.path)):
            for expired in (False, True):
                at = self.server.at.file(expired_of(path) if expired else path)
                if (there := self.server.describe(at)) is not None and not there.is_folder:
                    return _found(path, there, expired)
        return None

    # Sending.

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Write a file to its place, with its properties, and prove it."""
        if fault := fault_of(file.path):
            raise FileRefused(self.target, file.path, fault, "change the target's naming")
        progress.check()
        self.folders.make(file.path.rpartition("/")[0])
        if before is not None and before.expired:
            before = self._brought_back(before, progress)
        replacing = before is not None and before.path == file.path
        with self._locked(file.path, progress) if replacing else nullcontext() as lock:
            try:
                told = self._placed(file, before if replacing else None, lock, progress)
            except _Taken:
                told = self._ours(file, before if replacing else None)
            self._describe(file, lock, progress)
        progress.check()
        known = (told if not file.fields else None) or proved(self.server, file.path, file.content)
        if known is None:
            what = f"{file.path} is not there as it was sent"
            raise self.server.session.away(what, maybe=True)
        checksum = "" if known.proof == Proof.SIZE else f"sha256:{file.content.sha256}"
        return Sent(target_id=file.path, path=file.path, proof=known.proof, etag=known.etag, checksum=checksum)

    def _locked(self, path: str, progress: Progress) -> AbstractContextManager[Lock]:
        return locked(self.server, path, f"campaign-foundry {self.tenant}/{self.target}", progress)

    def _placed(self, file: Outgoing, before: Found | None, lock: Lock | None, progress: Progress) -> Proved | None:
        """Bring the bytes to their place, and return what the server's answer proves of them, if anything.

        _Taken if what is there is not what `before` says.
        """
        conditions = {"If-None-Match": "*"} if before is None else {}
        if before is not None:
            self._is_unchanged(file.path, before)
            conditions = lock.headers if lock and lock.token else {}
            if not conditions and before.etag:
                conditions = {"If-Match": f'"{before.etag}"'}
        if not self.server.abilities.whole_puts:
            return self._moved_into_place(file, before, lock, progress)
        if self.server.at.upload("") and file.content.size_bytes > self.chunk_bytes:
            # The condition on the place is a list of its own: the address that is asked is that of the upload.
            tag = f'<{self.server.at.file(file.path)}> (["{before.etag}"])' if before is not None else ""
            answer = ChunkedUpload(self.server, file, progress, self.chunk_bytes).send(
                {"If": tag} if tag else {"Overwrite": "F"}
            )
            if answer.status == 404:
                raise _Taken  # an answer was lost, and the chunks are a file already
        else:
            answer = self._put(file, file.path, {**conditions, **claims(self.server, file.content)}, progress)
        self._is_written(answer, file.path)
        return told_of_upload(answer, file.content)

    def _put(self, file: Outgoing, path: str, headers: dict[str, str], progress: Progress) -> HttpAnswer:
        """Upload the bytes; if the folder has gone, it is made once more."""
        url, body = self.server.at.file(path), Section(file.content, media_type=file.media_type)
        answer = self.server.session.ask("PUT", url, body, terms(progress, headers))
        if answer.status in (404, 409):
            folder = path.rpartition("/")[0]
            self.folders.forget(folder)
            self.folders.make(folder)
            answer = self.server.session.ask("PUT", url, body, terms(progress, headers))
        return answer

    def _moved_into_place(
        self, file: Outgoing, before: Found | None, lock: Lock | None, progress: Progress
    ) -> Proved | None:
        """Upload under a hidden name, and move the file to its place when it is whole."""
        partial = partial_of(file.path)
        answer = self._put(file, partial, {}, progress)
        if answer.status not in WRITTEN:
            raise self.server.refusal(answer, file.path)
        progress.check()
        try:
            self._move(partial, file.path, progress, replace=before is not None, lock=lock)
        except _Taken:
            self.server.remove(self.server.at.file(partial))
            raise
        return None

    def _move(self, old: str, new: str, progress: Progress, *, replace: bool, lock: Lock | None = None) -> None:
        """Give a file another path; _Taken if something is there and `replace` is False, or if the lock has gone."""
        headers = {"Destination": str(self.server.at.file(new)), "Overwrite": "T" if replace else "F"}
        headers |= lock.headers if lock else {}
        answer = self.server.session.ask("MOVE", self.server.at.file(old), None, terms(progress, headers))
        if answer.status == 404 and self.server.describe(self.server.at.file(new)) is not None:
            return  # an answer was lost, and the file was moved before
        self._is_written(answer, new)

    def _is_written(self, answer: HttpAnswer, path: str) -> None:
        if answer.status == 412:
            raise _Taken
        if answer.status not in WRITTEN:
            raise self.server.refusal(answer, path)

    def _is_unchanged(self, path: str, before: Found) -> None:
        """Return if a file is what it was; _Taken otherwise."""
        here = self.server.describe(self.server.at.file(path))
        if here is None or (before.etag and here.etag != before.etag):
            raise _Taken
        if not before.etag and before.size_bytes != here.size_bytes:
            raise _Taken

    def _ours(self, file: Outgoing, before: Found | None) -> Proved:
        """Return the proof of a file that stands at its place already; ForeignChange if that is another one.

        So an upload whose answer or receipt was lost is found again.
        """
        here = self.server.describe(self.server.at.file(file.path))
        if here is not None and here.size_bytes == file.content.size_bytes:
            known = proved(self.server, file.path, file.content)
            if known is not None:
                return known
        if here is None and before is None:
            raise self.server.session.away(f"{file.path} vanished while it was sent", maybe=True)
        what = "was removed" if here is None else "was changed" if before else "was there before, or was changed"
        raise ForeignChange(self.target, file.path, what)

    def _describe(self, file: Outgoing, lock: Lock | None, progress: Progress) -> None:
        """Set the target's own fields, and ours, as properties of the file (dead properties, RFC 4918, 4.4)."""
        if not file.fields:
            return
        own = {"slot": file.slot.id, "asset": file.asset, "content": file.content.sha256}
        url, headers = self.server.at.file(file.path), lock.headers if lock else {}
        body = proppatch({**file.fields, **own})
        answer = self.server.session.ask("PROPPATCH", url, body, terms(progress, headers))
        if answer.status == 412 and headers:  # the lock went with the file that was replaced
            answer = self.server.session.ask("PROPPATCH", url, body, terms(progress, {}))
        if answer.status in REFUSED_PROPERTIES or (answer.status == 207 and not self._all_set(answer)):
            what = "was brought, but the server keeps no such properties"
            raise FileRefused(self.target, file.path, what, "take `metadata` out of the target, or correct its names")
        if answer.status not in (200, 204, 207):
            raise self.server.refusal(answer, file.path)

    def _all_set(self, answer: HttpAnswer) -> bool:
        """Return False if an answer to PROPPATCH names a property that was refused: they are set together or not."""
        return not any(f" {status}" in answer.body.decode("utf-8", "replace") for status in (403, 409, 424, 507))

    # Use and disuse.

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - a moved file keeps every change
        """Move a file below `_expired/`, where its path stays readable."""
        path, resting = found.target_id, NoProgress()
        if not found.expired and self.server.describe(self.server.at.file(path)) is not None:
            self.folders.make(expired_of(path).rpartition("/")[0])
            with self._locked(path, resting) as lock, suppress(_Taken):  # taken: moved before, and its lock with it
                self._move(path, expired_of(path), resting, replace=True, lock=lock)
            if self.server.describe(self.server.at.file(path)) is not None:
                raise self.server.session.away(f"{path} is still there after it was moved", maybe=True)
        there = self.server.describe(self.server.at.file(expired_of(path)))
        if there is None:
            raise ForeignChange(self.target, path, "was removed")
        return _found(path, there, expired=True)

    def _brought_back(self, before: Found, progress: Progress) -> Found | None:
        """Bring an expired file back to its place, and return what is there now."""
        path = before.target_id
        self.folders.make(path.rpartition("/")[0])
        try:
            self._move(expired_of(path), path, progress, replace=False)
        except _Taken:
            raise ForeignChange(self.target, path, "has appeared") from None
        return self.find(Place(slot=before.slot, path=path))

    def listing(self) -> Iterator[Found]:
        """Yield every file whose path has a slot's id in it, folder by folder; each is asked for by itself."""
        waiting, seen = [""], 0
        while waiting:
            folder, seen = waiting.pop(), seen + 1
            if seen + len(waiting) > MOST_FOLDERS:
                raise self.server.session.away(f"the target tells of more than {MOST_FOLDERS} folders")
            for each in self.server.inside(self.server.at.folder(folder)):
                path = self.server.at.path(each.href)
                if not path or path.rpartition("/")[0] != folder:
                    continue  # the folder itself, or what cannot lie in it
                if each.is_folder:
                    if path.count("/") < MOST_DEPTH:
                        waiting.append(path)
                elif is_own(path):
                    expired = path.startswith(f"{EXPIRED}/")
                    yield _found(path.removeprefix(f"{EXPIRED}/") if expired else path, each, expired)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: people who look into a WebDAV folder see whole files alone."""

    def close(self) -> None:
        """Give back connections."""
        self.server.session.close()


def _found(path: str, there: Resource, expired: bool) -> Found:
    return Found(
        target_id=path,
        path=path,
        etag=there.etag,
        size_bytes=there.size_bytes,
        slot=there.own.get("slot") or slot_of(path),
        asset=there.own.get("asset", "")[:64],
        content="",
        expired=expired,
        modified=_iso(there.modified),
    )


def _iso(date: str) -> str:
    """Return a date of HTTP in ISO 8601; "" for none."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, TypeError, OverflowError):
        return ""
