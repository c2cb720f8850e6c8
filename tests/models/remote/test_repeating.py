"""Faults that pass: repeated under one key, within tries and time, and never billed twice."""

from __future__ import annotations

import dataclasses
import time
from email.utils import formatdate
from typing import Any

import numpy as np
import pytest

from foundry.retrying import RetryPolicy
from models.drawing import Drawn
from models.remote.effort import Effort
from models.remote.refusals import CredentialRefused, Transient, VendorOutage
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import SENT, a_card, draw, pixels, request, undrawn
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import cut_in_half, job, lost, painted, refusing, saying, slow, trickling


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_passing_faults_are_repeated_under_one_key(server: MisbehavingServer, clock: FakeClock, status: int) -> None:
    server.vendor.will("draw", refusing(status))
    (result,) = draw(a_card(server), clock)
    assert np.array_equal(pixels(result), painted(SENT, 64, 64))
    first, second = server.vendor.seen
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(clock.sleeps) == 1
    assert clock.sleeps[0] <= 0.5


def test_pauses_grow_with_jitter_that_a_second_run_repeats(server: MisbehavingServer) -> None:
    runs = []
    for _ in range(2):
        clock = FakeClock()
        server.vendor.will("draw", *[refusing(503)] * 5)
        draw(a_card(server, attempts=6), clock)
        runs.append(clock.sleeps)
    assert runs[0] == runs[1]
    assert all(0 <= pause <= 0.5 * 2**number for number, pause in enumerate(runs[0]))
    assert len(set(runs[0])) == 5
    other = FakeClock()
    server.vendor.will("draw", *[refusing(503)] * 5)
    draw(a_card(server, attempts=6), other, request(1))
    assert other.sleeps != runs[0]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured_in_both_forms(server: MisbehavingServer, clock: FakeClock, form: str) -> None:
    asked = "20" if form == "seconds" else formatdate(clock.time() + 20, usegmt=True)
    server.vendor.will("draw", refusing(429, retry_after=asked))
    (result,) = draw(a_card(server), clock)
    assert isinstance(result, Drawn)
    assert clock.sleeps == [20.0]


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", refusing(429, retry_after="3600"))
    with pytest.raises(VendorOutage, match=r"in 3600.0 s, is after the deadline of 600 s"):
        draw(a_card(server), clock)
    assert clock.sleeps == []


@pytest.mark.parametrize("protocol", ["openai-images", "submit-and-poll"])
@pytest.mark.parametrize("mood", [lost, cut_in_half])
def test_an_answer_that_is_lost_after_billing_is_not_billed_twice(
    server: MisbehavingServer, clock: FakeClock, protocol: str, mood: Any
) -> None:
    server.vendor.will("draw" if protocol == "openai-images" else "submit", mood, mood)
    (result,) = draw(a_card(server, protocol), clock)
    assert isinstance(result, Drawn)
    assert list(server.vendor.billed.values()) == [1]


def test_another_seed_or_shot_or_tenant_is_another_order(server: MisbehavingServer, clock: FakeClock) -> None:
    draw(a_card(server), clock, request(), request(seed=8), request(1), request(tenant="other"))
    draw(a_card(server), clock, request())
    assert list(server.vendor.billed.values()) == [1, 1, 1, 1]


def test_a_slow_answer_is_given_up_and_asked_for_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", slow(1.3))
    (result,) = draw(a_card(server, timeout_s=1), clock)
    assert isinstance(result, Drawn)
    assert len(server.vendor.seen) == 2


