"""Shopify's product CSV: rows of one handle are a product's variants and pictures, joined here.

Fields of the product stand in its first row alone; rows with a picture and nothing else add to its pictures. The names
of columns are those of exports until 2024 and of the later template.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import Part, RowBuilder, schema_of
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import RowFault
from foundry.errors import shorten

MOST_ROWS = 5_000
"""Of one handle: 2,048 variants and 250 pictures are the most that Shopify keeps."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Handle": ("handle", "url handle"), "Title": ("title",), "Body": ("body (html)", "description"),
    "Vendor": ("vendor",), "Category": ("product category",), "Type": ("type",),
    "Published": ("published", "published on online store"), "Status": ("status",),
    "Option1 Name": ("option1 name",), "Option1 Value": ("option1 value",), "Option2 Name": ("option2 name",),
    "Option2 Value": ("option2 value",), "Option3 Name": ("option3 name",), "Option3 Value": ("option3 value",),
    "Variant SKU": ("variant sku", "sku"), "Tracker": ("variant inventory tracker", "inventory tracker"),
    "Quantity": ("variant inventory qty", "inventory quantity"),
    "Policy": ("variant inventory policy", "continue selling when out of stock"),
    "Price": ("variant price", "price"), "Compare": ("variant compare at price", "compare-at price"),
    "Barcode": ("variant barcode", "barcode"), "Picture": ("image src", "product image url"),
    "Variant Picture": ("variant image", "variant image url"), "Cost": ("cost per item",),
    "Google Category": ("google shopping / google product category",), "Gender": ("google shopping / gender",),
    "Age": ("google shopping / age group",), "MPN": ("google shopping / mpn",),
    "Condition": ("google shopping / condition",),
    **{f"Label {at}": (f"google shopping / custom label {at}",) for at in range(5)},
}  # fmt: skip
"""Names of columns in lower case, old and new, by the ones used here."""
_NEEDED = ("Handle", "Title", "Price")
_OF_VARIANT = ("Variant SKU", "Price", "Option1 Value", "Barcode", "Variant Picture")
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "color": ("color", "colour", "farbe", "couleur", "colore", "kleur"),
    "size": ("size", "größe", "groesse", "taille", "taglia", "maat", "talla"),
    "material": ("material", "matière", "materiale"), "pattern": ("pattern", "muster", "motif"),
}  # fmt: skip
_FREE = frozenset({"default title", "default"})
_TAG = re.compile(r"<[^<>]{0,10000}>")
_BLANKS = re.compile(r"\s+")
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def shopify_places(names: Sequence[str], name: str) -> dict[str, tuple[int, ...]]:
    """Return the positions of the columns that are used; BadFeed without those that each feed needs, or for two."""
    plain = [column.strip().strip("\ufeff").casefold() for column in names]
    places = {ours: tuple(at for at, found in enumerate(plain) if found in theirs) for ours, theirs in COLUMNS.items()}
    if missing := [ours for ours in _NEEDED if not places[ours]]:
        wrong = f"lacks Shopify's columns {', '.join(missing)}"
        raise BadFeed(name, "missing_columns", wrong, "export the products with all columns")
    for ours, found in places.items():
        if len(found) > 1:
            both = " and ".join(shorten(names[at]) for at in found[:2])
            raise BadFeed(
                name, "repeated_columns", f"has {len(found)} columns for {ours} ({both})", "remove all but one"
            )
    return {ours: found for ours, found in places.items() if found}


def shopify_attributes(places: Iterable[str]) -> frozenset[str]:
    """Return the attributes that come of the columns that are there."""
    there = set(places)
    made = {"id", "item_group_id", "availability", "title", "price", "sale_price", "condition"}
    made |= {attribute for attribute, column in _PLAIN.items() if column in there}
    made |= {"description"} if "Body" in there else set()
    made |= {"image_link", "additional_image_link"} if there & {"Picture", "Variant Picture"} else set()
    made |= set(_OPTIONS) if "Option1 Name" in there else set()
    return frozenset(made | ({"google_product_category"} if there & {"Google Category", "Category"} else set()))


_PLAIN: Mapping[str, str] = {
    "brand": "Vendor", "product_type": "Type", "gtin": "Barcode", "mpn": "MPN", "gender": "Gender", "age_group": "Age",
    "cost_of_goods_sold": "Cost", "quantity": "Quantity", **{f"custom_label_{at}": f"Label {at}" for at in range(5)},
}  # fmt: skip
_Row = Mapping[str, Any]


