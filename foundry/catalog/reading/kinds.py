"""The kind of a feed, seen from its first bytes and the names of its columns."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence

from foundry.catalog.catalog import Feed, FeedKind
from foundry.catalog.reading.columns import plain_name
from foundry.catalog.refusals import BadFeed

DELIMITED: frozenset[FeedKind] = frozenset({"google-tsv", "shopify-csv", "meta-csv", "csv"})
_SHOPIFY = frozenset({"handle", "url_handle"})
_REMEDY = "correct feed.kind, or leave it out"


def written_as(head: bytes) -> str:
    """Return the form of a text by its first bytes: xml, json or delimited."""
    start = head.lstrip()[:1]
    if start == b"<":
        return "xml"
    return "json" if start in {b"{", b"["} else "delimited"


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Return True if a ZIP archive is an XLSX workbook."""
    return any(name.startswith("xl/") for name in archive.namelist())


def hold_to(declared: FeedKind | None, seen: str, fitting: Sequence[FeedKind], name: str) -> FeedKind | None:
    """Return the kind that is declared, or the only one that fits; BadFeed if the declared one does not fit."""
    if declared is not None and declared not in fitting:
        raise BadFeed(name, "other_kind", f"is {seen}, and not {declared}", _REMEDY)
    return declared or (fitting[0] if len(fitting) == 1 else None)


def kind_of_columns(names: Sequence[str], mark: str, spec: Feed, name: str) -> FeedKind:
    """Return the kind of a delimited feed by its columns and its mark."""
    plain = {plain_name(column) for column in names}
    if plain & _SHOPIFY and {"title", "variant_price", "price"} & plain and "id" not in plain:
        return "shopify-csv"
    if spec.columns:
        return "csv"
    if "id" in plain and mark == "\t" and not any("[0]" in column for column in names):
        return "google-tsv"
    if "id" in plain:
        return "meta-csv"
    seen = ", ".join(column[:40] for column in names[:8])
    remedy = "name the columns in feed.columns, or write Google's, Meta's or Shopify's names"
    raise BadFeed(name, "missing_columns", f"has none of the known columns (its columns are {seen})", remedy)
