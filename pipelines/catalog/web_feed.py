"""A feed from the web: one request with the words of the last answer, streamed into a file within limits."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path

import httpx2

from connectors.http.credential_scope import CredentialScope, Hop, UnsafeRedirect, is_loopback
from connectors.http.exchange import Bounds, ExchangeFailed, HttpAnswer, TooManyBytes, download, retry_after_s
from connectors.http.following import follow
from connectors.http.public_address import UnsafeAddress
from connectors.http.public_transport import Reach, open_client
from connectors.http.secrets import UnusableSecret, read_secret, shown_address
from foundry.catalog.catalog import Credential, Feed
from foundry.catalog.refusals import BadFeed, FeedAway
from foundry.catalog.rows import FetchedFeed
from foundry.names import sha256_file
from foundry.retrying import RetriesEnded
from pipelines.catalog.feed_limits import FeedLimits, LastFeed

AGENT = "campaign-foundry"
LATER = frozenset({408, 425, 429})
LONGEST_PAUSE_S = 600.0
"""The longest Retry-After that is waited for; for a longer one the next run is soon enough."""
LONGEST_WORD = 500
"""Characters of an ETag or a date that are kept."""
_PAGES = (b"<!doctype html", b"<html")


class _Later(Exception):
    """No usable answer now; `after_s` is the pause that the source asked for."""

    def __init__(self, reason: str, after_s: float = 0.0) -> None:
        super().__init__(reason, after_s)
        self.reason, self.after_s = reason, after_s

    def __str__(self) -> str:
        return self.reason


class SecretHeader(httpx2.Auth):
    """A secret, put on a request as it leaves; it is read from the environment at that moment, and kept nowhere."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Yield the request with its header, once; no challenge is answered."""
        request.headers[self.credential.header] = self.credential.prefix + read_secret(self.credential.variable)
        yield request


def fetch_page(feed: Feed, reach: Reach, target: Path, last: LastFeed, limits: FeedLimits) -> FetchedFeed:
    """Return the feed at an https address, written to `target`; BadFeed or FeedAway if there is none."""
    home = _home(feed.source, reach)
    name = shown_address(home)
    retries = limits.retries

    def pause_s(failures: int, later: _Later) -> float:
        return max(retries.pause_s(failures), later.after_s if later.after_s <= LONGEST_PAUSE_S else math.inf)

    with open_client(reach) as client:
        try:
            answer = retries.repeat(lambda: _try(client, home, feed, target, last, limits), _Later, pause_s=pause_s)
        except RetriesEnded as ended:
            wrong = f"feed {name} gives no usable answer ({ended.fault}; tries: {ended.tries})"
            raise FeedAway(f"{wrong}; nothing was changed. Run it again later.") from None
    return _fetched(name, answer, target, last)


def _home(source: str, reach: Reach) -> httpx2.URL:
    """Return the address of a feed; BadFeed for one that holds a secret or that anybody on the way could change."""
    try:
        home = httpx2.URL(source).copy_with(fragment=None)
    except httpx2.InvalidURL:
        raise BadFeed("the feed's address", "feed_address", "is malformed", "write https://host/path") from None
    if home.userinfo:
        wrong = "holds a user's name or password"
        raise BadFeed(shown_address(home), "feed_address", wrong, "name an environment variable in feed.credential")
    if not home.host or not (home.scheme == "https" or (reach.loopback and is_loopback(home.host))):
        wrong = "is no https address, so anybody on the way could change it"
        raise BadFeed(
            shown_address(home), "feed_address", wrong, "write https://host/path, gs://bucket/object or a file's name"
        )
    return home


def _try(
    client: httpx2.Client, home: httpx2.URL, feed: Feed, target: Path, last: LastFeed, limits: FeedLimits
) -> HttpAnswer:
    """Return one good answer, 200 or 304; _Later for what may pass, BadFeed for what will not."""
    name = shown_address(home)
    headers = _headers(last)
    auth = SecretHeader(feed.credential) if feed.credential else httpx2.Auth()
    bounds = Bounds(
        limits.seconds, limits.most_bytes, limits.retries.clock, limits.silence_s, limits.slowest, compressed=True
    )

    def send(hop: Hop) -> HttpAnswer:
        request = client.build_request("GET", hop.url, headers=headers)
        try:
            with target.open("wb") as stream:
                return download(client, request, auth if hop.with_credential else httpx2.Auth(), bounds, stream)
        except UnsafeAddress as unsafe:
            wrong = f"leads to {hop.url.scheme}://{hop.url.host}, {unsafe}"
            raise BadFeed(name, "feed_unsafe", wrong, "name a public https address") from None

    try:
        answer = follow(home, CredentialScope(home), send)
    except TooManyBytes as error:
        raise BadFeed(name, "feed_too_large", f"is too large: {error}", "split it") from error
    except ExchangeFailed as error:
        raise _Later(str(error)) from error
    except UnsafeRedirect as unsafe:
        raise BadFeed(name, "feed_unsafe", f"answers with {unsafe}", "name the address that it ends at") from None
    except UnusableSecret as wrong:
        variable = feed.credential.variable if feed.credential else ""
        raise BadFeed(name, "feed_credential", f"needs the variable {variable}, which {wrong}", "set it") from None
    _judge(answer, name, feed, last, limits)
    return answer


def _headers(last: LastFeed) -> dict[str, str]:
    headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    if last.sha256 and last.etag:
        headers["If-None-Match"] = last.etag
    if last.sha256 and last.modified:
        headers["If-Modified-Since"] = last.modified
    return headers


def _judge(answer: HttpAnswer, name: str, feed: Feed, last: LastFeed, limits: FeedLimits) -> None:
    """Return if an answer is usable; else raise what its status stands for."""
    status = answer.status
    if status == 200 or (status == 304 and last.sha256):
        return
    if status in LATER or (status >= 500 and status != 501):
        raise _Later(f"it answers {status}", retry_after_s(answer.retry_after, limits.retries.clock.time()))
    if status in (401, 403):
        said = f"check the secret in {feed.credential.variable}" if feed.credential else "give feed.credential"
        raise BadFeed(name, "feed_refused", f"is refused by its host ({status})", said)
    if status in (404, 410):
        raise BadFeed(name, "feed_missing", f"is not there ({status})", "correct feed.source, or put the feed there")
    raise BadFeed(name, "feed_refused", f"is answered with {status}, which is no feed", "correct feed.source")


def _fetched(name: str, answer: HttpAnswer, target: Path, last: LastFeed) -> FetchedFeed:
    etag, modified = _word(answer, "etag"), _word(answer, "last-modified")
    if answer.status == 304:
        target.unlink()
        return FetchedFeed(name, None, last.sha256, 0, etag or last.etag, modified or last.modified, unchanged=True)
    with target.open("rb") as stream:
        head = stream.read(1_000).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not target.stat().st_size:
        raise BadFeed(name, "feed_empty", "is empty", "write the feed, then publish it")
    if head.startswith(_PAGES):
        raise BadFeed(
            name, "feed_is_a_page", "is a web page, not a feed", "correct feed.source, or sign in by feed.credential"
        )
    return FetchedFeed(name, target, sha256_file(target), target.stat().st_size, etag, modified)


def _word(answer: HttpAnswer, header: str) -> str:
    """Return what the source says of its feed, as it may be sent again; "" for what no header may hold."""
    text: str = answer.headers.get(header, "")
    return text if len(text) <= LONGEST_WORD and text.isascii() and text.isprintable() else ""
