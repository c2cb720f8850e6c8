"""One HTTP exchange: bounded in time and in bytes, and judged by its status."""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx2

from foundry.card.card import Api, ModelCard
from models.remote.credential import EnvironmentAuth, scrub
from models.remote.patience import Effort
from models.remote.reach import Reach
from models.remote.refusals import AccountRefused, CredentialRefused, Declined, EndpointRefused, Transient
from models.remote.vendor_error import is_no_money, is_policy, problem

RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
MAX_ERROR_BYTES = 65_536


@dataclass(frozen=True)
class Answer:
    """What came back, whole; `kind` is the media type in lower case, `location` is that of a redirect."""

    url: httpx2.URL
    status: int
    kind: str
    body: bytes
    location: str
    retry_after: str

    def json(self) -> object:
        """The body as JSON; Transient if it is none, as a proxy's error page is not."""
        if "json" in self.kind:
            try:
                return json.loads(self.body)
            except (ValueError, RecursionError):
                raise Transient("the answer is no whole JSON") from None
        raise Transient(f"the answer is of type {self.kind or 'unknown'}, not JSON")


@dataclass(frozen=True)
class Connection:
    """A client of one card, shared by threads, and where it may go."""

    card: ModelCard
    api: Api
    client: httpx2.Client
    auth: EnvironmentAuth
    reach: Reach

    def request(self, method: str, url: httpx2.URL, key: str = "", **content: object) -> httpx2.Request:
        """A request to a host that may see the credential; `key` makes repeats of it one order."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if key:
            headers["Idempotency-Key"] = key
        return self.client.build_request(method, url, headers=headers, **content)  # type: ignore[arg-type]

    def call(self, request: httpx2.Request, effort: Effort, most_bytes: int) -> Answer:
        """One exchange with the credential; the vendor's refusals and faults rise."""
        answer = self._exchange(request, effort, most_bytes, self.auth)
        self.judge(answer, effort)
        return answer

    def get(self, url: httpx2.URL, effort: Effort, most_bytes: int) -> Answer:
        """Whatever lies there, unjudged: with the credential on the vendor's hosts, without it on public ones."""
        if self.reach.trusts(url):
            return self._exchange(self.request("GET", url), effort, most_bytes, self.auth)
        headers = {
            "Accept": "image/*",
            "Accept-Encoding": "identity",
            "Connection": "close",  # a kept connection was verified for one name, and must not serve another
            "Host": url.netloc.decode("ascii"),
        }
        names = {"sni_hostname": url.host}
        request = self.client.build_request("GET", self.reach.pinned(url), headers=headers, extensions=names)
        return self._exchange(request, effort, most_bytes, httpx2.Auth())

    def _exchange(self, request: httpx2.Request, effort: Effort, most_bytes: int, auth: httpx2.Auth) -> Answer:
        if effort.left_s <= 0:
            raise effort.outage(f"the deadline of {effort.deadline_s} s has passed")
        timeout_s = min(float(self.api.timeout_s), effort.left_s)
        request.extensions["timeout"] = httpx2.Timeout(timeout_s).as_dict()
        until = effort.patience.clock() + timeout_s
        try:
            response = self.client.send(request, stream=True, auth=auth)
            try:
                return _read(response, most_bytes, until, effort)
            finally:
                response.close()
        except httpx2.TimeoutException:
            fault = f"no whole answer within {timeout_s:.0f} s"
        except httpx2.TransportError as error:
            fault = f"the connection failed ({type(error).__name__})"
        # Outside the handler, because the client's error holds the request, and with it the credential.
        raise Transient(fault)

    def judge(self, answer: Answer, effort: Effort) -> None:
        """Nothing, if the answer is good; else what its status and the vendor's code mean."""
        status, host = answer.status, answer.url.host
        if 200 <= status < 300:
            return
        code, message = problem(answer.body)
        reason = scrub(f"{code}: {message}" if code else message, self.api.credential, self.auth.client)
        if status == 402 or is_no_money(code):
            raise AccountRefused(self.card.name, reason or str(status))
        if status < 500 and is_policy(code):
            raise Declined("content_policy", f"the vendor's content policy refuses it ({reason}); change the prompt.")
        if status in (401, 403):
            wrong = f"is not accepted by {host} ({status}); renew it, or ask for access to the model"
            raise CredentialRefused(self.card.name, self.api.credential, wrong)
        if status in RETRIED or (status >= 500 and status != 501):
            raise Transient(f"{host} answers {status}", effort.patience.retry_after(answer.retry_after))
        if status in (404, 405, 410, 501) or status < 400:
            where = f"{answer.url.scheme}://{host}{answer.url.path}"
            wrong = f"answers {status}; correct source.url, or api.model {self.api.model!r}"
            raise EndpointRefused(self.card.name, where, wrong)
        raise Declined("vendor_refused", f"the vendor refuses the request ({status}; {reason}); change it or the card.")


def _read(response: httpx2.Response, most_bytes: int, until: float, effort: Effort) -> Answer:
    """The whole body, refused as soon as it is known to be too large, encoded, or too slow."""
    headers = response.headers
    most = most_bytes if response.status_code < 400 else MAX_ERROR_BYTES
    if (told := headers.get("content-length", "")).isdecimal() and int(told) > most:
        raise Transient(f"the answer has {told} bytes; the limit is {most}")
    if headers.get("content-encoding", "identity") != "identity":
        raise Transient("the answer is compressed although none was asked for")
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > most:
            raise Transient(f"the answer has more than the limit of {most} bytes")
        if effort.patience.clock() > until:
            raise Transient("the answer came too slowly")
    return Answer(
        response.url,
        response.status_code,
        headers.get("content-type", "").partition(";")[0].strip().lower(),
        bytes(body),
        headers.get("location", "") if response.has_redirect_location else "",
        headers.get("retry-after", ""),
    )


def url_of(text: str, base: httpx2.URL) -> httpx2.URL:
    """An address in a vendor's answer, which may be relative; Transient if it is malformed."""
    try:
        return base.join(text)
    except httpx2.InvalidURL:
        raise Transient("the answer holds a malformed address") from None
