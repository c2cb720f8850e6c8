"""A Bynder portal as a target.

The step that would leave a second asset is the saving of an upload. Before it is made again, the portal is asked by
the tags of slot and content, which are saved with the asset, and asked again for a while, because a search knows a new
asset only after some seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from connectors.bynder.answers import Media, SavedMedia
from connectors.bynder.library import ImportGone, Library, NotConverted, found_of
from connectors.bynder.tags import content_tag, slot_tag, told_content
from connectors.bynder.uploading import Resumed, Uploaded, UploadGone, Uploads
from connectors.http.session import Session
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import ForeignChange
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt
from foundry.delivery.slot import Slot

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Between looks for something that was made and is not seen yet."""
MOST_UPLOADS = 3
SAVE_POLLS, SAVE_POLL_S = 40, 3.0


@dataclass(frozen=True)
class BynderConnector:
    """One portal; threads share it."""

    target: str
    session: Session
    library: Library
    uploads: Uploads

    @property
    def facts(self) -> Facts:
        """What Bynder can do: it knows versions and archived assets, and a saving must not be repeated unasked."""
        return Facts(repeatable=False, versions=True, lists=True, expires=True, proof=self.uploads.proof)

    def find(self, place: Place) -> Found | None:
        """Ask for an asset by its id, and by its slot's tag."""
        media = self.library.look(place.target_id)
        if media is None:
            media = next(iter(self._of_slot(place.slot)), None)
        return None if media is None else found_of(media)

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Bring a file as a new asset, or as a new version of `before`, with its words."""
        resumed = Resumed.of(progress.step, progress.resume)
        if resumed.content not in ("", file.content.sha256):  # it was for a file that was made anew since
            if before is None and resumed.step == "new":
                made = self._awaited(file.slot, resumed.content, progress)
                before = None if made is None else found_of(made)
            resumed = Resumed()
        if before is None or resumed.step == "new":
            media, uploaded = self._new(file, resumed, progress)
        else:
            media, uploaded = self._version(file, before, resumed, progress)
        return self._sent(file, media, uploaded)

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - the interface's
        """Archive an asset."""
        media = self.library.look(found.target_id)
        if media is None:
            return replace(found, expired=True)
        if not media.archive:
            self.library.archive(media.id)
            media = self._looked(media.id, lambda seen: seen.archive)
        return found_of(media)

    def listing(self) -> Iterator[Found]:
        """Yield every asset with this target's tag."""
        for each in self.library.all():
            media = each if each.version is not None else self.library.look(each.id)
            if media is not None:
                yield found_of(media)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: an asset is there as soon as it is saved."""

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    # A new asset.

    def _new(self, file: Outgoing, resumed: Resumed, progress: Progress) -> tuple[Media, Uploaded]:
        uploaded = Uploaded(resumed.imported, resumed.request)
        if resumed.step == "new" and (saved := self._awaited(file.slot, file.content.sha256, progress)):
            return saved, uploaded
        for _ in range(MOST_UPLOADS):
            if resumed.step != "new":
                uploaded = self._upload(file, resumed, progress)
            progress.save("new", **_kept(file, uploaded))
            try:
                made = self._save(partial(self.library.save_new, file, uploaded.id, progress), progress)
            except ImportGone:
                if saved := self._awaited(file.slot, file.content.sha256, progress):
                    return saved, uploaded
                resumed = Resumed()
            else:
                uploaded = replace(uploaded, request=uploaded.request or made.batch)
                return self._looked(made.id, self._tells(file), progress, PAUSES_S[:3]), uploaded
        raise self.session.away("forgets every upload before it can be saved", after_s=60.0)

    def _of_slot(self, slot: str) -> list[Media]:
        return self.library.search(slot_tag(slot), self.library.owner) if slot else []

    def _awaited(self, slot: Slot, content: str, progress: Progress) -> Media | None:
        """Return the asset that a saving without an answer may have made, which a search knows after some seconds."""
        for pause_s in (0.0, *PAUSES_S):
            self._pause(pause_s, progress)
            if found := self.library.search(slot_tag(slot.id), content_tag(content), self.library.owner):
                return self.library.look(found[0].id) or found[0]
        return None

    # A new version.

    def _version(self, file: Outgoing, before: Found, resumed: Resumed, progress: Progress) -> tuple[Media, Uploaded]:
        media = self.library.look(before.target_id)
        if media is None:
            raise ForeignChange(self.target, file.path, "was deleted")
        uploaded = Uploaded(resumed.imported, resumed.request)
        arrived = resumed.step == "version" and self._has_arrived(media, resumed.version, file, progress)
        if not arrived and resumed.step != "written":
            if resumed.step != "version":
                self._refuse_foreign(media, before, file)
            if told_content(media.tags, media.version) != file.content.sha256:
                media, uploaded = self._new_version(file, media, resumed, progress)
        progress.save("written", **_kept(file, uploaded))
        self.library.write(media, file, progress)
        return self._looked(media.id, self._tells(file), progress, PAUSES_S[:3]), uploaded

    def _has_arrived(self, media: Media, version: str, file: Outgoing, progress: Progress) -> bool:
        """Return whether a saving without an answer was made; ForeignChange if somebody else saved a version."""
        if str(media.version) == version and media.version is not None:
            return False
        arrived = self.library.holds(media, file, progress)
        if not arrived and media.version is not None:
            raise ForeignChange(self.target, file.path, "has another content")
        return arrived

    def _refuse_foreign(self, media: Media, before: Found, file: Outgoing) -> None:
        now = found_of(media)
        if (now.etag, now.version) != (before.etag, before.version):
            raise ForeignChange(self.target, file.path, "has another version or other words")

    def _new_version(
        self, file: Outgoing, media: Media, resumed: Resumed, progress: Progress
    ) -> tuple[Media, Uploaded]:
        version = str(media.version)
        for _ in range(MOST_UPLOADS):
            uploaded = Uploaded(resumed.imported, resumed.request)
            if resumed.step != "version":
                uploaded = self._upload(file, resumed, progress)
            progress.save("version", version=version, **_kept(file, uploaded))
            try:
                made = self._save(partial(self.library.save_version, media.id, uploaded.id, file, progress), progress)
            except ImportGone:
                now = self._looked(media.id, lambda _: True, progress)
                if self.library.holds(now, file, progress):
                    return now, uploaded
                resumed = Resumed()
            else:
                uploaded = replace(uploaded, request=uploaded.request or made.batch)
                return self._looked(media.id, lambda seen: str(seen.version) != version, progress), uploaded
        raise self.session.away("forgets every upload before it can be saved", after_s=60.0)

    # What both share.

    def _upload(self, file: Outgoing, resumed: Resumed, progress: Progress) -> Uploaded:
        reason = ""
        for _ in range(MOST_UPLOADS):
            try:
                return self.uploads.bring(file, resumed, progress)
            except UploadGone as gone:
                reason, resumed = str(gone), Resumed()
        raise self.session.away(f"does not take an upload to its end ({reason})", after_s=60.0)

    def _save(self, save: Callable[[], SavedMedia], progress: Progress) -> SavedMedia:
        """Save an upload as soon as Bynder has converted it."""
        for _ in range(SAVE_POLLS):
            try:
                return save()
            except NotConverted:
                self._pause(SAVE_POLL_S, progress)
        raise self.session.away("has not converted an upload yet", after_s=60.0)

    def _looked(
        self,
        number: str,
        seen: Callable[[Media], bool],
        progress: Progress | None = None,
        pauses_s: tuple[float, ...] = PAUSES_S,
    ) -> Media:
        """Return an asset when it is as wanted, or after a while as it is."""
        media: Media | None = None
        for pause_s in (0.0, *pauses_s):
            self._pause(pause_s, progress)
            media = self.library.look(number)
            if media is not None and seen(media):
                return media
        if media is None:
            raise self.session.away("does not show an asset that it has saved", after_s=30.0)
        return media

    def _tells(self, file: Outgoing) -> Callable[[Media], bool]:
        """Return a test whether an asset tells the content of a file and is in use.

        Bynder accepts changes before it shows them, all of one request together, and may tell the version late. What
        is read too early would look like a foreign change later. The size is looked at where it is the proof.
        """
        size, sha256 = file.content.size_bytes, file.content.sha256

        def tells(seen: Media) -> bool:
            sized = seen.size_bytes == size or self.uploads.proof != Proof.SIZE
            known = sized and seen.version is not None and not seen.archive
            return known and told_content(seen.tags, seen.version) == sha256

        return tells

    def _pause(self, seconds: float, progress: Progress | None) -> None:
        if seconds:
            if progress is not None:
                progress.check()
            self.session.clock.sleep(seconds)

    def _sent(self, file: Outgoing, media: Media, uploaded: Uploaded) -> Sent:
        found, proof = found_of(media), self.uploads.proof
        if proof == Proof.SIZE and media.size_bytes != file.content.size_bytes:
            proof = Proof.ACCEPTED
        return Sent(
            target_id=found.target_id,
            path=file.path,
            proof=proof,
            version=found.version,
            etag=found.etag,
            checksum=f"sha256:{file.content.sha256}" if proof == Proof.HASH else "",
            request_id=uploaded.request,
        )


def _kept(file: Outgoing, uploaded: Uploaded) -> dict[str, str]:
    return {"content": file.content.sha256, "imported": uploaded.id, "request": uploaded.request}
