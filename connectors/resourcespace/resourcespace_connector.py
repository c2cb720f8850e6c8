"""A ResourceSpace as a target.

A resource is made without a file in the state "pending submission", gets its file, its words and its state, in this
order, so that people see it whole or not at all. Making it is the step that would leave a second one: before it is made
again, ResourceSpace is asked for the slot, which is written with the making.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from connectors.http.session import Session
from connectors.resourcespace.resources import ACTIVE, ARCHIVED, PENDING, Kept, Resources
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import ForeignChange
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

PAUSES_S = (0.0, 1.0, 3.0, 6.0)
"""Before looks for a resource that a call without an answer may still be making."""


@dataclass(frozen=True)
class ResourceSpaceConnector:
    """One ResourceSpace; threads share it."""

    target: str
    session: Session
    resources: Resources

    @property
    def facts(self) -> Facts:
        """What ResourceSpace can do: it knows archived resources; earlier files are kept by a plugin of its own."""
        return Facts(repeatable=False, versions=False, lists=True, expires=True, proof=Proof.HASH)

    def find(self, place: Place) -> Found | None:
        """Ask for a resource by its number, and by its slot."""
        kept = self.resources.look(place.target_id) or next(iter(self.resources.of_slot(place.slot)), None)
        return None if kept is None else kept.found()

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Bring a file into a new resource, or into that of `before`, with its words."""
        step, resume = progress.step, progress.resume
        if resume.get("content", file.content.sha256) != file.content.sha256:
            # The attempt was for a file that was made anew since: what it has made is filled with this one.
            step, resume = ("make", {}) if step == "make" else ("made", {"ref": resume.get("ref", "")})
        ref = resume.get("ref") or self._ref(file, before, step, progress)
        kept = self._there(ref, file)
        if step == "fill" and resume.get("ref"):
            done = self._was_filled(kept, resume, file, progress)
        else:
            if before is not None and step not in ("make", "made"):
                self._refuse_foreign(kept, before, file)
            done = self._says_so(kept, file)
        if not done:
            self._fill(kept, ref, file, progress)
        return self._completed(ref, file, progress)

    def expire(self, found: Found, receipt: Receipt) -> Found:  # noqa: ARG002 - the interface's
        """Archive a resource."""
        kept = self.resources.look(found.target_id)
        if kept is None:
            return replace(found, expired=True)
        if kept.columns.archive != ARCHIVED:
            self.resources.move(found.target_id, ARCHIVED)
        return replace(kept.found(), expired=True)

    def listing(self) -> Iterator[Found]:
        """Yield every resource that holds this target's word."""
        return (kept.found() for kept in self.resources.all() if kept.slot)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: a resource is there as soon as it is active."""

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    # The steps of a sending.

    def _ref(self, file: Outgoing, before: Found | None, step: str, progress: Progress) -> str:
        """Return the number of the resource that a file comes into."""
        if before is not None:
            return before.target_id
        made = self._awaited(file, progress) if step == "make" else None
        if made is not None:
            return made
        progress.save("make", content=file.content.sha256)
        ref = self.resources.make(file, progress)
        if step == "make":
            ref = self._awaited(file, progress) or ref
        progress.save("made", content=file.content.sha256, ref=ref)
        return ref

    def _awaited(self, file: Outgoing, progress: Progress) -> str | None:
        """Return the oldest resource of a slot that we made; others of it that never had a file are deleted."""
        for pause_s in PAUSES_S:
            if pause_s:
                progress.check()
                self.session.clock.sleep(pause_s)
            if found := self.resources.of_slot(file.slot.id):
                for each in found[1:]:
                    if each.columns.archive == PENDING and not each.columns.has_file:
                        self.resources.discard(str(each.columns.ref))
                return str(found[0].columns.ref)
        return None

    def _there(self, ref: str, file: Outgoing) -> Kept:
        kept = self.resources.look(ref)
        if kept is None:
            raise ForeignChange(self.target, file.path, "was deleted")
        return kept

    def _was_filled(self, kept: Kept, resume: Mapping[str, str], file: Outgoing, progress: Progress) -> bool:
        """Return whether a file has come although no answer did; ForeignChange if another one has."""
        if kept.file_tag == resume.get("tag", ""):
            return False
        if not self.resources.holds(kept, file, progress):
            raise ForeignChange(self.target, file.path, "has another file")
        return True

    def _refuse_foreign(self, kept: Kept, before: Found, file: Outgoing) -> None:
        if kept.found().etag != before.etag:
            raise ForeignChange(self.target, file.path, "has another file or other words")

    def _says_so(self, kept: Kept, file: Outgoing) -> bool:
        """Return whether a resource says that it has a file's content, and did so when it was whole."""
        return kept.found().content == file.content.sha256

    def _fill(self, kept: Kept, ref: str, file: Outgoing, progress: Progress) -> None:
        progress.save("fill", content=file.content.sha256, ref=ref, tag=kept.file_tag)
        self.resources.fill(ref, file, progress)

    def _completed(self, ref: str, file: Outgoing, progress: Progress) -> Sent:
        """Prove the file, write its words, and bring it into use; states that people chose stay as they are."""
        kept = self._there(ref, file)
        proof, checksum = self.resources.proof(kept, file, progress)
        self.resources.write(ref, file, progress)
        self.resources.write_slot(kept, file, progress)
        if kept.columns.archive in (PENDING, ARCHIVED):
            self.resources.move(ref, ACTIVE)
        found = self._there(ref, file).found()
        return Sent(target_id=ref, path=file.path, proof=proof, etag=found.etag, checksum=checksum)
