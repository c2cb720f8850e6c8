"""An independent checker of feeds that are given back: the published rules, read with the standard library alone."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

G = "{http://base.google.com/ns/1.0}"
PRICE = re.compile(r"\d+(\.\d{1,4})? [A-Z]{3}")
AVAILABILITY = {
    "google": {"in_stock", "out_of_stock", "preorder", "backorder"},
    "meta": {"in stock", "out of stock", "preorder", "available for order", "discontinued", "pending"},
}
LIMITS = {
    "google": {"id": 50, "title": 150, "description": 5_000, "additional_image_link": 10},
    "meta": {"id": 100, "title": 200, "description": 9_999, "additional_image_link": 20},
}
MADE = ("title", "description")
Item = dict[str, list[str]]


def items_of(data: bytes, form: str) -> list[Item]:
    """Return the items of a feed: the values of each attribute."""
    text = data.decode("utf-8")
    if form == "google-xml":
        return [_of_xml(item) for item in ET.fromstring(text).iterfind("channel/item")]
    rows = csv.reader(io.StringIO(text), delimiter="\t" if form == "google-tsv" else ",", strict=True)
    head = next(rows)
    assert len(set(head)) == len(head), f"a column stands twice in {head}"
    return [_of_row(head, row) for row in rows]


def _of_row(head: list[str], row: list[str]) -> Item:
    assert len(row) == len(head), f"{len(row)} values under {len(head)} columns: {row}"
    pairs = zip(head, row, strict=True)
    return {name: value.split(",") if name == "additional_image_link" else [value] for name, value in pairs if value}


def _of_xml(item: ET.Element) -> Item:
    found: Item = {}
    for element in item:
        content = element.findtext(f"{G}content")
        found.setdefault(element.tag.removeprefix(G), []).append(content if content is not None else element.text or "")
    return found


def faults_of(data: bytes, form: str) -> list[str]:
    """Return what the destination would not take, as sentences."""
    items, destination = items_of(data, form), "meta" if form == "meta-csv" else "google"
    twice = [item for item, count in Counter(each["id"][0] for each in items).items() if count > 1]
    return [f"{item} stands twice" for item in twice] + [
        f"{each['id'][0]}: {fault}" for each in items for fault in _faults(each, destination)
    ]


def _faults(item: Item, destination: str) -> Iterator[str]:
    for name in ("id", "link", "image_link", "price", "availability"):
        if not item.get(name):
            yield f"{name} is missing"
    for name in MADE:
        yield from _text_faults(name, item, LIMITS[destination][name])
    for name in ("price", "sale_price"):
        if name in item and not PRICE.fullmatch(item[name][0]):
            yield f"{name} is {item[name][0]!r}"
    if item.get("availability", [""])[0] not in AVAILABILITY[destination]:
        yield f"availability is {item.get('availability')}"
    if len(item.get("additional_image_link", [])) > LIMITS[destination]["additional_image_link"]:
        yield "there are too many further pictures"
    yield from _address_faults(item)


def _text_faults(name: str, item: Item, most: int) -> Iterator[str]:
    plain, made = item.get(name, [""])[0], item.get(f"structured_{name}", [""])[0]
    if not plain and not made:
        yield f"{name} is missing"
    if len(plain) > most or re.search(r"[\t\r\n\x00-\x1f]|<[a-z/]", plain):
        yield f"{name} {plain[:80]!r} is too long or has markup or controls"
    if plain and plain in made:
        yield f"{name} repeats the text of a model"


def _address_faults(item: Item) -> Iterator[str]:
    for name in ("link", "image_link", "additional_image_link", "lifestyle_image_link"):
        for address in item.get(name, []):
            if not re.fullmatch(r"https?://[!-~]+", address) or "," in address or len(address) > 2_000:
                yield f"{name} is {address!r}"
