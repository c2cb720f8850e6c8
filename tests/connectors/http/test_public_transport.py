"""Addresses that others chose: checked when a connection is made, verified by name, and ended at the deadline."""

from __future__ import annotations

import io
import logging
import ssl
import time
from pathlib import Path

import httpx2
import pytest

from connectors.http.credential_scope import CredentialScope, Hop, UnsafeRedirect
from connectors.http.exchange import Bounds, ExchangeFailed, HttpAnswer, TooManyBytes, download, exchange
from connectors.http.following import follow
from connectors.http.public_address import UnsafeAddress, checked_addresses
from connectors.http.public_transport import Reach, open_client
from foundry.retrying import SystemClock
from tests.support.fake_clock import FakeClock
from tests.support.self_signed import certificate
from tests.support.shop_host import ShopHost, cut, trickling

HERE = Reach(loopback=True)
NO_SECRET = httpx2.Auth()


def bounds(seconds: float = 5.0, most: int = 10_000, **more: float) -> Bounds:
    return Bounds(seconds, most, SystemClock(), **more)  # type: ignore[arg-type]


def asked(reach: Reach, url: str, limits: Bounds | None = None) -> HttpAnswer:
    with open_client(reach) as client:
        return exchange(client, client.build_request("GET", url), NO_SECRET, limits or bounds())


@pytest.mark.parametrize("url", ["https://10.0.0.7/x", "https://[::1]/x", "https://169.254.169.254/x", "https://0/x"])
def test_a_private_address_is_never_connected_to(url: str) -> None:
    with pytest.raises(UnsafeAddress, match="private address"):
        asked(Reach(), url)


def test_plain_http_is_asked_of_this_machine_alone() -> None:
    for reach in (Reach(), HERE):
        with pytest.raises(UnsafeAddress, match="not https"):
            asked(reach, "http://shop.example/feed")


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    reach = Reach(resolve=lambda host, port: ["93.184.216.34", "10.0.0.7"])
    with pytest.raises(UnsafeAddress, match=r"10\.0\.0\.7"):
        asked(reach, "https://shop.example/feed")


def test_a_host_whose_first_address_does_not_answer_is_asked_at_its_next(tmp_path: Path) -> None:
    with ShopHost() as host:
        host.shop.files["/feed"] = b"rows"
        reach = Reach(loopback=True, resolve=lambda name, port: ["127.77.0.9", "127.0.0.1"])
        assert asked(reach, f"http://localhost:{host.port}/feed").body == b"rows"


def test_tls_is_verified_for_the_name_and_a_connection_is_kept_for_it(tmp_path: Path) -> None:
    pem = certificate("shop.example", tmp_path)
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    reach = Reach(loopback=True, authorities=ssl.create_default_context(cafile=pem), resolve=resolve)
    with ShopHost(pem) as host, open_client(reach) as client:
        host.shop.files["/feed"] = b"rows"
        for _ in range(3):
            request = client.build_request("GET", f"https://shop.example:{host.port}/feed")
            assert exchange(client, request, NO_SECRET, bounds()).body == b"rows"
        assert {each.headers["host"] for each in host.shop.seen} == {f"shop.example:{host.port}"}
        assert looked_up == ["shop.example"]
        other = client.build_request("GET", f"https://other.example:{host.port}/feed")
        with pytest.raises(ExchangeFailed, match="ConnectError"):
            exchange(client, other, NO_SECRET, bounds())
        assert len(host.shop.seen) == 3


def test_the_clients_own_log_lines_hold_no_query(caplog: pytest.LogCaptureFixture) -> None:
    with ShopHost() as host, caplog.at_level(logging.INFO):
        host.shop.files["/feed"] = b"rows"
        asked(HERE, f"http://127.0.0.1:{host.port}/feed?signature=s3cret")
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("httpx2")]
    assert f"GET http://127.0.0.1:{host.port}/feed?[...]" in line
    assert "s3cret" not in line


