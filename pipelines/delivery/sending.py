"""The sending of one file: its bytes, the question what is there already, the connector's steps, and the receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.target.connector import Connector, Sent
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from connectors.target.outgoing import Content, Outgoing
from foundry.delivery.receipt import Attempt, Delivered, Receipt, State
from foundry.delivery.target import Target
from foundry.errors import FoundryError, clipped
from foundry.store.lease import Lease
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore
from imaging.metadata.splicing import CannotEmbed
from pipelines.delivery.asking import Asking
from pipelines.delivery.attempts import BEGUN, Progress, begin, newest
from pipelines.delivery.patience import Patience
from pipelines.delivery.saying import Saying
from pipelines.delivery.selecting import Selected
from pipelines.delivery.stamping import stamped

MOST_RECEIPTS = 20
MOST_WHY = 500


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """One target while a run works at it; threads share it.

    ask: rises where the run must not go on. tries: sendings of one file that may fail while others arrive.
    """

    own: ObjectStore
    target: Target
    connector: Connector
    lease: Lease
    patience: Patience
    ask: Callable[[], None]
    now: Callable[[], datetime]
    tries: int

    def moment(self) -> str:
        """Return the present moment, UTC, ISO 8601."""
        return self.now().isoformat(timespec="seconds")

    def link(self, address: str) -> Callable[[int], str]:
        """Return the maker of links to an object; they are empty where the store's links lead nowhere from outside."""

        def sign(seconds: int) -> str:
            made = self.own.sign(address, seconds)
            return "" if made.startswith("file:") else made

        return sign


def send(work: Delivering, file: Selected, said: Saying, record: Delivered) -> Delivered:
    """Bring a file to its place; return its record as it is stored then: delivered, set aside, in conflict, or open."""
    try:
        with stamped(work.own, file, said, embeds=work.target.embed) as content:
            return _Sending(work, _outgoing(work, file, said, content), said, record).run()
    except (NoSuchObject, CorruptObject, CannotEmbed) as error:
        code = getattr(error, "code", "corrupt_object")
        aside = replace(record, state=State.SET_ASIDE, code=code, why=clipped(str(error), MOST_WHY))
        aside = replace(aside, attempt=record.attempt or _not_begun(file, said))
        Progress(record=record, lease=work.lease, ask=work.ask).write(aside)
        return aside


def _not_begun(file: Selected, said: Saying) -> Attempt:
    return Attempt(asset=file.row.asset, content="", metadata=said.digest, path=said.path)


def _outgoing(work: Delivering, file: Selected, said: Saying, content: Content) -> Outgoing:
    return Outgoing(
        slot=file.slot,
        asset=file.row.asset,
        path=said.path,
        content=content,
        media_type=file.media_type,
        metadata=said.metadata,
        fields=dict(said.fields),
        link=work.link(file.address),
    )


def _hashes(content: Content) -> dict[str, str]:
    told = {kind: content.hexdigest(kind) for kind in ("sha1", "md5")}
    return {"sha256": content.sha256, "crc32c": content.crc32c, **told}


class _Sending:
    """One file on its way. It is tried again until it arrives, is refused, or the target is left alone."""

    def __init__(self, work: Delivering, file: Outgoing, said: Saying, record: Delivered) -> None:
        self.work, self.file, self.receipt = work, file, newest(record)
        attempt = Attempt(
            asset=file.asset,
            content=file.content.sha256,
            metadata=said.digest,
            step=BEGUN,
            path=file.path,
            hashes=_hashes(file.content),
        )
        begun = begin(record, attempt)
        self.goes_on = record.attempt is not None
        self.progress = Progress(record=begun, lease=work.lease, ask=work.ask)
        self.failed_at = self.progress.attempt.step
        if begun.attempt != record.attempt:
            self.progress.write(begun)

    def run(self) -> Delivered:
        """Return the record as it is stored at the end."""
        patience = self.work.patience
        while patience.wait(self.work.ask):
            began = patience.round
            try:
                return self._arrive(self._send())
            except TargetAway as error:
                patience.fail(error, began)
                self.goes_on = True
                if self._counted(error) is State.SET_ASIDE:
                    break
            except TargetRefused as error:
                patience.refuse(error)
            except ForeignChange as error:
                return self._settle(State.CONFLICT, error)
            except FileRefused as error:
                return self._settle(State.SET_ASIDE, error)
        return self.progress.record

    def _send(self) -> Sent:
        asking = Asking(
            target=self.work.target.id,
            connector=self.work.connector,
            file=self.file,
            attempt=self.progress.attempt,
            receipt=self.receipt,
            goes_on=self.goes_on,
        )
        sent = self.work.connector.send(self.file, asking.before(), self.progress)
        moved = self.receipt and self.receipt.path != self.file.path and self.receipt.target_id != sent.target_id
        if self.receipt and moved and (old := asking.old(self.receipt)) and not old.expired:
            self.work.connector.expire(old, self.receipt)
        return sent

    def _arrive(self, sent: Sent) -> Delivered:
        attempt, record = self.progress.attempt, self.progress.record
        receipt = Receipt(
            asset=attempt.asset,
            content=attempt.content,
            size_bytes=self.file.content.size_bytes,
            metadata=attempt.metadata,
            path=self.file.path,
            target_id=sent.target_id,
            version=sent.version,
            etag=sent.etag,
            checksum=sent.checksum,
            request_id=sent.request_id,
            proof=sent.proof,
            delivered_at=self.work.moment(),
        )
        kept = (receipt, *record.receipts)[:MOST_RECEIPTS]
        self.progress.write(replace(record, state=State.DELIVERED, receipts=kept, attempt=None, code="", why=""))
        self.work.patience.succeed()
        return self.progress.record

    def _counted(self, error: TargetAway) -> State:
        """Count a failure; a file that keeps failing at one step while others arrive is set aside.

        A target that asks to be left alone is busy, which is no fault of the file.
        """
        attempt = self.progress.attempt
        tries = (attempt.tries if attempt.step == self.failed_at else 0) + (error.after_s == 0)
        self.failed_at = attempt.step
        poison = tries >= self.work.tries and self.work.patience.successes > 0
        state = State.SET_ASIDE if poison else State.OPEN
        why = f"{error} (after {tries} tries, while other files arrived)" if poison else str(error)
        record = replace(self.progress.record, attempt=replace(attempt, tries=tries), state=state, code=error.code)
        self.progress.write(replace(record, why=clipped(why, MOST_WHY)))
        return state

    def _settle(self, state: State, error: FoundryError) -> Delivered:
        self.progress.write(
            replace(self.progress.record, state=state, code=error.code, why=clipped(str(error), MOST_WHY))
        )
        return self.progress.record
