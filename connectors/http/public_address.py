"""Addresses that come from somebody else's answer: looked up once, checked, and used as they were checked."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import httpx2

from connectors.http.credential_scope import port

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "64:ff9b:1::/48", "fec0::/10", "100::/64")))
"""Ranges that lead to no public host, though the standard library may call them global: addresses of protocols,
translation as each network likes it (RFC 8215), former site-local addresses, and the discard prefix."""


class UnsafeAddress(Exception):
    """An address that must not be asked; the text is a reason that follows the words "leads to ...,"."""


class NoAddress(UnsafeAddress):
    """A name that has no address now; that may pass."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return every address that a host's name has now; OSError if it has none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def pin_address(url: httpx2.URL, *, loopback: bool = False, resolve: Resolve = addresses_of) -> httpx2.URL:
    """Return `url` with a checked address in place of the name, so that no second look-up can lead elsewhere.

    UnsafeAddress for anything but https to a public address; with `loopback`, this machine is allowed too, and by plain
    http.
    """
    if url.scheme != "https" and not (loopback and url.scheme == "http"):
        raise UnsafeAddress("which is not https")
    found = checked_addresses(url.host, port(url), loopback=loopback, resolve=resolve)
    if url.scheme == "http" and not all(_unwrap(ipaddress.ip_address(address)).is_loopback for address in found):
        raise UnsafeAddress("which is not https")
    return url.copy_with(host=found[0])


def checked_addresses(
    host: str, port: int, *, loopback: bool = False, private: bool = False, resolve: Resolve = addresses_of
) -> tuple[str, ...]:
    """Return the addresses of a host in the order of its look-up, each once; UnsafeAddress if one is not public.

    With `loopback`, addresses of this machine are allowed too; with `private`, all that one host can have, and so not
    those of links, groups and everybody.
    """
    try:
        found = {each: _unwrap(ipaddress.ip_address(each)) for each in resolve(host, port)}
    except (OSError, ValueError):
        found = {}
    if not found:
        raise NoAddress("which has no address")
    for address in found.values():
        allowed = _is_public(address) or (loopback and address.is_loopback) or (private and _is_private(address))
        if not allowed:
            raise UnsafeAddress(f"a private address ({address})")
    return tuple(found)


def _unwrap(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 form wraps (mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _is_private(address: Address) -> bool:
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    return address.is_private