def test_a_head_that_trickles_is_cut_off_at_the_deadline() -> None:
    with ShopHost() as host:
        host.shop.files["/feed"], host.shop.head_pause_s = b"rows", 0.02
        began = time.monotonic()
        with pytest.raises(ExchangeFailed, match="no whole answer within 0 s"):
            asked(HERE, f"{host.url}/feed", bounds(0.4))
        assert time.monotonic() - began < 1.5


def test_an_answer_that_is_cut_is_no_answer() -> None:
    with ShopHost() as host, open_client(HERE) as client:
        host.shop.files["/feed"], host.shop.moods["/feed"] = b"rows" * 100, cut
        into = io.BytesIO()
        with pytest.raises(ExchangeFailed, match="connection failed"):
            download(client, client.build_request("GET", f"{host.url}/feed"), NO_SECRET, bounds(), into)


def test_a_download_stops_at_its_limit_and_tells_that_asking_again_is_no_use() -> None:
    with ShopHost() as host, open_client(HERE) as client:
        host.shop.files["/feed"] = b"r" * 20_000
        into = io.BytesIO()
        with pytest.raises(TooManyBytes, match="20000 bytes; the limit is 10000"):
            download(client, client.build_request("GET", f"{host.url}/feed"), NO_SECRET, bounds(), into)
        assert into.getvalue() == b""


def test_a_compressed_body_is_kept_as_it_came_where_that_is_wanted() -> None:
    with ShopHost() as host:
        host.shop.files["/feed"], host.shop.headers["Content-Encoding"] = b"\x1f\x8bpacked", "gzip"
        with pytest.raises(ExchangeFailed, match="compressed"):
            asked(HERE, f"{host.url}/feed")
        assert asked(HERE, f"{host.url}/feed", bounds(compressed=True)).body == b"\x1f\x8bpacked"


def test_an_answer_that_is_slower_than_its_limit_is_cut_off_after_the_first_minute() -> None:
    class Slow(FakeClock):
        def monotonic(self) -> float:
            self.now += 5.0
            return self.now

    with ShopHost() as host, open_client(HERE) as client:
        host.shop.files["/feed"], host.shop.moods["/feed"] = b"r" * 2_000, trickling
        request = client.build_request("GET", f"{host.url}/feed")
        with pytest.raises(ExchangeFailed, match="too slowly"):
            download(client, request, NO_SECRET, Bounds(3_600.0, 10_000, Slow(), slowest=1_000), io.BytesIO())


def chain(*locations: str) -> list[Hop]:
    """The hops that are asked for, where each answer leads to the next location."""
    hops: list[Hop] = []

    def send(hop: Hop) -> HttpAnswer:
        hops.append(hop)
        to = locations[len(hops) - 1] if len(hops) <= len(locations) else ""
        return HttpAnswer(url=hop.url, status=302 if to else 200, kind="", body=b"", location=to, retry_after="")

    home = httpx2.URL("https://shop.example/feed")
    follow(home, CredentialScope(home), send)
    return hops


def test_redirects_lose_the_credential_once_and_for_good() -> None:
    hops = chain("/next", "https://cdn.example/a", "https://shop.example/back")
    assert [each.with_credential for each in hops] == [True, True, False, False]


@pytest.mark.parametrize(
    ("locations", "said"),
    [
        (("/feed",), "in a circle"),
        (("/a", "/b", "/a"), "in a circle"),
        (("/a#x", "/b", "/a#y"), "in a circle"),
        (tuple(f"/{number}" for number in range(9)), "more than 5 redirects"),
        (("http://shop.example/feed",), "from TLS to http"),
        (("https://shop.example:port/feed",), "malformed"),
    ],
)
def test_a_chain_that_must_not_be_followed_is_refused(locations: tuple[str, ...], said: str) -> None:
    with pytest.raises(UnsafeRedirect, match=said):
        chain(*locations)


def test_the_addresses_of_a_host_are_told_once_each() -> None:
    found = checked_addresses("shop.example", 443, resolve=lambda host, port: ["93.184.216.34"] * 3 + ["1.1.1.1"])
    assert found == ("93.184.216.34", "1.1.1.1")
