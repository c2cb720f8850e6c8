"""Only addresses that anybody may ask are asked, and as they were when they were checked."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from connectors.http.public_address import UnsafeAddress, addresses_of, pin_address


def at(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


@pytest.mark.parametrize(
    ("url", "found", "wrong"),
    [
        ("http://files.example/p", ("93.184.216.34",), "which is not https"),
        ("ftp://files.example/p", ("93.184.216.34",), "which is not https"),
        ("https://files.example/p", (), "which has no address"),
        ("https://files.example/p", ("nonsense",), "which has no address"),
        ("https://files.example/p", ("10.0.0.1",), r"a private address \(10.0.0.1\)"),
        ("https://files.example/p", ("93.184.216.34", "192.168.0.1"), r"a private address \(192.168.0.1\)"),
        ("https://files.example/p", ("127.0.0.1",), "a private address"),
        ("https://files.example/p", ("169.254.169.254",), "a private address"),
        ("https://files.example/p", ("224.0.0.1",), "a private address"),
        ("https://files.example/p", ("::ffff:10.0.0.1",), r"a private address \(10.0.0.1\)"),
        ("https://files.example/p", ("64:ff9b::a00:1",), r"a private address \(10.0.0.1\)"),
        ("https://files.example/p", ("2002:a00:1::",), r"a private address \(10.0.0.1\)"),
        ("https://files.example/p", ("fd00::1",), "a private address"),
        ("https://files.example/p", ("fe80::1",), "a private address"),
    ],
)
def test_an_address_that_is_not_for_everybody_is_refused(url: str, found: tuple[str, ...], wrong: str) -> None:
    with pytest.raises(UnsafeAddress, match=wrong):
        pin_address(httpx2.URL(url), resolve=at(*found))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_the_checked_address_takes_the_place_of_the_name(address: str) -> None:
    url = pin_address(httpx2.URL("https://files.example:8443/p?s=1"), resolve=at(address))
    assert (url.host, url.port, url.raw_path) == (address, 8443, b"/p?s=1")


def test_a_host_of_this_machine_is_allowed_only_on_request_and_by_http_only_there() -> None:
    here = httpx2.URL("http://localhost:8000/p")
    assert pin_address(here, loopback=True, resolve=at("127.0.0.1")).host == "127.0.0.1"
    with pytest.raises(UnsafeAddress, match="which is not https"):
        pin_address(here, loopback=True, resolve=at("93.184.216.34"))
    with pytest.raises(UnsafeAddress, match="a private address"):
        pin_address(here, loopback=True, resolve=at("10.0.0.1"))
    with pytest.raises(UnsafeAddress, match="which is not https"):
        pin_address(here, resolve=at("127.0.0.1"))


def test_names_are_looked_up_with_all_their_addresses() -> None:
    assert "127.0.0.1" in addresses_of("127.0.0.1", 80)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "127.1.2.3", "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "255.255.255.255",
        "224.0.0.1",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "fec0::1",
        "fd00::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::",
        "2001::1",
        "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_no_spelling_of_a_private_address_passes(address: str) -> None:
    with pytest.raises(UnsafeAddress):
        pin_address(httpx2.URL("https://vendor.example/a.png"), resolve=lambda host, port: [address])


@pytest.mark.parametrize("host", ["0177.0.0.1", "0x7f.1", "2130706433", "127.1", "017700000001", "0", "localhost"])
def test_no_spelling_of_this_machine_as_a_host_passes(host: str) -> None:
    with pytest.raises((UnsafeAddress, httpx2.InvalidURL)):
        pin_address(httpx2.URL(f"https://{host}/a.png"))


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(UnsafeAddress):
        pin_address(httpx2.URL("https://vendor.example/"), resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
