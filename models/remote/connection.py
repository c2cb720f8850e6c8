"""Exchanges with one vendor, judged by their status and the vendor's own error code."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from connectors.http.answers import Unreadable
from connectors.http.answers import json_of as answered_json
from connectors.http.credential_scope import Hop
from connectors.http.exchange import Bounds, ExchangeFailed, HttpAnswer, exchange, retry_after_s
from connectors.http.faults import LATER
from connectors.http.secrets import scrub
from foundry.card.card import Api, ModelCard
from foundry.documents import DocumentLimits
from foundry.inputs.picture import MAX_BYTES
from foundry.metering.payers import note
from models.remote.credential import EnvironmentAuth
from models.remote.effort import Effort
from models.remote.reach import Reach
from models.remote.refusals import AccountRefused, CredentialRefused, Declined, EndpointRefused, Transient
from models.remote.vendor_error import error_in_body, is_no_money, is_policy

ANSWERS = DocumentLimits(size_bytes=MAX_BYTES * 2, text=MAX_BYTES * 2, leaves=20_000)
"""A vendor's answer may hold a whole picture as one text in base64."""
RETRIED = LATER | {409}


def json_of(answer: HttpAnswer) -> object:
    """Return an answer's body as JSON; Transient if it is none, as a proxy's error page is not."""
    try:
        return answered_json(answer, ANSWERS, by_kind_alone=True)
    except Unreadable as unreadable:
        raise Transient(f"the vendor gives {unreadable}") from None


@dataclass(frozen=True)
class Connection:
    """A client of one card, shared by threads, and the addresses that it may ask."""

    card: ModelCard
    api: Api
    client: httpx2.Client
    auth: EnvironmentAuth
    reach: Reach

    def request(self, method: str, url: httpx2.URL, key: str = "", **content: object) -> httpx2.Request:
        """Return a request to a host that may see the credential; `key` makes repeats of it one order."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if key:
            headers["Idempotency-Key"] = key
        return self.client.build_request(method, url, headers=headers, **content)  # type: ignore[arg-type]

    def call(self, request: httpx2.Request, effort: Effort, most_bytes: int) -> HttpAnswer:
        """Return the answer to a request with the credential; the vendor's refusals and faults rise."""
        answer = self._exchange(request, effort, most_bytes, self.auth)
        self.judge(answer, effort)
        return answer

    def order(self, request: httpx2.Request, effort: Effort, most_bytes: int) -> HttpAnswer:
        """Do as `call` for a request that orders a picture. Each try counts, as the vendor may have worked on it."""
        note(vendor_calls=1)
        return self.call(request, effort, most_bytes)

    def get(self, hop: Hop, effort: Effort, most_bytes: int) -> HttpAnswer:
        """Return the answer of an address, unjudged: with the credential in its scope, without it on public hosts."""
        if hop.with_credential:
            return self._exchange(self.request("GET", hop.url), effort, most_bytes, self.auth)
        headers = {
            "Accept": "image/*",
            "Accept-Encoding": "identity",
            "Connection": "close",  # a kept connection was verified for one name, and must not serve another
            "Host": hop.url.netloc.decode("ascii"),
        }
        names = {"sni_hostname": hop.url.host}
        request = self.client.build_request("GET", self.reach.pin(hop.url), headers=headers, extensions=names)
        return self._exchange(request, effort, most_bytes, httpx2.Auth())

    def _exchange(self, request: httpx2.Request, effort: Effort, most_bytes: int, auth: httpx2.Auth) -> HttpAnswer:
        if effort.left_s <= 0:
            raise effort.outage(f"the deadline of {effort.policy.budget_s:g} s has passed")
        bounds = Bounds(min(effort.policy.call_s, effort.left_s), most_bytes, effort.policy.clock)
        try:
            return exchange(self.client, request, auth, bounds)
        except ExchangeFailed as failed:
            raise Transient(str(failed)) from failed

    def judge(self, answer: HttpAnswer, effort: Effort) -> None:
        """Return if the answer is good; else raise the error that its status and the vendor's code stand for."""
        status, host = answer.status, answer.url.host
        if 200 <= status < 300:
            return
        code, message = error_in_body(answer.body)
        reason = scrub(f"{code}: {message}" if code else message, self.api.credential, self.auth.client)
        if status == 402 or is_no_money(code):
            raise AccountRefused(self.card.name, reason or str(status))
        if status < 500 and is_policy(code):
            raise Declined("content_policy", f"the vendor's content policy refuses it ({reason}); change the prompt.")
        if status in (401, 403):
            wrong = f"is not accepted by {host} ({status}); renew it, or ask for access to the model"
            raise CredentialRefused(self.card.name, self.api.credential, wrong)
        if status in RETRIED or (status >= 500 and status != 501):
            raise Transient(f"{host} answers {status}", retry_after_s(answer.retry_after, effort.policy.clock.time()))
        if status in (404, 405, 410, 501) or status < 400:
            where = f"{answer.url.scheme}://{host}{answer.url.path}"
            wrong = f"answers {status}; correct source.url, or api.model {self.api.model!r}"
            raise EndpointRefused(self.card.name, where, wrong)
        raise Declined("vendor_refused", f"the vendor refuses the request ({status}; {reason}); change it or the card.")


def url_of(text: str, base: httpx2.URL) -> httpx2.URL:
    """Return an address from a vendor's answer, which may be relative to `base`; Transient if it is malformed."""
    try:
        return base.join(text)
    except httpx2.InvalidURL:
        raise Transient("the answer holds a malformed address") from None
