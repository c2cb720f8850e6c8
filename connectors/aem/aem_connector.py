"""Adobe Experience Manager Assets as a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import httpx2
from pydantic import Field

from connectors.aem.describing import expiring_form, form_of
from connectors.aem.folders import SEEN_AFTER_S, Folders
from connectors.aem.names import address, legal_path
from connectors.aem.nodes import ASSET, CONTENT, EXPIRATION, SHA1, SLOT, AssetNode, relative
from connectors.aem.uploading import CHUNK_BYTES, COMPLETE, Place, Uploader
from connectors.http.answers import ForeignAnswer
from connectors.http.bodies import form
from connectors.http.session import Session
from connectors.http.terms import Terms, go_on
from connectors.target import connector
from connectors.target.connector import Facts, Found, Progress, Sent
from connectors.target.errors import ForeignChange, TargetAway
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

PAGE = 200
"""Assets that a query gives at a time."""
LOOKED_FOR = "jcr:content/metadata/{}"
ORIGINAL = "/_jcr_content/renditions/original"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REREAD_BYTES = 256 * 1024 * 1024
"""The largest file that is read again where the instance has not computed its SHA-1 yet."""


class Hits(ForeignAnswer):
    """The answer of Query Builder."""

    success: bool = True
    more: bool = False
    hits: tuple[AssetNode, ...] = Field(default=(), max_length=10_000)


class AemConnector:
    """One instance, and one folder of it. Threads share it."""

    facts = Facts(repeatable=True, versions=True, lists=True, expires=True, proof=Proof.HASH)

    def __init__(self, target_id: str, folder: str, session: Session, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._id, self._folder, self._session = target_id, folder, session
        self._folders = Folders(session)
        self._uploader = Uploader(session, self._folders, chunk_bytes)

    def __repr__(self) -> str:
        return f"AemConnector({self._id!r})"

    # What is there.

    def find(self, place: connector.Place) -> Found | None:
        """Look at the path; if the asset is not there, ask for its id, or for its slot, below the target's folder.

        An asset at the path that names no slot is told, too: an upload may have ended before it was described.
        """
        path = self._path(legal_path(place.path))
        node = self._look(path, go_on)
        if node and (node.uuid == place.target_id if place.target_id else node.text(SLOT) in ("", place.slot)):
            return self._found(node, path)
        name, value = ("jcr:uuid", place.target_id) if place.target_id else (LOOKED_FOR.format(SLOT), place.slot)
        for hit in self._query({"property": name, "property.value": value}, 0).hits:
            if (node := self._look(hit.path, go_on)) and relative(hit.path, self._folder):
                return self._found(node, hit.path)
        return None

    def listing(self) -> Iterator[Found]:
        """Yield the assets below the target's folder that have a slot of ours, a page at a time."""
        wanted, start = {"property": LOOKED_FOR.format(SLOT), "property.operation": "exists"}, 0
        while True:
            page = self._query(wanted, start)
            for node in page.hits:
                if relative(node.path, self._folder) and node.uuid:
                    yield self._found(node, node.path)
            start += len(page.hits)
            if not page.more or not page.hits:
                return

    def _query(self, wanted: dict[str, str], start: int) -> Hits:
        told = (SLOT, ASSET, CONTENT, SHA1, "dam:sha1", "dam:size", EXPIRATION)
        names = ["jcr:path", "jcr:uuid", "jcr:content/dam:assetState", "jcr:content/jcr:lastModified"]
        asked = {
            "path": self._folder,
            "type": "dam:Asset",
            **wanted,
            "orderby": "path",
            "p.hits": "selective",
            "p.properties": " ".join([*names, *map(LOOKED_FOR.format, told)]),
            "p.limit": str(PAGE),
            "p.offset": str(start),
        }
        answer = self._session.ask("GET", f"bin/querybuilder.json?{httpx2.QueryParams(asked)}")
        if answer.status == 200:
            hits = self._session.read(answer, Hits)
            if hits.success:
                return hits
        what = f"Query Builder does not answer ({self._session.reason(answer)})"
        raise self._session.refused(what, "let the user of the sign-in ask /bin/querybuilder.json")

    def _look(self, path: str, check: Callable[[], None]) -> AssetNode | None:
        """Return the asset at an absolute path; None if there is none."""
        answer = self._session.ask("GET", address(path, ".2.json"), terms=Terms(check=check))
        if answer.status == 404:
            return None
        if answer.status != 200:
            remedy = "let the user of the sign-in read there"
            raise self._session.refused(f"{path} cannot be read ({self._session.reason(answer)})", remedy)
        node = self._session.read(answer, AssetNode)
        return node if node.type == "dam:Asset" and node.uuid else None

    def _found(self, node: AssetNode, path: str) -> Found:
        return node.found(relative(path, self._folder) or path, self._session.clock.time())

    def _path(self, path: str) -> str:
        return f"{self._folder}/{path}"

    # Sending.

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Upload the file unless its bytes are there, write its metadata, and prove both."""
        path = self._path(before.path if before else legal_path(file.path))
        node, sha1, request = self._standing(path, before, progress), file.content.hexdigest("sha1"), ""
        if not self._is_there(file, sha1, node, before, progress):
            request = self._upload(path, file, sha1, progress, exists=node is not None)
        self._write(path, form_of(file, sha1, node), progress.check)
        return self._proved(path, file, sha1, request, progress)

    def _standing(self, path: str, before: Found | None, progress: Progress) -> AssetNode | None:
        """Return the asset that is at a path before a sending."""
        folder, _, name = path.rpartition("/")
        if before is None and not progress.step:
            self._folders.make(folder, progress.check)
            if self._folders.has_never_had(folder, name):
                return None
        return self._look(path, progress.check)

    def _upload(self, path: str, file: Outgoing, sha1: str, progress: Progress, *, exists: bool) -> str:
        """Bring the bytes, once more if they did not arrive, and return the id of the request that made the asset."""
        folder, _, name = path.rpartition("/")
        place = Place(folder=folder, name=name, exists=exists)
        for last in (False, True):
            try:
                return self._uploader.upload(file, place, progress)
            except TargetAway as away:
                if not away.maybe:
                    raise
                if self._has_arrived(path, file, sha1, progress):
                    return ""
                if last:
                    raise
        return ""

    def _is_there(
        self, file: Outgoing, sha1: str, node: AssetNode | None, before: Found | None, progress: Progress
    ) -> bool:
        """Return whether the file's bytes are there already; ForeignChange if other bytes are that must stay."""
        if node is None:
            if before is not None:
                raise ForeignChange(self._id, file.path, "was moved or removed")
            return False
        if node.sha1 == sha1 and (before is None or node.uuid == before.target_id):
            return True
        if before is not None:
            if node.uuid != before.target_id:
                raise ForeignChange(self._id, file.path, "was replaced by another asset")
            known = before.checksums.get("sha1", "")
            if known and node.sha1 and node.sha1 != known:
                raise ForeignChange(self._id, file.path, "has other content")
            return False
        if node.text(SLOT) == file.slot.id:
            if node.sha1 and node.text(SHA1) not in ("", node.sha1):
                raise ForeignChange(self._id, file.path, "has other content")
            return False
        path = self._path(legal_path(file.path))
        if progress.step == COMPLETE and not node.text(SLOT) and self._has_arrived(path, file, sha1, progress):
            return True
        raise ForeignChange(self._id, file.path, "holds an asset that was not delivered from here, perhaps made")

    def _has_arrived(self, path: str, file: Outgoing, sha1: str, progress: Progress) -> bool:
        """Return whether the bytes are there after all, where an answer did not say so."""
        for pause_s in (0.0, *SEEN_AFTER_S):
            self._session.clock.sleep(pause_s)
            node = self._look(path, progress.check)
            if node is not None and node.sha1 == sha1:
                return True
            if node is not None and pause_s in (0.0, SEEN_AFTER_S[-1]) and self._reads_the_same(path, file, progress):
                return True
        return False

    def _write(self, path: str, pairs: list[tuple[str, str]], check: Callable[[], None]) -> None:
        """Write metadata, all or nothing; an asset that was just made may be seen a little later."""
        for pause_s in (*SEEN_AFTER_S, None):
            where = address(path, "/_jcr_content/metadata")
            answer = self._session.ask("POST", where, form(pairs), Terms(check=check))
            if answer.status in (200, 201):
                return
            told = self._session.reason(answer)
            if answer.status == 403:
                raise self._session.refused(f"metadata may not be written ({told})", "let the user write there")
            if answer.status != 404:
                raise self._session.file_refused(path, f"has metadata that is not taken ({told})", "correct the map")
            if pause_s is not None:
                self._session.clock.sleep(pause_s)
        raise self._session.away(f"{path} is not seen after its upload", maybe=True)

    # Proof.

    def _proved(self, path: str, file: Outgoing, sha1: str, request: str, progress: Progress) -> Sent:
        """Return the receipt's facts, with the best proof that is to be had now."""
        node, proof = self._settled(path, file, sha1, progress)
        if node.text(CONTENT) != file.content.sha256:
            raise self._session.away(f"{path} does not show the metadata that was written", maybe=True)
        checksum = f"sha1:{sha1}"
        return Sent(target_id=node.uuid, path=file.path, proof=proof, checksum=checksum, request_id=request)

    def _settled(self, path: str, file: Outgoing, sha1: str, progress: Progress) -> tuple[AssetNode, Proof]:
        """Return the asset, and how sure it is that it holds the file.

        Where the instance has computed no SHA-1 yet, the bytes are read again; where it shows another one, which may be
        that of the version before, it is looked at some more times.
        """
        read = False
        for pause_s in (0.0, *SEEN_AFTER_S):
            self._session.clock.sleep(pause_s)
            node = self._look(path, progress.check)
            if node is None:
                continue
            if node.sha1 == sha1:
                return node, Proof.HASH
            read = read or self._reads_the_same(path, file, progress)
            if read and (not node.sha1 or pause_s == SEEN_AFTER_S[-1]):
                return node, Proof.REREAD
            if not node.sha1 and node.size_bytes == file.content.size_bytes > REREAD_BYTES:
                return node, Proof.SIZE
        raise self._session.away(f"{path} does not hold what was sent", maybe=True)

    def _reads_the_same(self, path: str, file: Outgoing, progress: Progress) -> bool:
        """Return whether the original is the file, read again, which may be from the instance's store."""
        size = file.content.size_bytes
        if size > REREAD_BYTES:
            return False
        # What lies there may be larger than the file; it is then read on, for no longer than the file would take.
        terms = Terms(most_bytes=REREAD_BYTES + 1, seconds=120 + size / 20_000, judged=REDIRECTS, check=progress.check)
        answer, read = self._session.hash_of(address(path, ORIGINAL), "sha256", terms)
        if answer.status in REDIRECTS and answer.location:
            where = self._session.url(answer.url).join(answer.location)
            answer, read = self._session.hash_of(where, "sha256", replace(terms, signed_in=False))
        return answer.status == 200 and read.hexdigest == file.content.sha256

    # After that.

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - the asset is enough
        """Let the asset's expiration date be now, by which the instance takes it out of use."""
        if found.expired:
            return found
        path, now = self._path(found.path), self._session.clock.time()
        node = self._look(path, go_on)
        if node is None or node.uuid != found.target_id:
            raise ForeignChange(self._id, found.path, "was moved or removed")
        self._write(path, expiring_form(now), go_on)
        node = self._look(path, go_on)
        if node is None or not node.expired(now):
            raise self._session.away(f"{path} does not show its expiration date", maybe=True)
        return self._found(node, path)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: an instance knows no end of a delivery."""

    def close(self) -> None:
        """Give back connections."""
        self._session.close()
