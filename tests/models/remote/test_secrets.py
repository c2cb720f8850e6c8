"""The credential is nowhere but in the header."""

from __future__ import annotations

import logging
import pickle

import pytest

from models.http.secrets import scrub
from models.remote import RemoteHandler
from models.remote.refusals import AccountRefused, CredentialRefused, EndpointRefused, VendorOutage
from tests.models.remote.asking import SECRET, VARIABLE, a_card, draw, request
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import cut_in_half, job, lost, refusing, saying


def test_the_secret_is_in_no_pickle_repr_log_or_message(
    server: MisbehavingServer, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card = a_card(server)
    handler = RemoteHandler(card, client=VARIABLE)
    connection = handler.load_model()
    said = [repr(handler), repr(connection), repr(vars(handler)), str(pickle.dumps(handler))]
    connection.client.close()
    echo = f"you sent Bearer {SECRET}"
    moods = [
        refusing(400, "bad", echo), refusing(400, "content_policy", echo), refusing(401, "x", echo),
        refusing(402, "x", echo), refusing(404, "x", echo), refusing(429, "insufficient_quota", echo),
        *[refusing(500, "x", echo)] * 3, *[lost] * 3, *[cut_in_half] * 3,
        *[saying(echo.encode(), "text/plain")] * 3,
    ]  # fmt: skip
    server.vendor.will("draw", *moods)
    failures = 0
    while server.vendor.moods["draw"]:
        failures += 1
        try:
            said.append(repr(draw(card, clock, request(failures))))
        except (CredentialRefused, EndpointRefused, AccountRefused, VendorOutage) as error:
            chain: BaseException | None = error
            while chain:
                said += [str(chain), repr(chain), repr(vars(chain))]
                chain = chain.__cause__ or chain.__context__
    assert failures == 10
    server.vendor.will("status", job(status="failed", message=echo))
    said.append(repr(draw(a_card(server, "submit-and-poll"), clock)))
    said.append(caplog.text)
    assert not [text for text in said if SECRET in text]
    assert not [text for text in said if "signed-and-secret" in text]


def test_a_vendors_words_are_made_fit_for_a_log() -> None:
    assert scrub("Incorrect API key sk-proj-abcdef12***9z\x1b[31m") == "Incorrect API key [key] [31m"
    assert scrub("see https://b.example/p?X-Sig=1#f and Bearer abcdefgh") == "see https://b.example/p?[...] and [key]"
    assert len(scrub("word " * 200)) == 240
