"""Rules on the addresses of pages and pictures. Nothing is asked for here: hosts are judged by their names."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import numpy as np

from foundry.catalog.judging.columns import Flags, RowColumns, Texts, emptied, matches, present
from foundry.catalog.judging.findings import Findings
from foundry.catalog.judging.identifiers import text_lengths, without_nothing
from foundry.catalog.judging.shapes import PRICE, STOCK

MOST, MOST_IMAGES = 2_000, 10
_SHORT = 250
"""Characters of an address in which no part can be too long."""
_PLAIN = (
    r"^(?i:https?)://(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+(?:[A-Za-z][A-Za-z]+|xn--[a-z0-9-]+)"
    r'(?::[0-9]{1,4})?(?:[/?#][^\s\\<>"\x00-\x1f\x7f]*)?$'
)
_PRIVATE_ENDING = r"^(?i:https?)://[^/?#]*\.(?i:local|localhost|internal|intranet|lan|home|corp|arpa|onion)(?:[:/?#]|$)"
_PICTURE = r"\.(?i:jpe?g|jpe|png|webp|gif|bmp|tiff?)(?:[?#].*)?$"
_OTHER_ENDING = r"^(?i:https?)://[^/]+/(?:[^?#]*/)?[^/?#]*\.(?i:svg|pdf|html?|php|aspx?|mp4|mov|webm|eps|psd|zip|ico|txt|json|xml|avif|heic)(?:[?#].*)?$"
_PAGE = r"^(?i:https?)://[^/]+(?:/[^?#]*)?(?:(?i:\.(?:html?|php|aspx?))|/[^/.?#]*)(?:[?#].*)?$"
_JOINED = r"[,;|\s](?i:https?)://"
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_SEVERAL = re.compile(_JOINED)
_PLACEHOLDER = (
    r"/(?i:(?:[^/?#]*[-_.])?(?:no|missing)[-_]?(?:image|photo|picture|pic|img)(?:[-_.][^/?#]*)?"
    r"|[^/?#]*(?:placeholder|image[-_]?not[-_]?(?:available|found)|coming[-_]?soon)[^/?#]*)\.[A-Za-z]+(?:[?#].*)?$"
)
_PRIVATE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home", ".corp", ".arpa", ".onion")


@lru_cache(maxsize=5_000)
def address_fault(text: str) -> str:
    """Return what is wrong with an address: "bad", "private", or "" for an address on a public host by its name."""
    try:
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "bad"
    unusable = len(text) > MOST or any(letter.isspace() or letter in '\\<>"' or letter < " " for letter in text)
    several = _SEVERAL.search(text) is not None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or unusable or several:
        return "bad"
    return _host_fault(host)


def _host_fault(host: str) -> str:
    try:
        return "" if ipaddress.ip_address(host).is_global else "private"
    except ValueError:
        pass
    if "." not in host or host.endswith(_PRIVATE):
        return "private"
    last = host.rsplit(".", maxsplit=1)[-1]
    numeric = last.isdigit() or last.startswith("0x")  # browsers read such a host as an IPv4 address
    return "bad" if numeric or ".." in host or len(host) > 253 else ""


def _faults(texts: Texts) -> tuple[Flags, Flags]:
    """Return which addresses are bad, and which name a private host."""
    odd = matches(texts, _PRIVATE_ENDING) | matches(texts, _JOINED)
    plain = matches(texts, _PLAIN) & ~odd & (text_lengths(texts) <= _SHORT)
    doubtful = np.flatnonzero(present(texts) & ~plain)
    bad, private = np.zeros(len(texts), np.bool_), np.zeros(len(texts), np.bool_)
    for position, text in zip(doubtful, texts.take(doubtful).to_pylist(), strict=True):
        fault = address_fault(text) if len(text) <= MOST else "bad"
        bad[position], private[position] = fault == "bad", fault == "private"
    return bad, private


def judge_links(rows: RowColumns, findings: Findings) -> None:
    """Judge the addresses of pages."""
    links = without_nothing(rows.text("link"))
    findings.add("missing_link", "link", ~present(links))
    bad, private = _faults(links)
    findings.add("bad_link", "link", bad | private)
    rows.replace("link", links)


def judge_pictures(rows: RowColumns, findings: Findings, *, beside: bool, private_hosts: bool) -> None:
    """Judge the addresses of pictures. beside: they may name files beside the catalog.

    An address that cannot be used is null in rows that stay usable.
    """
    import pyarrow as pa

    links = without_nothing(rows.text("image_link"))
    findings.add("missing_image_link", "image_link", ~present(links))
    bad, private = _faults(links)
    if beside:
        bad &= ~_file_names(links, bad)
    if private_hosts:
        private[:] = False
    swapped = _exchanged(rows.text("link"), links)
    if bad.any():
        swapped |= matches(links, f"{PRICE}|{STOCK}") & bad
    findings.add("swapped_value", "image_link", swapped)
    findings.add("bad_image_link", "image_link", bad & ~swapped)
    findings.add("private_image_link", "image_link", private)
    placeholder = matches(links, _PLACEHOLDER)
    findings.add("placeholder_image", "image_link", placeholder)
    findings.add("insecure_image_link", "image_link", matches(links, r"^(?i:http)://") & ~bad & ~private)
    findings.add("odd_image_type", "image_link", matches(links, _OTHER_ENDING) & ~swapped)
    unusable = bad | private | placeholder
    rows.replace("image_link", emptied(links, pa.array(unusable)) if unusable.any() else links)
    _judge_more_pictures(rows, findings, private_hosts=private_hosts)


def _file_names(links: Texts, at: Flags) -> Flags:
    """Return which of some texts are names of files below the catalog's folder."""
    named = np.zeros(len(links), np.bool_)
    positions = np.flatnonzero(at)
    for position, text in zip(positions, links.take(positions).to_pylist(), strict=True):
        named[position] = _is_file_name(text)
    return named


def _is_file_name(text: str) -> bool:
    path = PurePosixPath(text)
    plain = len(text) <= 500 and ":" not in text and "\\" not in text and text.isprintable()
    return plain and not path.is_absolute() and ".." not in path.parts and path.suffix.lower() in _ENDINGS


def _exchanged(pages: Texts, pictures: Texts) -> Flags:
    """Return where the page has the ending of a picture, and the picture that of a page."""
    named = matches(pages, _PICTURE)
    return named & ~matches(pictures, _PICTURE) & matches(pictures, _PAGE) if named.any() else named


def _judge_more_pictures(rows: RowColumns, findings: Findings, *, private_hosts: bool) -> None:
    if not rows.has("additional_image_link"):
        return
    import pyarrow.compute as pc

    lists = rows.text("additional_image_link")
    findings.add("many_images", "additional_image_link", matches(lists, rf"(?:[^,]+,){{{MOST_IMAGES}}}\s*[^,\s]"))
    first = pc.list_slice(pc.split_pattern(lists, ","), 0, 2 * MOST_IMAGES)
    parts, parents = pc.list_flatten(first), pc.list_parent_indices(first).to_numpy()
    trimmed = pc.utf8_trim_whitespace(parts)
    bad, private = _faults(emptied(trimmed, pc.equal(trimmed, "")))
    wrong = np.zeros(rows.count, np.bool_)
    wrong[parents[bad if private_hosts else bad | private]] = True
    findings.add("bad_additional_image", "additional_image_link", wrong)
