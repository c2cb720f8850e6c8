"""A transport to public hosts alone, for addresses that others chose.

A host's name is looked up for each connection, its addresses are checked, and one of them is connected to, so that no
second look-up can lead elsewhere. The name stays in the request, so connections are kept by name and TLS verifies it.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, cast

import httpcore2
import httpx2

from connectors.http.credential_scope import is_loopback
from connectors.http.deadline import left_s
from connectors.http.public_address import Resolve, UnsafeAddress, addresses_of, checked_addresses

KEPT_S = 30.0
"""Seconds for which an idle connection is kept."""


@dataclass(frozen=True)
class Reach:
    """The hosts that may be asked.

    loopback: this machine too, and there by plain http as well; for tests. private: hosts that the operator allows
    although their addresses are not public; plain http if it is this machine. authorities: of TLS; the system's by
    default. resolve: the look-up of names.
    """

    loopback: bool = False
    private: frozenset[str] = frozenset()
    authorities: ssl.SSLContext | None = field(default=None, compare=False)
    resolve: Resolve = addresses_of

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a host that may be connected to; UnsafeAddress if it may not be asked."""
        return checked_addresses(host, port, loopback=self.loopback, private=host in self.private, resolve=self.resolve)

    def allows_scheme(self, url: httpx2.URL) -> bool:
        """Return whether an address is https, or leads to this machine by name where that is allowed."""
        if url.scheme == "https":
            return True
        return url.scheme == "http" and is_loopback(url.host) and (self.loopback or url.host in self.private)


def open_client(reach: Reach, *, connections: int = 1) -> httpx2.Client:
    """Return a client of public hosts, without cookies, proxies or redirects, that asks for at most so many at once."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    transport = PublicTransport(reach, connections)
    return httpx2.Client(transport=transport, cookies=no_cookies, trust_env=False, follow_redirects=False)


class PublicTransport(httpx2.BaseTransport):
    """HTTP/1.1 to the hosts in reach. UnsafeAddress rises for all others, before anything is sent to them."""

    def __init__(self, reach: Reach, connections: int) -> None:
        self.reach = reach
        self._pool = httpcore2.ConnectionPool(
            ssl_context=reach.authorities or _system_authorities(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT_S,
            network_backend=_PublicHosts(reach),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer to a request; its body is still to be read."""
        url = request.url
        if not self.reach.allows_scheme(url):
            raise UnsafeAddress("which is not https")
        where = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = httpcore2.Request(
            method=request.method,
            url=where,
            headers=request.headers.raw,
            content=cast(Iterable[bytes], request.stream),
            extensions=request.extensions,
        )
        with _translated():
            answer = self._pool.handle_request(asked)
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(cast(Iterable[bytes], answer.stream)),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


@cache
def _system_authorities() -> ssl.SSLContext:
    return ssl.create_default_context()


class _PublicHosts(httpcore2.NetworkBackend):
    def __init__(self, reach: Reach) -> None:
        self._reach, self._system = reach, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of a host that answers; UnsafeAddress if one of its addresses is not public."""
        fault = httpcore2.ConnectError("no address")
        for address in self._reach.addresses(host, port):
            try:
                found = self._system.connect_tcp(address, port, _within(timeout), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = httpcore2.ConnectError(str(error))
            else:
                return _EndingStream(found)
        raise fault


class _EndingStream(httpcore2.NetworkStream):
    """A connection whose every read and write ends with the thread's exchange."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _EndingStream(self._stream.start_tls(ssl_context, server_hostname, _within(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Body(httpx2.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._pieces

    def close(self) -> None:
        if hasattr(self._pieces, "close"):
            self._pieces.close()


def _within(timeout: float | None) -> float:
    """Return a timeout that ends no later than the thread's exchange, which is over if nothing of it is left."""
    left = left_s()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time of the exchange is over")
    return min(left, 3_600.0 if timeout is None else timeout)


@contextmanager
def _translated() -> Iterator[None]:
    """Let the errors of a connection rise as those of the client, which have the same names."""
    try:
        yield
    except (
        httpcore2.TimeoutException,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.UnsupportedProtocol,
    ) as error:
        kind = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise kind(str(error)) from error