WRONG = {
    "html": saying(b"<html>Please sign in</html>", "text/html"),
    "half JSON": saying(b'{"data": [', "application/json"),
    "no picture": saying(b'{"data": []}', "application/json"),
    "no base64": saying(b'{"data": [{"b64_json": "%%"}]}', "application/json"),
    "text for a picture": saying(b'{"data": [{"b64_json": "aGVsbG8="}]}', "application/json"),
    "bottomless JSON": saying(b"[" * 200_000, "application/json"),
    "compressed": lambda answer: dataclasses.replace(answer(), headers=(("Content-Encoding", "gzip"),)),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_useless_answer_is_repeated_and_then_an_outage(
    server: MisbehavingServer, clock: FakeClock, what: str
) -> None:
    server.vendor.will("draw", WRONG[what])
    assert isinstance(draw(a_card(server), clock)[0], Drawn)
    server.vendor.will("draw", *[WRONG[what]] * 3)
    with pytest.raises(VendorOutage, match="the last of 3 tries"):
        draw(a_card(server), clock, request(1))


def test_a_truncated_picture_is_fetched_again(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("picture", cut_in_half, saying(b"<html>", "text/html"))
    (result,) = draw(a_card(server, "submit-and-poll"), clock)
    assert np.array_equal(pixels(result), painted("silk", 64, 64))
    assert len(server.vendor.asked("/pictures/")) == 3
    assert list(server.vendor.billed.values()) == [1]


def test_an_answer_larger_than_the_limit_is_not_read(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("status", *[saying(b" " * 1_000_001, "application/json")] * 3)
    with pytest.raises(VendorOutage, match="1000001 bytes; the limit is 1000000"):
        draw(a_card(server, "submit-and-poll"), clock)


def test_an_endless_job_is_cancelled_at_the_deadline(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.looks_needed = 10**6
    with pytest.raises(VendorOutage, match="the job is not done"):
        draw(a_card(server, "submit-and-poll", deadline_s=30), clock)
    assert clock.now < 30
    assert server.vendor.cancelled == ["urn:job:0"]
    assert len(server.vendor.asked("/status/")) == 30


def test_a_cancel_that_fails_is_logged_and_hides_nothing(
    server: MisbehavingServer, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    server.vendor.looks_needed = 10**6
    server.vendor.will("cancel", refusing(500))
    with pytest.raises(VendorOutage, match="the job is not done"):
        draw(a_card(server, "submit-and-poll", deadline_s=3), clock)
    assert "could not be cancelled: the vendor answers 500" in caplog.text


def test_looking_at_a_job_survives_faults(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("status", refusing(502), lost, refusing(429, retry_after="5"))
    server.vendor.looks_needed = 2
    assert isinstance(draw(a_card(server, "submit-and-poll", attempts=4), clock)[0], Drawn)
    assert list(server.vendor.billed.values()) == [1]


def test_a_job_that_breaks_is_ordered_anew_and_at_last_given_up(server: MisbehavingServer, clock: FakeClock) -> None:
    broken = job(status="failed", error_code="internal_error", message="worker died")
    server.vendor.will("status", broken)
    assert isinstance(draw(a_card(server, "submit-and-poll"), clock)[0], Drawn)
    assert len(server.vendor.billed) == 2
    server.vendor.will("status", broken, job(status="canceled"), broken)
    code, reason = undrawn(draw(a_card(server, "submit-and-poll"), clock, request(1))[0])
    assert code == "job_failed"
    assert "3 times, last: failed internal_error worker died" in reason


def test_one_outage_in_a_batch_rises_and_begins_nothing_new(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", refusing(401))
    with pytest.raises(CredentialRefused):
        draw(a_card(server, concurrency=1), clock, *[request(number) for number in range(6)])
    assert len(server.vendor.seen) == 1


def test_the_time_of_a_picture_is_bounded_whatever_the_vendor_does(clock: FakeClock) -> None:
    effort = Effort("card", "shot", "key", RetryPolicy(attempts=1_000, budget_s=60.0, first_pause_s=0.5, clock=clock))

    def never() -> None:
        raise Transient("no answer")

    with pytest.raises(VendorOutage, match="no answer"):
        effort.repeat("drawing", never)
    assert clock.now < 60


def test_an_answer_that_trickles_is_given_up_within_the_exchanges_time(server: MisbehavingServer) -> None:
    piece_s = 0.8  # of twenty pieces: 16 s
    server.vendor.will("draw", trickling(piece_s))
    handler = RemoteHandler(a_card(server, timeout_s=1, attempts=1))
    began = time.monotonic()
    with pytest.raises(VendorOutage, match="came too slowly"):
        handler.run_inference([request()], handler.load_model())
    assert time.monotonic() - began < 10 * piece_s
