"""The results of the fetching of pictures."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from connectors.http.secrets import shown_address
from foundry.errors import shorten
from pipelines.catalog.picture_book import AddressRecord
from pipelines.catalog.picture_request import Unfetched


@dataclass(frozen=True, kw_only=True)
class FetchedPicture:
    """A picture whose content lies in the tenant's inputs, under its hash.

    came: its bytes were sent now. fresh: this content was not known at this address before. stale: the host did not
    answer, and what is known is used.
    """

    sha256: str
    width_px: int
    height_px: int
    size_bytes: int
    came: bool = False
    fresh: bool = False
    stale: bool = False


@dataclass(frozen=True)
class PictureFault:
    """A picture that there is not. code: stable. what: a sentence. later: the next run may have more luck."""

    code: str
    what: str
    later: bool = False


Result = FetchedPicture | PictureFault


def result_without_answer(address: str, known: AddressRecord | None, failure: Unfetched) -> Result:
    """Return the result for an address that gave no picture: what is known of it, if the host is only away."""
    if known and failure.later:
        return known_picture(known, stale=True)
    return PictureFault(failure.code, f"picture {shown_picture(address)} {failure}", failure.later)


def known_picture(known: AddressRecord, *, stale: bool = False) -> FetchedPicture:
    """Return the picture that a record of the book tells of."""
    return FetchedPicture(
        sha256=known.sha256,
        width_px=known.width_px,
        height_px=known.height_px,
        size_bytes=known.size_bytes,
        stale=stale,
    )


def shown_picture(address: str) -> str:
    """Return an address of a feed for people, without what may be a secret."""
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, ValueError):
        return shorten(address.partition("?")[0])
    return shown_address(url) if url.host else shorten(address)
