"""The status of an answer, and the vendor's own code, decide what becomes of a request."""

from __future__ import annotations

import httpx2
import pytest

from connectors.http.exchange import HttpAnswer
from foundry.retrying import RetryPolicy
from models.remote.connection import json_of, url_of
from models.remote.effort import Effort
from models.remote.refusals import AccountRefused, CredentialRefused, Declined, EndpointRefused, Transient
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import VARIABLE, a_card
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer

HOME = httpx2.URL("https://api.example/v1")


def an_answer(status: int = 200, code: str = "", kind: str = "application/json", **changes: object) -> HttpAnswer:
    body = b'{"error": {"code": "%s", "message": "words"}}' % code.encode() if code else b"{}"
    given = {"url": HOME, "status": status, "kind": kind, "body": body, "location": "", "retry_after": ""}
    return HttpAnswer(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (402, "", AccountRefused),
        (429, "insufficient_quota", AccountRefused),
        (500, "insufficient_quota", AccountRefused),
        (400, "content_policy", Declined),
        (500, "content_policy", Transient),
        (401, "", CredentialRefused),
        (403, "", CredentialRefused),
        (429, "rate_limit", Transient),
        (503, "", Transient),
        (599, "", Transient),
        (501, "", EndpointRefused),
        (404, "", EndpointRefused),
        (301, "", EndpointRefused),
        (400, "invalid_size", Declined),
        (422, "", Declined),
    ],
)
def test_each_status_has_its_error(
    server: MisbehavingServer, clock: FakeClock, status: int, code: str, error: type[Exception]
) -> None:
    connection = RemoteHandler(a_card(server)).load_model()
    effort = Effort("vendor@1", "shot0", "key", RetryPolicy(attempts=1, budget_s=60.0, clock=clock))
    with pytest.raises(error), connection.client:
        connection.judge(an_answer(status, code), effort)


def test_a_good_answer_passes_and_a_busy_one_says_when_to_come_back(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    connection = RemoteHandler(a_card(server)).load_model()
    effort = Effort("vendor@1", "shot0", "key", RetryPolicy(attempts=1, budget_s=60.0, clock=clock))
    with connection.client:
        for status in (200, 201, 202, 299):
            connection.judge(an_answer(status), effort)
        with pytest.raises(Transient, match=r"api\.example answers 503") as busy:
            connection.judge(an_answer(503, retry_after="7"), effort)
    assert busy.value.after_s == 7


def test_only_json_is_read_as_json() -> None:
    assert json_of(an_answer(body=b'{"data": [1]}')) == {"data": [1]}
    assert json_of(an_answer(body=b"1", kind="application/problem+json")) == 1
    for kind, body, wrong in (
        ("text/html", b"{}", "of type text/html, not JSON"),
        ("", b"{}", "of type unknown, not JSON"),
        ("application/json", b"{", "no whole JSON"),
        ("application/json", b"[" * 200_000, "no whole JSON"),
    ):
        with pytest.raises(Transient, match=wrong):
            json_of(an_answer(kind=kind, body=body))


def test_an_address_may_be_relative_and_must_be_one() -> None:
    assert url_of("/jobs/1", HOME) == httpx2.URL("https://api.example/jobs/1")
    assert url_of("https://jobs.example/1", HOME).host == "jobs.example"
    with pytest.raises(Transient, match="malformed address"):
        url_of("https://[::1/1", HOME)


def test_a_request_carries_its_key_and_no_credential_before_it_leaves(server: MisbehavingServer) -> None:
    connection = RemoteHandler(a_card(server)).load_model()
    with connection.client:
        request = connection.request("POST", HOME, "order-1", json={"n": 1})
    assert request.headers["idempotency-key"] == "order-1"
    assert "authorization" not in request.headers
    assert "idempotency-key" not in connection.request("GET", HOME).headers
    assert connection.auth.api.credential == VARIABLE
