"""Weights from a hub that speaks the Hugging Face protocol, over plain HTTP.

Its own client keeps no partial file between processes, so a broken download of 24 GB would begin again; and the hashes
that count are the card's. The token goes to the endpoint only, over TLS or to this machine, and never along a redirect.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from foundry.card.card import ModelCard
from models.registry.fetching import BLOCK, Interrupted, Listed, Reading
from models.registry.refusals import PullRefused

ENDPOINT = "https://huggingface.co"
_BUSY = (408, 425, 429, 500, 502, 503, 504)


class _Lfs(BaseModel):
    model_config = ConfigDict(extra="ignore")

    oid: str
    size: int


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    path: str
    size: int = 0
    lfs: _Lfs | None = None


_ITEMS = TypeAdapter(list[_Item])


class _Redirects(HTTPRedirectHandler):
    """Follows redirects; the token only within one host, and never from TLS to plain text."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if old.scheme == "https" and new.scheme != "https":
            raise URLError(f"a redirect from TLS to {new.scheme}://{new.netloc}")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        token = req.unredirected_hdrs.get("Authorization")
        if request and token and (old.scheme, old.netloc) == (new.scheme, new.netloc):
            request.add_unredirected_header("Authorization", token)
        return request


@dataclass(frozen=True)
class Hub:
    """One commit of one repository. `token_name` is the environment variable that the token came from."""

    card: ModelCard
    endpoint: str = ENDPOINT
    token: str = field(default="", repr=False)
    token_name: str = "HF_TOKEN"
    silence_s: float = 30

    def __post_init__(self) -> None:
        where = urlsplit(self.endpoint)
        if where.scheme not in ("http", "https") or not where.netloc:
            raise PullRefused(self.card.name, f"endpoint {self.endpoint!r}", "is no http address; see --endpoint")

    def listing(self) -> Mapping[str, Listed]:
        """Every file of the commit; SHA-256 for those that the hub keeps as large files."""
        source = self.card.source
        url = f"{self._base}/api/models/{source.repository}/tree/{source.revision}?recursive=true"
        found: dict[str, Listed] = {}
        while url:
            with self._open(url, "the list of files") as answer:
                items, url = self._items(answer), _next(answer)
            for item in (item for item in items if item.type == "file"):
                size, sha = (item.lfs.size, item.lfs.oid) if item.lfs else (item.size, "")
                found[item.path] = Listed(size, sha)
        return found

    def _items(self, answer: Any) -> list[_Item]:
        try:
            return _ITEMS.validate_json(answer.read())
        except ValidationError as error:
            wrong = f"from {self.endpoint} cannot be read; check that it speaks the hub's protocol"
            raise PullRefused(self.card.name, "the list of files", wrong) from error
        except (OSError, http.client.HTTPException) as error:
            raise Interrupted(_why(error)) from error

    @contextmanager
    def reading(self, file: str, start: int) -> Iterator[Reading]:
        """Open a file at a byte; a hub without ranges begins at 0."""
        source = self.card.source
        url = f"{self._base}/{source.repository}/resolve/{source.revision}/{quote(file)}"
        try:
            with self._open(url, file, start) as answer:
                at, size = _extent(answer)
                yield Reading(at, size, _blocks(answer))
        except _Beyond:
            yield Reading(0, None, _nothing_more(file))

    @property
    def _base(self) -> str:
        return self.endpoint.rstrip("/")

    def _open(self, url: str, what: str, start: int = 0) -> Any:
        headers = {"Accept-Encoding": "identity", "User-Agent": "campaign-foundry"}
        request = Request(url, headers=headers | ({"Range": f"bytes={start}-"} if start else {}))
        if self.token and self._may_have_token(url):
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        try:
            return build_opener(_Redirects).open(request, timeout=self.silence_s)
        except HTTPError as error:
            with error:
                raise self._refusal(error, what) from error
        except (OSError, http.client.HTTPException) as error:
            if isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError):
                raise PullRefused(self.card.name, what, f"was not fetched: {_why(error)}") from error
            raise Interrupted(_why(error)) from error

    def _may_have_token(self, url: str) -> bool:
        where, ours = urlsplit(url), urlsplit(self.endpoint)
        safe = where.scheme == "https" or where.hostname in ("127.0.0.1", "::1", "localhost")
        return safe and (where.scheme, where.netloc) == (ours.scheme, ours.netloc)

    def _refusal(self, error: HTTPError, what: str) -> Exception:
        source = self.card.source
        if error.code == 416:
            return _Beyond()
        if error.code in _BUSY:
            return Interrupted(f"the hub answers {error.code}", _pause(error.headers.get("Retry-After")))
        if error.code in (401, 403):
            told = "was sent and may not read it" if self.token else "is not set"
            wrong = (
                f"is refused by the hub ({error.code}): {source.repository} is private or gated, and {self.token_name} "
                f"{told}; accept its licence there and set {self.token_name}"
            )
        elif error.code == 404:
            wrong = f"is not in {source.repository} at {source.revision[:12]} (404); correct the card's source"
        else:
            wrong = f"was answered with {error.code} by {self.endpoint}; check the endpoint"
        return PullRefused(self.card.name, what, wrong)


class _Beyond(Exception):
    """The server has nothing after the byte that was asked for."""


def _nothing_more(file: str) -> Iterator[bytes]:
    raise Interrupted(f"the part of {file} that was here did not fit its file and is begun again")
    yield b""


def _extent(answer: Any) -> tuple[int, int | None]:
    """The first byte's position, and the bytes of the whole file."""
    if answer.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if not found:
            raise Interrupted("a range without Content-Range")
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length")
    return 0, int(length) if length and length.isdigit() else None


def _blocks(answer: Any) -> Iterator[bytes]:
    try:
        while block := answer.read1(BLOCK):
            yield block
    except (OSError, http.client.HTTPException) as error:
        raise Interrupted(_why(error)) from error


def _next(answer: Any) -> str:
    found = re.search(r'<([^>]+)>;\s*rel="next"', answer.headers.get("Link", ""))
    return found[1] if found else ""


def _pause(value: str | None) -> float:
    return float(value) if value and value.isdigit() else 0.0


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(reason) or type(error).__name__
