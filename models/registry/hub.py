"""Weights from a hub that speaks the Hugging Face protocol, over plain HTTP.

The hub's own client keeps no partial file between processes, so a broken download of 24 GB would begin again; and the
hashes that count are the card's. The token goes to the endpoint only, over TLS or to this machine, and along redirects
within it.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from connectors.http.credential_scope import (
    CredentialScope,
    Hop,
    UnsafeRedirect,
    first_hop,
    is_loopback,
    next_hop,
    origin,
)
from connectors.http.exchange import retry_after_s
from connectors.http.secrets import keep_queries_out_of_logs
from foundry.card.card import ModelCard
from foundry.documents import DocumentLimits, load_json
from foundry.errors import Problem
from models.registry.refusals import PullRefused
from models.registry.resumable_fetch import Interrupted, ListedFile, OpenFile

ENDPOINT = "https://huggingface.co"
THE_LIST = "the list of files"
MOST_REDIRECTS = 10
MOST_PAGES = 200
PAGE = DocumentLimits(size_bytes=8_000_000, leaves=200_000)
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "campaign-foundry"}


class _Lfs(BaseModel):
    model_config = ConfigDict(extra="ignore")

    oid: str
    size: int = Field(ge=0)


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    path: str
    size: int = Field(default=0, ge=0)
    lfs: _Lfs | None = None


_ITEMS = TypeAdapter(list[_Item])


@dataclass(frozen=True)
class HubOrigin:
    """One commit of one repository.

    token_name: the environment variable that the token came from.
    silence_s: seconds that the hub may be silent.
    """

    card: ModelCard
    endpoint: str = ENDPOINT
    token: str = field(default="", repr=False)
    token_name: str = "HF_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    silence_s: float = 30

    def __post_init__(self) -> None:
        try:
            where = httpx2.URL(self.endpoint)
        except httpx2.InvalidURL:
            where = httpx2.URL("")
        if where.scheme not in ("http", "https") or not where.host:
            raise PullRefused(self.card.name, f"endpoint {self.endpoint!r}", "is no http address; see --endpoint")
        if not _is_safe(where, where):
            wrong = "is neither https nor on this machine, so anybody on the way could change what it sends"
            raise PullRefused(self.card.name, f"endpoint {self.endpoint!r}", f"{wrong}; see --endpoint")

    def list_files(self) -> Mapping[str, ListedFile]:
        """Return every file of the commit, with the SHA-256 of those that the hub keeps as large files.

        PullRefused if the list leads away from the endpoint, comes back to a page, or is longer than any repository's.
        """
        source = self.card.source
        url = f"{self._base}/api/models/{source.repository}/tree/{source.revision}?recursive=true"
        found: dict[str, ListedFile] = {}
        seen: set[str] = set()
        while url:
            seen.add(url)
            with self._open(url, THE_LIST) as response:
                items, url = self._items(response), self._next_page(response, url, seen)
            for item in (item for item in items if item.type == "file"):
                size, sha = (item.lfs.size, item.lfs.oid) if item.lfs else (item.size, "")
                found[item.path] = ListedFile(size, sha)
        return found

    def _next_page(self, response: httpx2.Response, url: str, seen: set[str]) -> str:
        """Return the address of the page after `url`; "" after the last one."""
        told = response.links.get("next", {}).get("url", "")
        if not told:
            return ""
        try:
            following = httpx2.URL(url).join(told)
        except httpx2.InvalidURL:
            following = httpx2.URL("")
        if origin(following) != origin(httpx2.URL(self.endpoint)):
            raise PullRefused(self.card.name, THE_LIST, f"leads away from {self.endpoint}; check the endpoint")
        if str(following) in seen:
            raise PullRefused(self.card.name, THE_LIST, f"from {self.endpoint} leads back to a page of its own")
        if len(seen) >= MOST_PAGES:
            raise PullRefused(self.card.name, THE_LIST, f"from {self.endpoint} has more than {MOST_PAGES} pages")
        return str(following)

    def _items(self, response: httpx2.Response) -> list[_Item]:
        body = bytearray()
        for block in _blocks(response):
            body += block
            if len(body) > PAGE.size_bytes:
                wrong = f"from {self.endpoint} has a page of more than {PAGE.size_bytes} bytes"
                raise PullRefused(self.card.name, THE_LIST, wrong)
        try:
            return _ITEMS.validate_python(load_json(bytes(body), THE_LIST, PAGE))
        except (ValidationError, Problem) as error:
            wrong = f"from {self.endpoint} cannot be read; check that it speaks the hub's protocol"
            raise PullRefused(self.card.name, THE_LIST, wrong) from error

    @contextmanager
    def open_file(self, file: str, start: int) -> Iterator[OpenFile]:
        """Open a file at a byte; a hub without ranges begins at 0."""
        source = self.card.source
        url = f"{self._base}/{source.repository}/resolve/{source.revision}/{quote(file)}"
        try:
            with self._open(url, file, start) as response:
                at, size = _extent(response)
                yield OpenFile(at, size, _blocks(response))
        except _NothingThere:
            yield OpenFile(0, None, _nothing_more(file))

    @property
    def _base(self) -> str:
        return self.endpoint.rstrip("/")

    @contextmanager
    def _open(self, url: str, what: str, start: int = 0) -> Iterator[httpx2.Response]:
        """Ask for an address and follow its redirects; the body is still to be read."""
        # The system's certificates, as its other programs use them: companies add their own proxy's to those.
        keep_queries_out_of_logs()
        with httpx2.Client(verify=ssl.create_default_context(), timeout=self.silence_s, headers=_HEADERS) as client:
            response = self._follow(client, url, what, start)
            try:
                if response.status_code >= 400:
                    raise self._refusal(response, what)
                yield response
            finally:
                response.close()

    def _follow(self, client: httpx2.Client, url: str, what: str, start: int) -> httpx2.Response:
        scope = CredentialScope(httpx2.URL(self.endpoint))
        hop = first_hop(httpx2.URL(url), scope)
        for _ in range(MOST_REDIRECTS):
            response = self._send(client, hop, what, start)
            if not response.has_redirect_location:
                return response
            response.close()
            try:
                hop = next_hop(hop, _safe(hop.url.join(response.headers["location"]), scope.home), scope)
            except (UnsafeRedirect, httpx2.InvalidURL) as unsafe:
                wrong = f"was not fetched: {self.endpoint} answers with {unsafe}; check the endpoint"
                raise PullRefused(self.card.name, what, wrong) from unsafe
        wrong = f"was redirected {MOST_REDIRECTS} times by {self.endpoint}; check the endpoint"
        raise PullRefused(self.card.name, what, wrong)

    def _send(self, client: httpx2.Client, hop: Hop, what: str, start: int) -> httpx2.Response:
        headers = {"Range": f"bytes={start}-"} if start else {}
        if self.token and hop.with_credential:
            headers["Authorization"] = f"Bearer {self.token}"
        request = client.build_request("GET", hop.url, headers=headers)
        try:
            return client.send(request, stream=True, auth=httpx2.Auth(), follow_redirects=False)
        except httpx2.TransportError as error:
            reason, untrusted = _reason(error), _is_untrusted(error)
        # Outside the handler, because the client's error holds the request, and with it the token.
        if untrusted:
            raise PullRefused(self.card.name, what, f"was not fetched: {reason}")
        raise Interrupted(reason)

    def _refusal(self, response: httpx2.Response, what: str) -> Exception:
        """Return the error that a status of 400 and above stands for."""
        source, status = self.card.source, response.status_code
        if status == 416:
            return _NothingThere()
        if status in _BUSY:
            asked_s = retry_after_s(response.headers.get("Retry-After"), time.time())
            return Interrupted(f"the hub answers {status}", asked_s)
        if status in (401, 403):
            said = "was sent and may not read it" if self.token else "is not set"
            wrong = (
                f"is refused by the hub ({status}): {source.repository} is private or gated, and {self.token_name} "
                f"{said}; accept its licence there and set {self.token_name}"
            )
        elif status == 404:
            wrong = f"is not in {source.repository} at {source.revision[:12]} (404); correct the card's source"
        else:
            wrong = f"was answered with {status} by {self.endpoint}; check the endpoint"
        return PullRefused(self.card.name, what, wrong)


def _safe(url: httpx2.URL, home: httpx2.URL) -> httpx2.URL:
    """Return the address of a redirect; UnsafeRedirect if it must not be asked."""
    if not _is_safe(url, home):
        raise UnsafeRedirect(f"a redirect to {url.scheme}://{url.host}")
    return url


def _is_safe(url: httpx2.URL, home: httpx2.URL) -> bool:
    """Return whether an address is https; a local hub may also use plain http, from this machine to itself."""
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host) and is_loopback(home.host))


class _NothingThere(Exception):
    """The server has nothing after the byte that was asked for."""


def _nothing_more(file: str) -> Iterator[bytes]:
    raise Interrupted(f"the part of {file} that was here did not fit its file and is begun again")
    yield b""


def _extent(response: httpx2.Response) -> tuple[int, int | None]:
    """Return the first byte's position, and the bytes of the whole file if the answer tells them."""
    if response.status_code == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not found:
            raise Interrupted("a range without Content-Range")
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _blocks(response: httpx2.Response) -> Iterator[bytes]:
    """Yield the body as it arrives, unbuffered, so that nothing is lost when the connection breaks."""
    try:
        yield from response.iter_raw()
    except httpx2.TransportError as error:
        reason = _reason(error)
    else:
        return
    raise Interrupted(reason)


def _reason(error: httpx2.TransportError) -> str:
    return str(error) or type(error).__name__


def _is_untrusted(error: BaseException | None) -> bool:
    """Return whether a certificate was refused: trying again would not help."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
