"""A ResourceSpace as a target.

A resource is made without a file in the state "pending submission", gets its file, its words and its state, in this
order, so that people see it whole or not at all. Making it is the step that would leave a second one: before it is made
again, ResourceSpace is asked for the slot, which is written with the making.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from connectors.http.session import Session
from connectors.resourcespace.answers import Columns
from connectors.resourcespace.resources import ACTIVE, ARCHIVED, PENDING, Resources
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import ForeignChange
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt

PAUSES_S = (0.0, 1.0, 3.0, 6.0)
"""Before looks for a resource that a call without an answer may still be making."""


@dataclass(frozen=True)
class Resumed:
    """What was kept of a sending that was interrupted.

    step: make, made or fill; "" for a sending that begins. ref: the resource. tag: of the file that it had before.
    """

    step: str = ""
    ref: str = ""
    tag: str = ""

    @classmethod
    def of(cls, progress: Progress, content: str) -> Resumed:
        """Return what a progress holds for a content. What was made for a file of before is filled with this one."""
        step = progress.step if progress.step in ("make", "made", "fill") else ""
        kept = progress.resume
        if step == "fill" and kept.get("content") != content:
            step = "made"
        return cls(step, kept.get("ref", "") if step else "", kept.get("tag", ""))


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
        resumed = Resumed.of(progress, file.content.sha256)
        columns = self.resources.columns(resumed.ref or (before.target_id if before else ""))
        if columns is None and before is not None:
            raise ForeignChange(self.target, file.path, "was deleted")
        columns = columns or self._made(file, resumed, progress)
        if not self._has(columns, before, resumed, file, progress):
            columns = self._filled(columns, file, progress)
        return self._completed(columns, file, progress)

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

    def _made(self, file: Outgoing, resumed: Resumed, progress: Progress) -> Columns:
        """Return the resource that an earlier try may have made, or a new one."""
        again = resumed.step == "make"
        if again and (made := self._awaited(file, progress)):
            return made
        progress.save("make", content=file.content.sha256)
        made = Columns(ref=int(self.resources.make(file, progress)), archive=PENDING)
        made = (self._awaited(file, progress) if again else None) or made
        progress.save("made", content=file.content.sha256, ref=str(made.ref))
        return made

    def _awaited(self, file: Outgoing, progress: Progress) -> Columns | None:
        """Return the oldest resource of a slot that we made; others of it that never had a file are deleted."""
        for pause_s in PAUSES_S:
            if pause_s:
                progress.check()
                self.session.clock.sleep(pause_s)
            if found := self.resources.of_slot(file.slot.id):
                for each in found[1:]:
                    if each.columns.archive == PENDING and not each.columns.has_file:
                        self.resources.discard(str(each.columns.ref))
                return found[0].columns
        return None

    def _columns(self, ref: str, file: Outgoing) -> Columns:
        columns = self.resources.columns(ref)
        if columns is None:
            raise ForeignChange(self.target, file.path, "was deleted")
        return columns

    def _has(
        self, columns: Columns, before: Found | None, resumed: Resumed, file: Outgoing, progress: Progress
    ) -> bool:
        """Return whether a resource has a file's content already; ForeignChange if somebody else put another one."""
        if resumed.step == "fill":
            if columns.file_tag == resumed.tag:
                return False
            if not self.resources.holds(columns, file, progress):
                raise ForeignChange(self.target, file.path, "has another file")
            return True
        if not columns.has_file:
            return False
        found = self.resources.kept(columns).found()
        if before is not None and not resumed.step and found.etag != before.etag:
            raise ForeignChange(self.target, file.path, "has another file or other words")
        return found.content == file.content.sha256

    def _filled(self, columns: Columns, file: Outgoing, progress: Progress) -> Columns:
        """Put a file into a resource; return the resource as it is then."""
        ref = str(columns.ref)
        progress.save("fill", content=file.content.sha256, ref=ref, tag=columns.file_tag)
        self.resources.fill(ref, file, progress)
        return self._columns(ref, file)

    def _completed(self, columns: Columns, file: Outgoing, progress: Progress) -> Sent:
        """Prove the file, write its words, and bring it into use; states that people chose stay as they are."""
        ref = str(columns.ref)
        proof, checksum = self.resources.proof(columns, file, progress)
        self.resources.write(ref, file, progress)
        self.resources.write_slot(columns, file, progress)
        if columns.archive in (PENDING, ARCHIVED):
            self.resources.move(ref, ACTIVE)
        etag = self.resources.kept(columns).found().etag
        return Sent(target_id=ref, path=file.path, proof=proof, etag=etag, checksum=checksum)
