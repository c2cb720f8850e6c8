"""Where a handler may go: the card's own host with the credential, public hosts without it, private ones never."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from models.remote.refusals import Declined

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def addresses_of(host: str, port: int) -> list[str]:
    """Every address that the host's name has now; OSError if it has none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Reach:
    """`home` is the card's address; `hosts` are further hosts of the vendor that may see the credential."""

    home: httpx2.URL
    hosts: tuple[str, ...] = ()
    resolve: Callable[[str, int], list[str]] = addresses_of

    @property
    def at_loopback(self) -> bool:
        """Whether the card itself speaks to this machine, as tests and local servers do."""
        return self.home.host == "localhost" or _is_loopback(self.home.host)

    def trusts(self, url: httpx2.URL) -> bool:
        """Whether the credential may be sent there: the card's own origin, or https to a host it names."""
        if _origin(url) == _origin(self.home):
            return True
        return url.scheme == "https" and url.host in self.hosts and _port(url) == 443

    def pinned(self, url: httpx2.URL) -> httpx2.URL:
        """`url` with a checked address instead of the name, so that no second look-up can lead elsewhere.

        Declined for anything but https to a public address; a card on this machine may also use this machine.
        """
        here = f"the vendor's answer leads to {url.scheme}://{url.host}"
        if url.scheme != "https" and not (self.at_loopback and url.scheme == "http"):
            raise Declined("unsafe_address", f"{here}, which is not https; nothing was fetched.")
        try:
            found = {each: _plain(ipaddress.ip_address(each)) for each in self.resolve(url.host, _port(url))}
        except (OSError, ValueError):
            found = {}
        if not found:
            raise Declined("unsafe_address", f"{here}, which has no address; nothing was fetched.")
        for address in found.values():
            if not (_is_public(address) or (self.at_loopback and address.is_loopback)):
                raise Declined("unsafe_address", f"{here}, a private address ({address}); nothing was fetched.")
        if url.scheme == "http" and not all(address.is_loopback for address in found.values()):
            raise Declined("unsafe_address", f"{here}, which is not https; nothing was fetched.")
        return url.copy_with(host=next(iter(found)))


def _origin(url: httpx2.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, _port(url)


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 form wraps (mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved
