"""The question before a file is sent: what the target holds at its slot, and whether that is ours to replace."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.target.connector import Connector, Found, Place
from connectors.target.errors import ForeignChange
from connectors.target.outgoing import Outgoing
from foundry.delivery.receipt import Attempt, Receipt
from pipelines.delivery.standing import agrees, is_of_attempt


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The question for one file. receipt: the newest one. goes_on: an earlier try may have left something there."""

    target: str
    connector: Connector
    file: Outgoing
    attempt: Attempt
    receipt: Receipt | None
    goes_on: bool

    def before(self) -> Found | None:
        """Return the asset that the file becomes a version of; None for a new one. ForeignChange if it is not ours.

        For a slot without receipts, nothing is asked unless an earlier try may have brought something.
        """
        receipt = self.receipt
        if receipt and receipt.path == self.file.path:
            return self._known(receipt)
        if receipt:
            self.old(receipt)
        return self._unreceipted() if self._may_be_there() else None

    def old(self, receipt: Receipt) -> Found | None:
        """Return the asset at the path that the slot had before; ForeignChange if somebody changed it."""
        found = self.connector.find(Place(slot="", path=receipt.path, target_id=receipt.target_id))
        if found and not found.expired and not agrees(found, receipt):
            raise ForeignChange(self.target, receipt.path, "was changed")
        return found

    def _may_be_there(self) -> bool:
        """Return True if something may be at the place that a sending must know of."""
        return self.goes_on and (not self.connector.facts.repeatable or bool(self.attempt.earlier))

    def _unreceipted(self) -> Found | None:
        """Return what an earlier try has left at the place, if it has."""
        found = self.connector.find(Place(slot=self.file.slot.id, path=self.file.path))
        if found is None or (self.receipt and found.target_id == self.receipt.target_id):
            return found
        if self._is_ours(found) is False:
            raise ForeignChange(self.target, self.file.path, "was there already, with another content,")
        return found

    def _known(self, receipt: Receipt) -> Found | None:
        """Return the asset of the receipt, or what an earlier try made of it."""
        place = Place(slot=self.file.slot.id, path=self.file.path, target_id=receipt.target_id)
        found = self.connector.find(place)
        if found is None:
            return None
        if found.expired and not receipt.expired_at:
            raise ForeignChange(self.target, self.file.path, "was taken out of use")
        if found.expired or agrees(found, receipt):
            return found
        ours = self._is_ours(found) if self.goes_on else False
        if ours is None:  # the target tells nothing of the content, so its size must do
            ours = found.size_bytes in (None, self.file.content.size_bytes)
        if not ours:
            raise ForeignChange(self.target, self.file.path, "was changed")
        return found

    def _is_ours(self, found: Found) -> bool | None:
        """Return whether an asset is what this attempt or one before it sent; None if the target does not tell."""
        said = [is_of_attempt(found, each) for each in (self.attempt.hashes, *self.attempt.earlier)]
        return True if True in said else None if None in said else False