class HandleJoiner:
    """Rows of records, joined by their handle as they come."""

    def __init__(self, wanted: frozenset[str], limits: FeedLimits) -> None:
        self._wanted, self._limits = wanted, limits
        self._builder = RowBuilder(schema_of(wanted), limits)
        self._rows: list[_Row] = []
        self._handle = ""

    def parts(self, records: Iterable[Part]) -> Iterator[Part]:
        """Yield the variants in order."""
        for part in records:
            for fault in part.faults:
                self._builder.refuse(fault)
            for row in part.columns.to_pylist():
                self._take(row)
            if self._builder.is_full:
                yield self._builder.take()
        self._finish()
        yield self._builder.take()

    def _take(self, row: _Row) -> None:
        handle = row["Handle"] or ""
        if handle != self._handle or len(self._rows) >= MOST_ROWS:
            self._finish()
        if not handle or (not self._rows and not row.get("Title")):
            self._refuse(row, handle)
            return
        self._handle = handle
        self._rows.append(row)

    def _refuse(self, row: _Row, handle: str) -> None:
        what = f"record {row['row']} of {shorten(handle)} " + (
            "does not follow the row with the product's title; sort the rows by handle"
            if handle
            else "has no handle; name the product that it belongs to"
        )
        self._builder.refuse(RowFault(row["row"], row.get("Variant SKU") or "", "orphan_row", "item_group_id", what))

    def _finish(self) -> None:
        rows, self._rows, self._handle = self._rows, [], ""
        if not rows:
            return
        first = rows[0]
        pictures = [row["Picture"] for row in rows if row.get("Picture")]
        for row in rows:
            if row is first or any(row.get(name) for name in _OF_VARIANT):
                values = self._values(first, row, pictures)
                self._builder.add(
                    row["row"], {name: text for name, text in values.items() if text and name in self._wanted}
                )

    def _values(self, first: _Row, row: _Row, pictures: Sequence[str]) -> dict[str, str]:
        picture = row.get("Variant Picture") or row.get("Picture") or (pictures[0] if pictures else "")
        others = [each.replace(",", "%2C") for each in dict.fromkeys(pictures) if each != picture]
        price, before = row.get("Price") or "", row.get("Compare") or ""
        on_sale = _number(before) > _number(price) > 0
        made = {attribute: row.get(column) or first.get(column) or "" for attribute, column in _PLAIN.items()}
        return {
            **made,
            "id": row.get("Variant SKU") or _made_id(row),
            "item_group_id": row["Handle"],
            "title": first.get("Title") or "",
            "description": plain_text(first.get("Body") or ""),
            "image_link": picture,
            "additional_image_link": ",".join(others),
            "availability": _availability(first, row),
            "price": before if on_sale else price,
            "sale_price": price if on_sale else "",
            "gtin": (row.get("Barcode") or "").lstrip("'"),
            "mpn": row.get("MPN") or "",
            "quantity": row.get("Quantity") or "",
            "condition": first.get("Condition") or "new",
            "google_product_category": first.get("Google Category") or first.get("Category") or "",
            **_options(first, row),
        }


def _made_id(row: _Row) -> str:
    """Return an id for a variant without a stock keeping unit: the handle and the values of its options."""
    values = [row.get(f"Option{at} Value") or "" for at in (1, 2, 3)]
    slugs = [_NO_SLUG.sub("-", value.lower()).strip("-") for value in values if value.lower() not in _FREE]
    return "-".join([row["Handle"], *filter(None, slugs)])


def _options(first: _Row, row: _Row) -> dict[str, str]:
    found = {}
    for at in (1, 2, 3):
        name = (first.get(f"Option{at} Name") or "").strip().casefold()
        for attribute, words in _OPTIONS.items():
            if name in words:
                found[attribute] = row.get(f"Option{at} Value") or ""
    return found


def _availability(first: _Row, row: _Row) -> str:
    """Return out_of_stock also for a product that is a draft, archived or unpublished."""
    status = (first.get("Status") or "active").casefold()
    published = (first.get("Published") or "true").casefold()
    if status not in {"active", "unlisted"} or published == "false":
        return "out_of_stock"
    if "Quantity" not in row or not row.get("Quantity") or ("Tracker" in row and not row.get("Tracker")):
        return "in_stock"
    if _number(row["Quantity"]) > 0:
        return "in_stock"
    return "backorder" if (row.get("Policy") or "").casefold() in {"continue", "true"} else "out_of_stock"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def plain_text(body: str) -> str:
    """Return a description in HTML as plain text."""
    return _BLANKS.sub(" ", html.unescape(_TAG.sub(" ", body))).strip()
