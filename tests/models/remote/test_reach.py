"""Where the handler goes, and what it takes along."""

from __future__ import annotations

import dataclasses
import ssl
from pathlib import Path

import httpx2
import numpy as np
import pytest

from connectors.http.credential_scope import CredentialScope
from foundry.retrying import RetryPolicy
from models.remote.download import download
from models.remote.effort import Effort
from models.remote.reach import Reach
from models.remote.refusals import Declined, EndpointRefused, Transient, VendorOutage
from models.remote.remote_handler import RemoteHandler
from tests.models.remote.asking import a_card, draw, pixels, request, undrawn
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import painted, png, redirecting
from tests.support.self_signed import certificate


def test_results_are_fetched_without_the_credential_from_other_hosts(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    with MisbehavingServer() as shelf:
        shelf.vendor.pictures["one"] = png(painted("from the shelf", 64, 64))
        server.vendor.picture_url = f"{shelf.url}/pictures/one?signature=x"
        for protocol in ("openai-images", "submit-and-poll"):
            server.vendor.hand_out_urls = True
            (result,) = draw(a_card(server, protocol), clock)
            assert np.array_equal(pixels(result), painted("from the shelf", 64, 64))
        assert all("authorization" not in seen.headers for seen in shelf.vendor.seen)
        assert [seen.headers["host"] for seen in shelf.vendor.seen] == [shelf.url.removeprefix("http://")] * 2


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/p.png",
        "https://169.254.169.254/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.1.1]/p.png",
        "https://[fd00::1]/p.png",
        "https://[64:ff9b::a00:1]/p.png",
        "https://[2002:a00:1::]/p.png",
        "https://0.0.0.0/p.png",
        "http://93.184.216.34/p.png",
        "file:///etc/passwd",
    ],
)
def test_neither_an_answer_nor_a_redirect_leads_to_a_private_host(
    server: MisbehavingServer, clock: FakeClock, location: str
) -> None:
    server.vendor.hand_out_urls = True
    server.vendor.will("picture", redirecting(location))
    code, reason = undrawn(draw(a_card(server), clock)[0])
    assert code == "unsafe_address"
    assert "nothing was fetched" in reason
    server.vendor.picture_url = location
    assert undrawn(draw(a_card(server), clock, request(1))[0])[0] == "unsafe_address"


def test_a_redirect_to_an_allowed_host_is_followed_but_not_for_ever(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    with MisbehavingServer() as shelf:
        shelf.vendor.pictures["one"] = png(painted("moved", 64, 64))
        server.vendor.hand_out_urls = True
        server.vendor.will("picture", redirecting(f"{shelf.url}/pictures/one"))
        assert np.array_equal(pixels(draw(a_card(server), clock)[0]), painted("moved", 64, 64))
        shelf.vendor.will("picture", *[redirecting("/pictures/one")] * 99)
        server.vendor.will("picture", *[redirecting(f"{shelf.url}/pictures/one")] * 3)
        with pytest.raises(VendorOutage, match="redirects 4 times"):
            draw(a_card(server), clock, request(1))


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_used() -> None:
    answers = iter([["93.184.216.34"], ["10.0.0.1"]])
    reach = Reach(CredentialScope(httpx2.URL("https://api.example/v1")), resolve=lambda host, port: next(answers))
    assert str(reach.pin(httpx2.URL("https://files.example/p.png?s=1"))) == "https://93.184.216.34/p.png?s=1"
    with pytest.raises(Declined, match=r"private address \(10.0.0.1\)"):
        reach.pin(httpx2.URL("https://files.example/p.png"))
    translated = dataclasses.replace(reach, resolve=lambda host, port: ["64:ff9b::5db8:d822"])
    assert translated.pin(httpx2.URL("https://files.example/p.png")).host == "64:ff9b::5db8:d822"
    mixed = dataclasses.replace(reach, resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Declined, match=r"127\.0\.0\.1"):
        mixed.pin(httpx2.URL("https://files.example/p.png"))


def test_a_pinned_address_is_verified_by_the_name_it_stands_for(
    server: MisbehavingServer, clock: FakeClock, tmp_path: Path
) -> None:
    pem = certificate("files.example", tmp_path)
    with MisbehavingServer(pem) as shelf:
        shelf.vendor.pictures["one"] = png(painted("sealed", 64, 64))
        loaded = RemoteHandler(a_card(server)).load_model()
        trusting = httpx2.Client(verify=ssl.create_default_context(cafile=pem), trust_env=False)
        reach = dataclasses.replace(loaded.reach, resolve=lambda host, port: ["127.0.0.1"])
        connection = dataclasses.replace(loaded, client=trusting, reach=reach)
        effort = Effort("card", "shot", "key", RetryPolicy(attempts=1, budget_s=60.0, clock=clock))
        port = httpx2.URL(shelf.url).port
        with trusting:
            data = download(f"https://files.example:{port}/pictures/one", connection, effort)
            with pytest.raises(Transient, match="ConnectError"):
                download(f"https://other.example:{port}/pictures/one", connection, effort)
    assert data == shelf.vendor.pictures["one"]
    assert [seen.headers["host"] for seen in shelf.vendor.seen] == [f"files.example:{port}"]


def test_a_job_elsewhere_gets_the_credential_only_if_the_card_names_its_host(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.status_host = "https://jobs.vendor.example"
    with pytest.raises(EndpointRefused, match=r"jobs.vendor.example .* name it among the card's hosts"):
        draw(a_card(server, "submit-and-poll"), clock)
    home = httpx2.URL("https://api.vendor.example/v3")
    scope = CredentialScope(home, ("jobs.vendor.example",))
    assert scope.allows(httpx2.URL("https://jobs.vendor.example/v3/status/1"))
    assert not scope.allows(httpx2.URL("http://jobs.vendor.example/v3/status/1"))
    assert not scope.allows(httpx2.URL("https://jobs.vendor.example:8443/v3/status/1"))
    assert not scope.allows(httpx2.URL("https://api.vendor.example.evil.example/"))


def test_a_cookie_of_the_vendor_is_not_brought_back(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", lambda answer: dataclasses.replace(answer(), headers=(("Set-Cookie", "a=b"),)))
    draw(a_card(server, concurrency=1), clock, request(), request(1))
    assert ["cookie" in seen.headers for seen in server.vendor.seen] == [False, False]
