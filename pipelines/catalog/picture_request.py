"""One request for a picture: conditional, along safe redirects, by each host's rules, into a file within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2

from connectors.http.credential_scope import CredentialScope, Hop, UnsafeRedirect, is_loopback
from connectors.http.exchange import (
    Bounds,
    ExchangeFailed,
    HttpAnswer,
    TooManyBytes,
    UnwantedEncoding,
    download,
    exchange,
    retry_after_s,
)
from connectors.http.following import follow
from connectors.http.public_address import UnsafeAddress
from connectors.http.public_transport import Reach, open_client
from foundry.catalog.catalog import PicturePolicy
from foundry.retrying import Clock
from pipelines.catalog.picture_book import AddressRecord
from pipelines.catalog.robots import AGENT, MOST_BYTES, Robots

AWAY = "picture_away"
LATER = frozenset({408, 425, 429})
EVERYTHING_FORBIDDEN = "User-agent: *\nDisallow: /\n"


class Unfetched(Exception):
    """No picture came. code: stable. reason: goes on after the picture's name. later: asking again may help.

    wait_s: the pause that the host asks for.
    """

    def __init__(self, code: str, reason: str, *, later: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(code, reason)
        self.code, self.reason, self.later, self.wait_s = code, reason, later, wait_s

    def __str__(self) -> str:
        return f"did not come: {self.reason}" if self.code == AWAY else self.reason


@dataclass(frozen=True, kw_only=True)
class PictureLimits:
    """The limits of one request. seconds: for a whole picture; silence_s: in which nothing comes; slowest: bytes/s.

    first_pause_s: for which a host is left alone after it failed once; the pause doubles with each further failure.
    """

    seconds: float = 60.0
    silence_s: float = 15.0
    slowest: int = 1_000
    first_pause_s: float = 1.0


@dataclass(frozen=True)
class PictureAnswer:
    """A good answer: `modified` is False where the host says that the known content is still right."""

    headers: httpx2.Headers
    modified: bool
    pause_s: float


def url_of(address: str, reach: Reach) -> httpx2.URL:
    """Return the address that is asked: https, also where a feed says http; Unfetched for one that cannot be asked."""
    try:
        url = httpx2.URL(f"https:{address}" if address.startswith("//") else address).copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError):
        raise Unfetched("picture_address", "is malformed; write https://host/path") from None
    if url.scheme == "http" and not (reach.loopback and is_loopback(url.host)):
        url = url.copy_with(scheme="https", port=None if url.port == 80 else url.port)
    if url.scheme not in ("http", "https") or not url.host:
        raise Unfetched("picture_address", "is no https address; write https://host/path")
    if url.userinfo:
        raise Unfetched("picture_address", "holds a user's name or password; publish the picture without one")
    return url


class PictureHosts:
    """The client of all hosts of pictures, and their rules. Threads may ask at once."""

    def __init__(
        self, policy: PicturePolicy, limits: PictureLimits, reach: Reach, clock: Clock, connections: int
    ) -> None:
        self._policy, self._limits, self._clock = policy, limits, clock
        self._client = open_client(reach, connections=connections)
        self._robots = Robots(self._get_rules)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def ask(self, url: httpx2.URL, known: AddressRecord | None, target: Path) -> PictureAnswer:
        """Write the picture at an address to a file, if it is other than what is known; Unfetched if there is none."""
        headers = _headers(known)
        bounds = self._bounds(self._policy.max_bytes)
        pauses = [0.0]

        def send(hop: Hop) -> HttpAnswer:
            if self._policy.obey_robots:
                pauses.append(self._refuse_forbidden(hop.url))
            request = self._client.build_request("GET", hop.url, headers=headers)
            with target.open("wb") as stream:
                return download(self._client, request, httpx2.Auth(), bounds, stream)

        answer = self._followed(url, send)
        if answer.status != 200 and not (answer.status == 304 and known):
            raise self._refusal(answer)
        return PictureAnswer(answer.headers, answer.status == 200, max(pauses))

    def _bounds(self, most_bytes: int) -> Bounds:
        limits = self._limits
        return Bounds(limits.seconds, most_bytes, self._clock, limits.silence_s, limits.slowest)

    def _followed(self, url: httpx2.URL, send: Callable[[Hop], HttpAnswer]) -> HttpAnswer:
        """Return the last answer of a chain of redirects, with what goes wrong in the words of Unfetched."""
        try:
            return follow(url, CredentialScope(url), send)
        except TooManyBytes as error:
            raise Unfetched("picture_too_large", f"is too large: {error}; give a smaller one") from error
        except UnwantedEncoding as error:
            raise Unfetched("picture_unusable", "is sent compressed; let its host send pictures as they are") from error
        except ExchangeFailed as error:
            raise Unfetched(AWAY, str(error), later=True) from error
        except UnsafeAddress as unsafe:
            what = f"leads to a host {unsafe}; publish it on a public https address"
            raise Unfetched("picture_unsafe", what) from None
        except UnsafeRedirect as unsafe:
            what = f"leads to {unsafe}; name the address that it ends at"
            raise Unfetched("picture_unsafe", what) from None

    def _refuse_forbidden(self, url: httpx2.URL) -> float:
        """Return the pause that the host wishes; Unfetched if its robots.txt forbids the address."""
        permission = self._robots.judge(url)
        if not permission.allowed:
            what = f"is forbidden by {url.host}/robots.txt; allow {AGENT} there, or set pictures.obey_robots: false"
            raise Unfetched("picture_robots", what)
        return permission.pause_s

    def _get_rules(self, url: httpx2.URL) -> str:
        """Return a robots.txt; "" where there is none, or its redirects lead nowhere.

        By RFC 9309, nothing may be asked for while it is not known whether there is one.
        """
        bounds = self._bounds(MOST_BYTES)

        def send(hop: Hop) -> HttpAnswer:
            request = self._client.build_request("GET", hop.url, headers=_headers(None))
            return exchange(self._client, request, httpx2.Auth(), bounds)

        try:
            answer = self._followed(url, send)
        except Unfetched as refused:
            if refused.later:
                raise
            return EVERYTHING_FORBIDDEN if refused.code == "picture_too_large" else ""
        if answer.status >= 500 or answer.status == 429:
            raise self._refusal(answer)
        return answer.body.decode("utf-8", "replace") if answer.status == 200 else ""

    def _refusal(self, answer: HttpAnswer) -> Unfetched:
        status = answer.status
        if status in LATER or (status >= 500 and status != 501):
            wait_s = retry_after_s(answer.retry_after, self._clock.time())
            return Unfetched(AWAY, f"the host answers {status}", later=True, wait_s=wait_s)
        if status in (404, 410):
            return Unfetched("picture_missing", f"is not there ({status}); correct the address, or put it there")
        return Unfetched("picture_refused", f"is refused by its host ({status}); let {AGENT} read it")


def _headers(known: AddressRecord | None) -> dict[str, str]:
    accepted = "image/png, image/jpeg, image/webp, */*;q=0.1"
    headers = {"User-Agent": AGENT, "Accept": accepted, "Accept-Encoding": "identity"}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.modified:
        headers["If-Modified-Since"] = known.modified
    return headers
