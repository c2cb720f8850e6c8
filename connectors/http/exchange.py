"""One HTTP exchange, bounded in time and in bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx2

from connectors.http.deadline import ending_in
from connectors.http.secrets import keep_queries_out_of_logs
from foundry.retrying import Clock

MAX_ERROR_BYTES = 65_536
NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
FIRST_S = 60.0
"""Seconds for which an answer may be slower than its limit."""


class ExchangeFailed(Exception):
    """No whole, usable answer came; asking again may help. The text is a reason without any secret."""


class Unsent(ExchangeFailed):
    """No connection was made, so nothing was asked."""


class TooManyBytes(ExchangeFailed):
    """An answer that is larger than its limit; asking again does not help."""


class UnwantedEncoding(ExchangeFailed):
    """A body that is compressed although none was asked for; asking again does not help."""


class Sink(Protocol):
    """What a body is written to, such as a file."""

    def write(self, data: bytes, /) -> object:
        """Take bytes in."""


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """A whole answer.

    kind: the media type, in lower case, without parameters.
    location: the address of a redirect, as the server wrote it; empty for other answers.
    retry_after: the header as the server wrote it.
    headers: all of them.
    """

    url: httpx2.URL
    status: int
    kind: str
    body: bytes
    location: str
    retry_after: str
    headers: httpx2.Headers = field(default_factory=httpx2.Headers)


@dataclass(frozen=True)
class Bounds:
    """The limits of one exchange: seconds until the whole answer is there, and bytes of its body.

    silence_s: seconds in which nothing comes. slowest: bytes a second, on average after the first minute. compressed:
    the body may have a content encoding, and is kept as it came.
    """

    seconds: float
    most_bytes: int
    clock: Clock
    silence_s: float = math.inf
    slowest: int = 0
    compressed: bool = False


def exchange(client: httpx2.Client, request: httpx2.Request, auth: httpx2.Auth, bounds: Bounds) -> HttpAnswer:
    """Return the answer to a request, redirects not followed; ExchangeFailed for none, a broken or an oversized one."""
    body = io.BytesIO()
    answer = _perform(client, request, auth, bounds, lambda response, until: _read(response, bounds, until, body))
    return replace(answer, body=body.getvalue())


def download(
    client: httpx2.Client, request: httpx2.Request, auth: httpx2.Auth, bounds: Bounds, into: Sink
) -> HttpAnswer:
    """Do as `exchange`, with the body written to a stream as it comes; that of the answer itself is empty.

    Bodies of other statuses than 2xx are dropped. What was written of a body that did not come whole is for the caller
    to drop.
    """

    def read(response: httpx2.Response, until: float) -> None:
        if response.is_success:
            _read(response, bounds, until, into)
        else:
            _drop(response)

    return _perform(client, request, auth, bounds, read)


def _perform(
    client: httpx2.Client,
    request: httpx2.Request,
    auth: httpx2.Auth,
    bounds: Bounds,
    read: Callable[[httpx2.Response, float], None],
) -> HttpAnswer:
    request.extensions["timeout"] = httpx2.Timeout(min(bounds.seconds, bounds.silence_s)).as_dict()
    until = bounds.clock.monotonic() + bounds.seconds
    keep_queries_out_of_logs()
    try:
        with ending_in(bounds.seconds):
            response = client.send(request, stream=True, auth=auth, follow_redirects=False)
            try:
                read(response, until)
                return _answer(response)
            finally:
                response.close()
    except httpx2.TimeoutException as error:
        failed = Unsent if isinstance(error, NOT_CONNECTED) else ExchangeFailed
        fault = f"no whole answer within {bounds.seconds:.0f} s"
        if bounds.silence_s < bounds.seconds:
            fault += f", or nothing for {bounds.silence_s:.0f} s"
    except httpx2.TransportError as error:
        failed = Unsent if isinstance(error, NOT_CONNECTED) else ExchangeFailed
        fault = f"the connection failed ({type(error).__name__})"
    # Outside the handler, because the client's error holds the request, and with it the credential.
    raise failed(fault)


def _answer(response: httpx2.Response) -> HttpAnswer:
    headers = response.headers
    return HttpAnswer(
        url=response.url,
        status=response.status_code,
        kind=headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=b"",
        location=headers.get("location", "") if response.has_redirect_location else "",
        retry_after=headers.get("retry-after", ""),
        headers=headers,
    )


def _read(response: httpx2.Response, bounds: Bounds, until: float, into: Sink) -> None:
    """Read the whole body; ExchangeFailed as soon as it is known to be too large, compressed or too slow."""
    most = bounds.most_bytes if response.status_code < 400 else MAX_ERROR_BYTES
    announced = "" if response.request.method == "HEAD" else response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise TooManyBytes(f"the answer has {announced} bytes; the limit is {most}")
    if not bounds.compressed and response.headers.get("content-encoding", "identity") != "identity":
        raise UnwantedEncoding("the answer is compressed although none was asked for")
    size, began = 0, until - bounds.seconds
    for piece in response.iter_raw():
        size += len(piece)
        if size > most:
            raise TooManyBytes(f"the answer has more than the limit of {most} bytes")
        into.write(piece)
        now = bounds.clock.monotonic()
        if now > until or (now - began > FIRST_S and size < bounds.slowest * (now - began)):
            raise ExchangeFailed("the answer came too slowly")


def _drop(response: httpx2.Response) -> None:
    """Read a short body to its end, so that the connection can be kept; a long one ends with its connection."""
    size = 0
    for piece in response.iter_raw():
        size += len(piece)
        if size > MAX_ERROR_BYTES:
            return


def retry_after_s(header: str | None, now: float) -> float:
    """Return the seconds that a `Retry-After` asks for, a number or an HTTP date (RFC 9110, 10.2.3).

    `now` is in seconds since 1970. 0 for no header, for nonsense, and for a moment that has passed.
    """
    if not header:
        return 0.0
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0
