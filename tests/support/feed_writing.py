"""Feeds of every kind, as other tools write them, from the values of `HEAD`."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import itertools
import json
import lzma
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.support.feed_rows import HEAD

Items = Iterable[tuple[str, ...]]
Lines = Mapping[int, Callable[[bytes], bytes]]
COLUMN_MAP = {
    "Artikelnummer": "id", "Bezeichnung": "title", "Beschreibung": "description", "Adresse": "link",
    "Bild": "image_link", "Weitere Bilder": "additional_image_link", "Bestand": "availability", "Preis": "price",
    "Aktionspreis": "sale_price", "Aktionszeit": "sale_price_effective_date", "Marke": "brand", "EAN": "gtin",
    "Herstellernummer": "mpn", "Zustand": "condition", "Google-Kategorie": "google_product_category",
    "Warengruppe": "product_type", "Gruppe": "item_group_id", "Farbe": "color", "Größe": "size",
    "Geschlecht": "gender", "Alter": "age_group", "Saison": "custom_label_0", "Marge": "custom_label_1",
}  # fmt: skip
"""The columns of the kinds `csv` and `xlsx`, in the order of `HEAD`."""
_SHOPIFY = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name",
    "Option1 Value", "Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
    "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price",
    "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src",
    "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description",
    "Google Shopping / Google Product Category", "Google Shopping / Gender", "Google Shopping / Age Group",
    "Google Shopping / MPN", "Google Shopping / Condition", "Google Shopping / Custom Label 0",
    "Google Shopping / Custom Label 1", "Variant Image", "Status",
)  # fmt: skip
_META = tuple({"image_link": "image[0].url", "additional_image_link": "image[1].url"}.get(name, name) for name in HEAD)


def _delimited(path: Path, head: Iterable[str], records: Iterable[Iterable[str]], mark: str, lines: Lines) -> None:
    with path.open("wb") as file:
        written = io.StringIO(newline="")
        writer = csv.writer(written, delimiter=mark, lineterminator="\n")
        writer.writerow(head)
        for row, record in enumerate(records, start=1):
            writer.writerow(record)
            if row in lines or written.tell() > 1_000_000:
                _flush(file, written, lines.get(row))
            if row + 1 in lines:
                _flush(file, written, None)
        _flush(file, written, None)


def _flush(file: io.BufferedWriter, written: io.StringIO, spoil: Callable[[bytes], bytes] | None) -> None:
    content = written.getvalue().encode()
    file.write(spoil(content.rstrip(b"\n")) + b"\n" if spoil else content)
    written.seek(0)
    written.truncate()


def _google_tsv(path: Path, items: Items, lines: Lines) -> None:
    _delimited(path, HEAD, items, "\t", lines)


def _meta_csv(path: Path, items: Items, lines: Lines) -> None:
    at = HEAD.index("availability")
    spoken = ((*item[:at], item[at].replace("_", " "), *item[at + 1 :]) for item in items)
    _delimited(path, _META, spoken, ",", lines)


def _own_csv(path: Path, items: Items, lines: Lines) -> None:
    _delimited(path, COLUMN_MAP, items, ";", lines)


def _google_xml(path: Path, items: Items, lines: Lines) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n'
        )
        file.write(
            "<channel>\n<title>Shop</title>\n<link>https://shop.example</link>\n<description>All</description>\n"
        )
        for item in items:
            named = zip(HEAD, item, strict=True)
            fields = "".join(f"<g:{name}>{_xml_text(value)}</g:{name}>" for name, value in named if value)
            file.write(f"<item>{fields}</item>\n")
        file.write("</channel>\n</rss>\n")


_NO_XML = dict.fromkeys(set(range(32)) - {9, 10, 13}, " ")


def _xml_text(value: str) -> str:
    return escape(value.translate(_NO_XML))


def _google_json(path: Path, items: Items, lines: Lines) -> None:
    with path.open("w", encoding="utf-8") as file:
        written = (json.dumps(_filled(item), ensure_ascii=False) for item in items)
        if ".jsonl" in path.name:
            file.writelines(f"{line}\n" for line in written)
            return
        file.write('{"items": [\n')
        for at, line in enumerate(written):
            file.write(f",\n{line}" if at else line)
        file.write("\n]}\n")


def _filled(item: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in zip(HEAD, item, strict=True) if value}


def _shopify_csv(path: Path, items: Items, lines: Lines) -> None:
    _delimited(path, _SHOPIFY, _shopify_rows(items), ",", lines)


def _shopify_rows(items: Items) -> Iterator[list[str]]:
    named = (dict(zip(HEAD, item, strict=True)) for item in items)
    for handle, members in itertools.groupby(named, key=lambda row: (row["item_group_id"] or row["mpn"]).lower()):
        pictures: list[str] = []
        for at, row in enumerate(members):
            pictures += [
                each for each in (row["image_link"], row["additional_image_link"]) if each not in {"", *pictures}
            ]
            yield _shopify_row(handle, row, at == 0)
        for at, picture in enumerate(pictures[1:], start=2):
            empty = dict.fromkeys(_SHOPIFY, "") | {"Handle": handle, "Image Src": picture, "Image Position": str(at)}
            yield list(empty.values())


def _shopify_row(handle: str, row: Mapping[str, str], is_first: bool) -> list[str]:
    regular, sale = (row[name].split(" ")[0] for name in ("price", "sale_price"))
    product = {
        "Title": row["title"], "Body (HTML)": f"<p>{escape(row['description'])}</p>", "Vendor": row["brand"],
        "Type": row["product_type"], "Published": "true", "Option1 Name": "Color", "Option2 Name": "Size",
        "Image Src": row["image_link"], "Image Position": "1", "Gift Card": "false",
        "Google Shopping / Google Product Category": row["google_product_category"],
        "Google Shopping / Gender": row["gender"], "Google Shopping / Age Group": row["age_group"],
        "Google Shopping / Condition": row["condition"], "Google Shopping / Custom Label 0": row["custom_label_0"],
        "Google Shopping / Custom Label 1": row["custom_label_1"], "Status": "active",
    }  # fmt: skip
    variant = {
        "Handle": handle, "Option1 Value": row["color"], "Option2 Value": row["size"] or "One size",
        "Variant SKU": row["id"], "Variant Grams": "400", "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "0" if row["availability"] == "out_of_stock" else "12",
        "Variant Inventory Policy": "deny", "Variant Fulfillment Service": "manual", "Variant Price": sale or regular,
        "Variant Compare At Price": regular if sale else "", "Variant Requires Shipping": "true",
        "Variant Taxable": "true", "Variant Barcode": row["gtin"], "Google Shopping / MPN": row["mpn"],
        "Variant Image": row["image_link"],
    }  # fmt: skip
    return list((dict.fromkeys(_SHOPIFY, "") | (product if is_first else {}) | variant).values())


def _xlsx(path: Path, items: Items, lines: Lines) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    sheet.append(list(COLUMN_MAP))
    for item in items:
        sheet.append([value[:32_767] for value in item])
    book.save(path)


def _parquet(path: Path, items: Items, lines: Lines) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in HEAD])
    with pq.ParquetWriter(path, schema) as writer:
        for some in _batches(items, 20_000):
            columns = [[value or None for value in column] for column in zip(*some, strict=True)]
            writer.write_batch(pa.record_batch([pa.array(c, pa.string()) for c in columns], schema=schema))


def _batches(items: Items, size: int) -> Iterator[list[tuple[str, ...]]]:
    rest = iter(items)
    while some := list(itertools.islice(rest, size)):
        yield some


WRITERS: Mapping[str, Callable[[Path, Items, Lines], None]] = {
    "google-tsv": _google_tsv, "google-xml": _google_xml, "google-json": _google_json, "shopify-csv": _shopify_csv,
    "meta-csv": _meta_csv, "csv": _own_csv, "xlsx": _xlsx, "parquet": _parquet,
}  # fmt: skip


def compress(plain: Path, path: Path) -> None:
    """Move a file to its name, compressed as the name's ending says."""
    if path.suffix in _OPENERS:
        with plain.open("rb") as source, _OPENERS[path.suffix](path) as out:
            shutil.copyfileobj(source, out)
    elif path.suffix == ".xz":
        path.write_bytes(lzma.compress(plain.read_bytes()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(zipfile.ZipInfo(path.stem), plain.read_bytes(), zipfile.ZIP_DEFLATED)
    else:
        plain.replace(path)
        return
    plain.unlink()


def _zstandard(path: Path) -> Any:
    import pyarrow as pa

    return pa.output_stream(str(path), compression="zstd")


_OPENERS: Mapping[str, Callable[[Path], Any]] = {
    ".gz": lambda path: gzip.GzipFile(path, "wb", 6, mtime=0),
    ".bz2": lambda path: bz2.BZ2File(path, "wb"),
    ".zst": _zstandard,
}
