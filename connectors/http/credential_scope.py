"""The addresses that a credential may be sent to, and the redirects that it may follow."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import httpx2


@dataclass(frozen=True)
class CredentialScope:
    """The origin that a credential belongs to, and further hosts, by https alone, that may see it."""

    home: httpx2.URL
    hosts: tuple[str, ...] = ()

    def allows(self, url: httpx2.URL) -> bool:
        """Return whether the credential may be sent to this address: in scope, and not readable on its way."""
        if origin(url) == origin(self.home):
            return url.scheme == "https" or is_loopback(url.host)
        return url.scheme == "https" and url.host in self.hosts and port(url) == 443


class UnsafeRedirect(Exception):
    """A redirect that must not be followed; the text says where it leads."""


@dataclass(frozen=True)
class Hop:
    """One request of a chain of redirects: its address, and whether it carries the credential."""

    url: httpx2.URL
    with_credential: bool


def first_hop(url: httpx2.URL, scope: CredentialScope) -> Hop:
    """Return the request that begins a chain."""
    return Hop(url, scope.allows(url))


def next_hop(hop: Hop, url: httpx2.URL, scope: CredentialScope) -> Hop:
    """Return the request that follows a redirect of `hop` to `url`; UnsafeRedirect from TLS to anything else.

    A credential that was left behind once is not sent again, even if a later redirect leads back into its scope: a
    foreign host must not choose what is asked for with it.
    """
    if hop.url.scheme == "https" and url.scheme != "https":
        raise UnsafeRedirect(f"a redirect from TLS to {url.scheme}://{url.host}")
    return Hop(url, hop.with_credential and scope.allows(url))


def origin(url: httpx2.URL) -> tuple[str, str, int]:
    """Return scheme, host and port of an address, with the scheme's own port filled in."""
    return url.scheme, url.host, port(url)


def port(url: httpx2.URL) -> int:
    """Return the port of an address, or its scheme's own."""
    return url.port or (443 if url.scheme == "https" else 80)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its name or its address alone, without a look-up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
