"""One exchange ends within its time and its bytes, whatever the server does."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http.exchange import MAX_ERROR_BYTES, Bounds, ExchangeFailed, HttpAnswer, exchange, retry_after_s
from foundry.retrying import SystemClock
from tests.support.fake_clock import FakeClock


class Pieces(httpx2.SyncByteStream):
    """A body in pieces; `clock` moves a second with each of them."""

    def __init__(self, *pieces: bytes, clock: FakeClock | None = None) -> None:
        self.pieces, self.clock, self.closed = pieces, clock, False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if self.clock:
                self.clock.sleep(1)
            yield piece

    def close(self) -> None:
        self.closed = True


def asked(response: httpx2.Response | Exception, bounds: Bounds, method: str = "GET") -> HttpAnswer:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if isinstance(response, Exception):
            raise response
        return response

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
        request = client.build_request(method, "https://api.example/v1", headers={"Authorization": "Bearer sesame"})
        return exchange(client, request, httpx2.Auth(), bounds)


WIDE = Bounds(5.0, 1000, SystemClock())


def test_a_whole_answer_comes_with_the_headers_that_decide() -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8", "Retry-After": "3"}
    found = asked(httpx2.Response(429, headers=headers, stream=Pieces(b"{", b"}")), WIDE)
    assert (found.status, found.kind, found.body, found.location, found.retry_after) == (
        429, "application/json", b"{}", "", "3"
    )  # fmt: skip
    moved = asked(httpx2.Response(302, headers={"Location": "/there"}, stream=Pieces()), WIDE)
    assert (moved.location, moved.url) == ("/there", httpx2.URL("https://api.example/v1"))
    assert asked(httpx2.Response(200, headers={"Location": "/there"}, stream=Pieces()), WIDE).location == ""


@pytest.mark.parametrize(
    ("response", "wrong"),
    [
        (
            httpx2.Response(200, headers={"Content-Length": "1001"}, stream=Pieces()),
            "has 1001 bytes; the limit is 1000",
        ),
        (httpx2.Response(200, stream=Pieces(b"x" * 600, b"x" * 600)), "more than the limit of 1000 bytes"),
        (httpx2.Response(500, stream=Pieces(b"x" * (MAX_ERROR_BYTES + 1))), "more than the limit of 65536 bytes"),
        (httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=Pieces()), "compressed although none"),
        (httpx2.ConnectError("refused"), r"the connection failed \(ConnectError\)"),
        (httpx2.ReadTimeout("slow"), "no whole answer within 5 s"),
        (httpx2.RemoteProtocolError("cut"), r"the connection failed \(RemoteProtocolError\)"),
    ],
)
def test_an_answer_that_is_none_fails_in_a_sentence(response: httpx2.Response | Exception, wrong: str) -> None:
    with pytest.raises(ExchangeFailed, match=wrong):
        asked(response, WIDE)


def test_the_length_of_a_body_that_head_leaves_out_is_no_answer_that_is_too_long() -> None:
    headers = {"Content-Length": "17000001"}
    assert asked(httpx2.Response(200, headers=headers, stream=Pieces()), WIDE, "HEAD").status == 200


def test_an_error_may_be_longer_than_the_limit_of_answers() -> None:
    assert len(asked(httpx2.Response(500, stream=Pieces(b"x" * 2000)), WIDE).body) == 2000


def test_an_answer_that_trickles_is_cut_off_at_its_time() -> None:
    clock = FakeClock()
    body = Pieces(*[b"x"] * 100, clock=clock)
    with pytest.raises(ExchangeFailed, match="came too slowly"):
        asked(httpx2.Response(200, stream=body), Bounds(5.0, 1000, clock))
    assert clock.now == 6
    assert body.closed


def test_a_failure_does_not_lead_to_the_request_and_its_credential() -> None:
    with pytest.raises(ExchangeFailed) as failed:
        asked(httpx2.ConnectError("refused"), WIDE)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("20", 20.0),
        (formatdate(1_000_020, usegmt=True), 20.0),
        (formatdate(999_000, usegmt=True), 0.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        (None, 0.0),
    ],
)
def test_a_retry_after_is_a_number_or_a_date_and_nonsense_asks_for_nothing(header: str | None, seconds: float) -> None:
    assert retry_after_s(header, 1_000_000) == seconds


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_no_retry_after_breaks_the_reader(header: str) -> None:
    assert retry_after_s(header, 0.0) >= 0
