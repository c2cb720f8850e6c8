"""The names that kinds of feeds have for attributes, and the columns of a head."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Feed, FeedKind
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.refusals import BadFeed
from foundry.errors import shorten

LISTS = frozenset({"additional_image_link", "lifestyle_image_link"})
"""Attributes that may be written several times; their values are joined by commas."""
FIRST_OF_LIST = frozenset({"product_type", "google_product_category"})
"""Attributes that may be written several times, of which the first counts."""
_KNOWN = frozenset(ATTRIBUTES)
_PREFIX = re.compile(r"^[gc]:")
_SEPARATORS = re.compile(r"[\s_\-]+")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=\d)")
_PICTURE = re.compile(r"(?:image|images)\[(\d{1,3})\](?:\.url)?")
_ALIASES: Mapping[str, str] = {
    "offer_id": "id", "additional_image_links": "additional_image_link", "product_types": "product_type",
    "lifestyle_image_links": "lifestyle_image_link", "gtins": "gtin", "colour": "color",
}  # fmt: skip
_META: Mapping[str, str] = {
    "retailer_id": "id", "name": "title", "url": "link", "image_url": "image_link", "inventory": "quantity",
    "quantity_to_sell_on_facebook": "quantity", "additional_image_urls": "additional_image_link",
    "retailer_product_group_id": "item_group_id",
}  # fmt: skip
"""Other names that Meta's templates, its Catalog Batch API and its exports have for the attributes."""


@lru_cache(maxsize=4_096)
def plain_name(name: str) -> str:
    """Return a column's name in lower case with underscores, without the prefix of Google's namespaces."""
    name = _PREFIX.sub("", name.strip().strip("\ufeff\"'").strip())
    if not name.isupper():
        name = _CAPITAL.sub("_", name)
    return _SEPARATORS.sub("_", name).strip("_").casefold()


def attribute_of(name: str, kind: FeedKind, own: frozenset[str]) -> str | None:
    """Return the attribute that a column's name stands for in a kind of feed; `own` are those that a catalog added."""
    plain = plain_name(name)
    written = f"own.{_SEPARATORS.sub('_', name.strip()).casefold()}"
    if written in own:
        return written
    if kind == "meta-csv" and (found := _PICTURE.fullmatch(plain)):
        return "image_link" if int(found[1]) == 0 else "additional_image_link"
    plain = _ALIASES.get(plain, plain)
    if kind == "meta-csv" and plain not in _KNOWN:
        plain = _META.get(plain, plain)
    if plain in _KNOWN:
        return plain
    return f"own.{plain}" if f"own.{plain}" in own else None


@dataclass(frozen=True)
class Head:
    """The columns of a feed.

    names: as they stand there. places: the positions of each wanted attribute's columns. unknown: names that stand for
    no attribute. missing: wanted attributes without a column.
    """

    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def head_of(names: Sequence[str], kind: FeedKind, spec: Feed, wanted: frozenset[str], name: str) -> Head:
    """Return the head of a feed with these columns; BadFeed if it has no id, or the same attribute twice."""
    own = frozenset(attribute for attribute in wanted if attribute.startswith("own."))
    given = {plain_name(column): attribute for column, attribute in spec.columns.items()}
    places: dict[str, list[int]] = {}
    unknown: list[str] = []
    for at, column in enumerate(names):
        attribute = given.get(plain_name(column)) or attribute_of(column, kind, own)
        if attribute is None or (attribute in given.values() and plain_name(column) not in given):
            unknown.append(column[:200])
        else:
            places.setdefault(attribute, []).append(at)
    _refuse_mapped_columns_that_are_missing(names, given, spec, name)
    if "id" not in places:
        seen = ", ".join(shorten(column) for column in names[:8])
        remedy = "name the column of the ids" + (" in feed.columns" if kind in {"csv", "xlsx", "parquet"} else " id")
        raise BadFeed(name, "missing_columns", f"has no column of ids (its columns are {seen})", remedy)
    _refuse_repeated(names, places, name)
    first = {attribute: tuple(found) for attribute, found in places.items() if attribute in wanted}
    return Head(tuple(names), first, tuple(unknown), tuple(sorted(wanted - set(places))))


def _refuse_mapped_columns_that_are_missing(
    names: Sequence[str], given: Mapping[str, str], spec: Feed, name: str
) -> None:
    there = {plain_name(column) for column in names}
    if missing := [column for column in spec.columns if plain_name(column) not in there and given[plain_name(column)]]:
        wrong = f"lacks {len(missing)} columns that feed.columns names: {', '.join(map(shorten, missing[:5]))}"
        raise BadFeed(name, "missing_columns", wrong, "write the feed as before, or correct feed.columns")


def _refuse_repeated(names: Sequence[str], places: dict[str, list[int]], name: str) -> None:
    for attribute, found in places.items():
        exact = [at for at in found if plain_name(names[at]) == attribute]
        if len(found) > 1 and len(exact) == 1 and attribute not in LISTS:
            found[:] = exact  # the attribute's own name goes before the other names that it has
        elif len(found) > 1 and attribute not in LISTS | FIRST_OF_LIST:
            both = " and ".join(shorten(names[at]) for at in found[:2])
            wrong = f"has {len(found)} columns for {attribute} ({both})"
            raise BadFeed(name, "repeated_columns", wrong, "remove all but one")


def refuse_wide(count: int, name: str, limits: FeedLimits) -> None:
    """BadFeed for more columns than a feed may have."""
    if count > limits.columns:
        wrong = f"has {count} columns; the limit is {limits.columns}"
        raise BadFeed(name, "too_many_columns", wrong, "leave out those that are not needed")
