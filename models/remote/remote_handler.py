"""The handler that draws with another vendor's image API as if it were a model of our own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from apache_beam.metrics import Metrics
from apache_beam.ml.inference.base import ModelHandler

from connectors.http.secrets import without_secrets
from foundry.card.card import ModelCard
from foundry.metering.payers import carried, note, paid_by_only
from foundry.metering.steps import step
from foundry.names import digest
from foundry.request_slots import RequestSlots
from foundry.retrying import Clock, SystemClock
from models.drawing import Drawn, DrawRequest, Undrawn
from models.prompt import compile_for
from models.remote import openai_images, submit_and_poll
from models.remote.connection import Connection
from models.remote.effort import Effort
from models.remote.opening import open_connection, retries_of
from models.remote.refusals import Declined, EndpointRefused, VendorOutage

PROTOCOLS = {"openai-images": openai_images.draw, "submit-and-poll": submit_and_poll.draw}
NOT_BILLED = ("content_policy", "vendor_refused", "unsupported_guide", "job_failed")
"""Refusals for which a vendor sends no bill; a picture that came and cannot be used is paid all the same."""

SLOTS = RequestSlots()
"""The pictures under way in this process, by card; the handlers of a card share its limit here."""


class RemoteHandler(ModelHandler[DrawRequest, Drawn | Undrawn, Connection]):  # type: ignore[misc]  # untyped base
    """A handler whose model is a vendor's API; a request that the vendor refuses for good comes back Undrawn.

    `client` names the environment variable of the client's id, for vendors that want one beside the token; `hosts` are
    further hosts of the vendor that may see the credential. Outages rise as VendorOutage, refusals of the card or the
    credential as FoundryError. Nothing secret is kept: handlers may be pickled, logged and shown.
    """

    def __init__(
        self, card: ModelCard, *, client: str = "", hosts: tuple[str, ...] = (), clock: Clock | None = None
    ) -> None:
        super().__init__()
        self.card, self.client, self.hosts = card, client, hosts
        self.clock = clock or SystemClock()

    def load_model(self) -> Connection:
        """Return a client with the card's limits; EndpointRefused for an address that would show the credential."""
        return open_connection(self.card, client=self.client, hosts=self.hosts)

    def run_inference(
        self,
        batch: Sequence[DrawRequest],
        model: Connection,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - Beam passes it
    ) -> list[Drawn | Undrawn]:
        """Return one result per request, in order, drawn at most `api.concurrency` at once.

        After an outage or a refusal of the card no further request is sent, and the error rises.
        """
        failed = threading.Event()
        with ThreadPoolExecutor(max(1, min(len(batch), model.api.concurrency))) as threads:
            draw = carried(self._draw_unless)
            drawing = [threads.submit(draw, failed, request, model) for request in batch]
        errors = [error for each in drawing if (error := each.exception())]
        results = [each.result() for each in drawing if not each.exception()]
        self._count([result for result in results if result])
        if errors:
            raise errors[0]
        return [result for result in results if result]

    def _draw_unless(
        self, failed: threading.Event, request: DrawRequest, connection: Connection
    ) -> Drawn | Undrawn | None:
        """Return the drawing; None once another one of the batch has failed, because the whole batch is drawn again."""
        if failed.is_set():
            return None
        try:
            with paid_by_only([request.order.name]), step("vendor"):
                return self._draw(request, connection)
        except BaseException:
            failed.set()
            raise

    def _draw(self, request: DrawRequest, connection: Connection) -> Drawn | Undrawn:
        order, api = request.order, connection.api
        prompt = compile_for(self.card, order)
        key = digest("remote", card=self.card.digest, tenant=order.tenant, shot=order.name, seed=request.seed)
        fault: Exception
        with SLOTS.of(self.card.digest, api.concurrency):
            effort = Effort(self.card.name, order.name, key, retries_of(api, self.clock))
            try:
                pixels, caption = PROTOCOLS[api.protocol](request, prompt, connection, effort)
            except Declined as refusal:
                reason = self._without_secrets(refusal.reason)
                paid = refusal.why not in NOT_BILLED
                self._note_charge(effort, paid=paid)
                return Undrawn(request, refusal.why, reason, paid=paid)
            except VendorOutage as outage:
                self._note_charge(effort, paid=False)
                fault = VendorOutage(outage.card, outage.shot, self._without_secrets(outage.what))
            except EndpointRefused as refused:
                fault = EndpointRefused(refused.card, self._without_secrets(refused.where), refused.wrong)
            else:
                self._note_charge(effort, paid=True)
                return Drawn(request, pixels, caption, prompt.ignored)
        # Outside the handlers, because the causes hold the vendor's words as they came.
        raise fault

    def _note_charge(self, effort: Effort, *, paid: bool) -> None:
        """Note the vendor's own figure for a picture; the card's price for a paid one of which it gives none."""
        price = round(self.card.unit_cost.money * 1_000_000) if paid else 0
        note(vendor_micro_usd=price if effort.charged_micro_usd is None else effort.charged_micro_usd)

    def _without_secrets(self, text: str) -> str:
        """Return a text that may hold a vendor's words without the card's credentials."""
        return without_secrets(text, self.card.api.credential if self.card.api else "", self.client)

    def _count(self, results: list[Drawn | Undrawn]) -> None:
        """Count the pictures that the vendor bills, and their price, in the thread that Beam's counters belong to."""
        micros = int(self.card.unit_cost.money * 1_000_000)
        for result in results:
            if isinstance(result, Undrawn) and not result.paid:
                continue
            whose = f"{self.card.name}/{result.request.order.tenant}"
            Metrics.counter("remote", f"paid_pictures/{whose}").inc()
            Metrics.counter("remote", f"paid_micro_usd/{whose}").inc(micros)

    def get_num_bytes(self, batch: Sequence[DrawRequest]) -> int:
        """Return a rough figure; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)
