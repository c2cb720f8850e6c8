"""Deliveries to a webhook: a signed event for each file, with a link under which the receiver fetches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from connectors.http.bodies import Body
from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session
from connectors.http.terms import Terms, go_on
from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import FileRefused, TargetRefused
from connectors.target.outgoing import Outgoing
from connectors.webhook.events import Link, WebhookEvent, delivered, expired
from connectors.webhook.signature import NoWebhookSecret, key_of, signed_headers
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt
from foundry.delivery.target import WebhookTarget
from foundry.names import digest

MOST_BYTES = 100_000
REFUSALS = frozenset({401, 402, 403, 404, 405, 410, 501})
"""Statuses that speak of the address or the sender, and not of one file."""
FACTS = Facts(repeatable=True, versions=False, lists=False, expires=False, proof=Proof.ACCEPTED)


class WebhookConnector:
    """A service that is told of files and cannot be asked what it has."""

    def __init__(self, target: WebhookTarget, tenant: str, session: Session) -> None:
        self._target, self._tenant, self._session = target, tenant, session

    @property
    def facts(self) -> Facts:
        """Return what a webhook can do: it keeps files by their slots, and answers that it took an event."""
        return FACTS

    def find(self, place: Place) -> Found | None:
        """Return what a receipt says, which is all that is known: a webhook cannot be asked."""
        if not place.target_id:
            return None
        return Found(target_id=place.target_id, path=place.path, slot=place.slot)

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Tell the receiver of a file.

        Each try of one sending has one event id, also after the process was killed, and a link, a time and a signature
        of its own. The same file sent again later has another id, as it may have been withdrawn in between.
        """
        began = progress.resume.get("began") or f"{self._session.clock.time():.3f}"
        event_id = digest(
            "webhook-delivered",
            target=self._target.id,
            slot=file.slot.id,
            content=file.content.sha256,
            metadata=file.metadata.digest,
            began=began,
        )
        progress.save("tell", began=began)

        def event() -> WebhookEvent:
            return delivered(file, event_id, self._link(file), replaces=before is not None)

        self._tell(event, file.path, progress.check)
        return Sent(target_id=file.slot.id, path=file.path, proof=Proof.ACCEPTED, request_id=event_id)

    def expire(self, found: Found, receipt: Receipt) -> Found:
        """Tell the receiver that a file must not be used any more."""
        if found.expired:
            return found
        event_id = digest(
            "webhook-expired",
            target=self._target.id,
            slot=found.target_id,
            content=receipt.content,
            delivered_at=receipt.delivered_at,
        )
        event = expired(self._tenant, found.target_id, receipt, event_id)
        self._tell(lambda: event, receipt.path, go_on)
        return replace(found, expired=True)

    def listing(self) -> Iterator[Found]:
        """Yield nothing: a webhook cannot be asked."""
        return iter(())

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: each file was told of by itself."""

    def close(self) -> None:
        """Give back connections."""
        self._session.close()

    def _tell(self, event: Callable[[], WebhookEvent], path: str, check: Callable[[], None]) -> None:
        key = self._key()
        now = self._session.clock.time

        def remade() -> tuple[Body, Mapping[str, str]]:
            made = event()
            body = made.body(now())
            return body, signed_headers(made.id, int(now()), body.data, key)

        # The credential is the signature; the answer's words are of no interest.
        answer = self._session.ask(
            "POST", self._target.url, None, Terms(remade=remade, most_bytes=MOST_BYTES, check=check)
        )
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, path)

    def _key(self) -> bytes:
        secret = self._target.secret
        try:
            return key_of(self._session.secret(secret))
        except NoWebhookSecret as wrong:
            what = f"the environment variable {secret.variable} {wrong}"
            raise self._session.refused(what, "give it the secret that the receiver verifies with") from None

    def _link(self, file: Outgoing) -> Link:
        """Return a fresh link to a file; TargetRefused if its store gives none."""
        good_s = self._target.link_hours * 3_600
        until = self._session.clock.time() + good_s
        if address := file.link(good_s):
            return Link(address, until)
        what = "its events need links, and this store gives none"
        raise self._session.refused(what, "keep the tenant's files in a bucket, or choose another kind of target")

    def _refusal(self, answer: HttpAnswer, path: str) -> FileRefused | TargetRefused:
        reason = self._session.reason(answer)
        if answer.status in REFUSALS:
            gone = " and wants no more events" if answer.status == 410 else ""
            remedy = "correct its url and secret, or remove the target"
            return self._session.refused(f"its receiver refuses events{gone} ({reason})", remedy)
        return self._session.file_refused(path, f"is refused by the receiver ({reason})", "see the receiver's log")
