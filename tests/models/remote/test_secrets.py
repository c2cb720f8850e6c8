"""The credential is nowhere but in the header."""

from __future__ import annotations

import logging
import pickle

import pytest

from connectors.http.secrets import scrub
from connectors.http.spellings import tells
from models.drawing import Undrawn
from models.remote.refusals import AccountRefused, CredentialRefused, EndpointRefused, VendorOutage
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import SECRET, VARIABLE, a_card, draw, request
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import cut_in_half, job, lost, refusing, saying
from tests.support.spellings import SPELLINGS


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


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_vendor_that_echoes_the_credential_in_another_spelling_is_not_repeated(
    server: MisbehavingServer, clock: FakeClock, spelling: str
) -> None:
    server.vendor.will("draw", refusing(400, "bad", f"the key {SPELLINGS[spelling](SECRET)} is odd"))
    (refused,) = draw(a_card(server), clock)
    assert isinstance(refused, Undrawn)
    assert refused.code == "vendor_refused"
    assert not tells(refused.reason, SECRET)


def test_a_vendor_that_echoes_the_credential_outside_its_words_is_not_repeated(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.will("draw", *[saying(b"x", f"text/{SPELLINGS['base64'](SECRET)}")] * 3)
    with pytest.raises(VendorOutage) as outage:
        draw(a_card(server), clock)
    assert not tells(str(outage.value), SECRET)
    assert outage.value.__cause__ is None
    assert outage.value.__context__ is None
