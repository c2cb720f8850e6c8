"""One HTTP exchange, bounded in time and in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx2

from foundry.retrying import Clock

MAX_ERROR_BYTES = 65_536


class ExchangeFailed(Exception):
    """No whole, usable answer came; asking again may help. The text is a reason without any secret."""


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """A whole answer.

    kind: the media type, in lower case, without parameters.
    location: the address of a redirect, as the server wrote it; empty for other answers.
    retry_after: the header as the server wrote it.
    """

    url: httpx2.URL
    status: int
    kind: str
    body: bytes
    location: str
    retry_after: str


@dataclass(frozen=True)
class Bounds:
    """The limits of one exchange: seconds until the whole answer is there, and bytes of its body."""

    seconds: float
    most_bytes: int
    clock: Clock


def exchange(client: httpx2.Client, request: httpx2.Request, auth: httpx2.Auth, bounds: Bounds) -> HttpAnswer:
    """Return the answer to a request, redirects not followed; ExchangeFailed for none, a broken or an oversized one."""
    request.extensions["timeout"] = httpx2.Timeout(bounds.seconds).as_dict()
    until = bounds.clock.monotonic() + bounds.seconds
    try:
        response = client.send(request, stream=True, auth=auth, follow_redirects=False)
        try:
            return _answer(response, bounds, until)
        finally:
            response.close()
    except httpx2.TimeoutException:
        fault = f"no whole answer within {bounds.seconds:.0f} s"
    except httpx2.TransportError as error:
        fault = f"the connection failed ({type(error).__name__})"
    # Outside the handler, because the client's error holds the request, and with it the credential.
    raise ExchangeFailed(fault)


def _answer(response: httpx2.Response, bounds: Bounds, until: float) -> HttpAnswer:
    """Read the whole body; ExchangeFailed as soon as it is known to be too large, compressed or too slow."""
    headers = response.headers
    most = bounds.most_bytes if response.status_code < 400 else MAX_ERROR_BYTES
    if (announced := headers.get("content-length", "")).isdecimal() and int(announced) > most:
        raise ExchangeFailed(f"the answer has {announced} bytes; the limit is {most}")
    if headers.get("content-encoding", "identity") != "identity":
        raise ExchangeFailed("the answer is compressed although none was asked for")
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > most:
            raise ExchangeFailed(f"the answer has more than the limit of {most} bytes")
        if bounds.clock.monotonic() > until:
            raise ExchangeFailed("the answer came too slowly")
    return HttpAnswer(
        url=response.url,
        status=response.status_code,
        kind=headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=bytes(body),
        location=headers.get("location", "") if response.has_redirect_location else "",
        retry_after=headers.get("retry-after", ""),
    )


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
    except (ValueError, TypeError):
        return 0.0
