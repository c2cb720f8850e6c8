"""Faults that stay: one picture refused, or everything stopped with a sentence."""

from __future__ import annotations

import pickle

import pytest

from models.drawing import Drawn
from models.registry import card as card_of
from models.remote.refusals import AccountRefused, CredentialRefused, Declined, EndpointRefused, Transient, VendorOutage
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import SECRET, VARIABLE, a_card, draw, request, undrawn
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import job, refusing


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "content_policy_violation"), (400, "moderation_blocked"), (403, "content_filter"), (422, "prompt_unsafe")],
)
def test_the_vendors_content_policy_refuses_one_picture_only(
    server: MisbehavingServer, clock: FakeClock, status: int, code: str
) -> None:
    server.vendor.will("draw", refusing(status, code, f"Rejected.\n Key {SECRET}, see https://v.example/x?sig=abc"))
    refused, drawn = draw(a_card(server, concurrency=1), clock, request(), request(1))
    assert isinstance(drawn, Drawn)
    told, reason = undrawn(refused)
    assert told == "content_policy"
    assert f"{code}: Rejected. Key [credential], see https://v.example/x?[...]" in reason
    assert clock.sleeps == []


def test_a_job_failed_for_policy_is_not_ordered_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("status", job(status="failed", errors=[{"code": "content_policy", "message": "no"}]))
    code, _ = undrawn(draw(a_card(server, "submit-and-poll"), clock)[0])
    assert code == "content_policy"
    assert len(server.vendor.asked("generate-async")) == 1


def test_other_bad_requests_are_refused_with_the_vendors_words(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", refusing(400, "invalid_size", "64x64 is not offered " + "x" * 500))
    code, reason = undrawn(draw(a_card(server), clock)[0])
    assert code == "vendor_refused"
    assert "64x64 is not offered" in reason
    assert len(reason) < 400


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_named_and_not_told(server: MisbehavingServer, clock: FakeClock, status: int) -> None:
    server.vendor.will("draw", refusing(status, "invalid_api_key", f"Incorrect key {SECRET}"))
    with pytest.raises(CredentialRefused, match=f"environment variable {VARIABLE} is not accepted") as caught:
        draw(a_card(server), clock)
    assert "Incorrect" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "wrong"), [(None, "is not set"), ("", "is empty"), ("a b", "white"), ("k\n", "white")]
)
def test_an_unusable_credential_is_refused_before_anything_is_sent(
    server: MisbehavingServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, value: str | None, wrong: str
) -> None:
    monkeypatch.delenv(VARIABLE) if value is None else monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(CredentialRefused, match=f"{VARIABLE} .*{wrong}"):
        draw(a_card(server), clock)
    assert not server.vendor.seen


def test_a_new_credential_counts_from_the_next_request_on(
    server: MisbehavingServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = RemoteHandler(a_card(server), clock=clock)
    connection = handler.load_model()
    handler.run_inference([request()], connection)
    monkeypatch.setenv(VARIABLE, "renewed")
    handler.run_inference([request(1)], connection)
    connection.client.close()
    assert [seen.headers["authorization"] for seen in server.vendor.seen] == [f"Bearer {SECRET}", "Bearer renewed"]


@pytest.mark.parametrize("status", [404, 405, 301])
def test_a_wrong_address_or_model_is_told_at_once(server: MisbehavingServer, clock: FakeClock, status: int) -> None:
    server.vendor.will("draw", refusing(status, "model_not_found", Location="http://127.0.0.1:1/"))
    with pytest.raises(
        EndpointRefused, match=r"/v1/images/generations answers .* correct source.url, or api.model 'm'"
    ):
        draw(a_card(server), clock)
    assert len(server.vendor.seen) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(429, "insufficient_quota"), (402, ""), (400, "billing_hard_limit_reached")]
)
def test_an_empty_account_stops_everything(server: MisbehavingServer, clock: FakeClock, status: int, code: str) -> None:
    server.vendor.will("draw", refusing(status, code))
    with pytest.raises(AccountRefused, match="top it up"):
        draw(a_card(server), clock)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://api.example/v1", "no https address"),
        ("ftp://api.example/v1", "no https address"),
        ("api.example", "no https address"),
        ("https://[::1/v1", "malformed"),
        (f"https://user:{SECRET}@api.example/v1", "where keys are hidden"),
        (f"https://api.example/v1?key={SECRET}", "where keys are hidden"),
    ],
)
def test_a_card_that_would_show_the_credential_is_refused(server: MisbehavingServer, url: str, wrong: str) -> None:
    card = a_card(server)
    open_card = card.model_copy(update={"source": card.source.model_copy(update={"url": url})})
    with pytest.raises(EndpointRefused, match=wrong) as caught:
        RemoteHandler(open_card).load_model()
    assert SECRET not in str(caught.value)


def test_every_refusal_survives_pickling() -> None:
    for error in (
        CredentialRefused("c", "V", "is empty"),
        EndpointRefused("c", "u", "answers 404"),
        AccountRefused("c", "r"),
        Declined("wrong_size", "r"),
        VendorOutage("c", "s", "w"),
        Transient("w", 3.0),
    ):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_card_without_an_api_is_refused() -> None:
    with pytest.raises(EndpointRefused, match="is code, no API"):
        RemoteHandler(card_of("lanczos", "upscale")).load_model()
