"""What is wrong with feeds, by name: in values of rows, in lines of files, and in whole files, which are refused."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Values = dict[str, str]
DELIMITED = frozenset({"google-tsv", "meta-csv", "csv"})
TEXTS = DELIMITED | {"shopify-csv", "google-xml", "google-json"}


@dataclass(frozen=True)
class RowDirt:
    """One thing that is wrong with a row's values. sets_aside: False where a warning is enough."""

    code: str
    attribute: str
    spoil: Callable[[Values], None]
    sets_aside: bool = True


@dataclass(frozen=True)
class LineDirt:
    """One thing that is wrong with the bytes of a row of a delimited file; `spoil` gets the line without its end."""

    code: str
    spoil: Callable[[bytes], bytes]


@dataclass(frozen=True)
class FileDirt:
    """One thing that is wrong with a whole file, which is refused with `code`. kinds: empty for all."""

    code: str
    spoil: Callable[[Path], None]
    kinds: frozenset[str] = frozenset()


def _value(attribute: str, text: str) -> Callable[[Values], None]:
    return lambda row: row.__setitem__(attribute, text)


def _inside(attribute: str, text: str) -> Callable[[Values], None]:
    return lambda row: row.__setitem__(attribute, text.format(row[attribute]))


def _swap(one: str, other: str) -> Callable[[Values], None]:
    def swapped(row: Values) -> None:
        row[one], row[other] = row[other], row[one]

    return swapped


def _raise_sale(row: Values) -> None:
    row["sale_price"] = f"99999.00 {row['price'].split()[-1]}"


def _keep_price(row: Values) -> None:
    row["sale_price"] = row["price"]


def _end_first(row: Values) -> None:
    row["sale_price"] = f"0.01 {row['price'].split()[-1]}"
    row["sale_price_effective_date"] = "2026-12-24T00:00Z/2026-12-01T00:00Z"


def _shout(row: Values) -> None:
    row["title"] = f"{row['title'].upper()}!!!"


ROW_DIRT: Mapping[str, RowDirt] = {
    "no id": RowDirt("missing_id", "id", _value("id", "")),
    "id of blanks": RowDirt("missing_id", "id", _value("id", " \u00a0 ")),
    "no number for an id": RowDirt("missing_id", "id", _value("id", "NaN")),
    "long id": RowDirt("long_id", "id", _inside("id", "{}" + "-x" * 30), sets_aside=False),
    "endless id": RowDirt("unusable_id", "id", _inside("id", "{}" + "-x" * 200)),
    "rounded id": RowDirt("mangled_id", "id", _value("id", "4.00638E+12")),
    "no title": RowDirt("missing_title", "title", _value("title", "")),
    "title without letters": RowDirt("wordless_title", "title", _value("title", "\u200b - !")),
    "title of nothing": RowDirt("missing_title", "title", _value("title", "#N/A")),
    "long title": RowDirt("long_title", "title", _inside("title", "{}" + " and more" * 20), sets_aside=False),
    "endless title": RowDirt("oversized_title", "title", _inside("title", "{}" + " and more" * 100)),
    "10 MB title": RowDirt("field_too_long", "title", _value("title", "Mug " * 2_500_000)),
    "no description": RowDirt("missing_description", "description", _value("description", ""), sets_aside=False),
    "markup in the description": RowDirt(
        "html_in_description", "description", _inside("description", "<p>{}</p> R&amp;D"), sets_aside=False
    ),
    "no price": RowDirt("missing_price", "price", _value("price", "")),
    "price in words": RowDirt("bad_price", "price", _value("price", "on request")),
    "negative price": RowDirt("bad_price", "price", _value("price", "-12.00 EUR")),
    "price of zero": RowDirt("zero_price", "price", _value("price", "0.00 EUR")),
    "endless price": RowDirt("bad_price", "price", _value("price", "9" * 400 + " EUR")),
    "price with a comma": RowDirt("comma_price", "price", _value("price", "1.299,00 EUR")),
    "price in two ways": RowDirt("ambiguous_price", "price", _value("price", "1,299 EUR")),
    "range of prices": RowDirt("bad_price", "price", _value("price", "12.00 - 15.00 EUR")),
    "no currency": RowDirt("missing_currency", "price", _value("price", "12.00")),
    "unknown currency": RowDirt("unknown_currency", "price", _value("price", "12.00 XQZ")),
    "sale above price": RowDirt("sale_above_price", "sale_price", _raise_sale),
    "sale in another currency": RowDirt("sale_currency", "sale_price", _value("sale_price", "1.00 SEK")),
    "sale in words": RowDirt("bad_sale_price", "sale_price", _value("sale_price", "half")),
    "sale that equals the price": RowDirt("useless_sale", "sale_price", _keep_price, sets_aside=False),
    "sale that ends first": RowDirt("bad_sale_dates", "sale_price_effective_date", _end_first),
    "no availability": RowDirt("missing_availability", "availability", _value("availability", "")),
    "unknown availability": RowDirt("bad_availability", "availability", _value("availability", "perhaps")),
    "no link": RowDirt("missing_link", "link", _value("link", ""), sets_aside=False),
    "link without host": RowDirt("bad_link", "link", _value("link", "/products/7"), sets_aside=False),
    "link of a script": RowDirt("bad_link", "link", _value("link", "javascript:alert(1)"), sets_aside=False),
    "no picture": RowDirt("missing_image_link", "image_link", _value("image_link", "")),
    "picture of a private host": RowDirt(
        "private_image_link", "image_link", _value("image_link", "https://169.254.169.254/a.jpg")
    ),
    "picture of this machine": RowDirt("private_image_link", "image_link", _value("image_link", "https://localhost/a.jpg")),
    "picture with a password": RowDirt(
        "bad_image_link", "image_link", _value("image_link", "https://u:p@cdn.shop.example/a.jpg")
    ),
    "picture with a blank": RowDirt(
        "bad_image_link", "image_link", _value("image_link", "https://cdn.shop.example/a b.jpg")
    ),
    "picture of nothing": RowDirt(
        "placeholder_image", "image_link", _value("image_link", "https://cdn.shop.example/woocommerce-placeholder.png")
    ),
    "two pictures": RowDirt(
        "bad_image_link", "image_link", _value("image_link", "https://cdn.shop.example/a.jpg,https://cdn.shop.example/b.jpg")
    ),
    "picture of a page": RowDirt(
        "odd_image_type", "image_link", _value("image_link", "https://shop.example/a.html"), sets_aside=False
    ),
    "title and price swapped": RowDirt("swapped_value", "title", _swap("title", "price")),
    "title and link swapped": RowDirt("swapped_value", "title", _swap("title", "link")),
    "control characters": RowDirt("control_characters", "title", _inside("title", "{}\x07\x08")),
    "turned text": RowDirt("control_characters", "title", _inside("title", "\u202e{}")),
    "lost characters": RowDirt("broken_letters", "title", _inside("title", "Gr\ufffdn {}")),
    "decoded twice": RowDirt("broken_letters", "title", _inside("title", "GrÃ¼n {}")),
    "markup in the title": RowDirt("html_in_title", "title", _inside("title", "<b>{}</b>")),
    "markup as entities": RowDirt("html_in_title", "title", _inside("title", "&lt;b&gt;{}&lt;/b&gt;")),
    "entities in the title": RowDirt("entities_in_title", "title", _inside("title", "R&amp;D {}"), sets_aside=False),
    "bad gtin": RowDirt("bad_gtin", "gtin", _value("gtin", "4012345678902"), sets_aside=False),
    "rounded gtin": RowDirt("bad_gtin", "gtin", _value("gtin", "4.01235E+12"), sets_aside=False),
    "gtin of the shop": RowDirt("reserved_gtin", "gtin", _value("gtin", "2000000000008"), sets_aside=False),
    "shouting": RowDirt("shouting_title", "title", _shout, sets_aside=False),
    "unknown condition": RowDirt("bad_condition", "condition", _value("condition", "mint"), sets_aside=False),
    "unknown category": RowDirt(
        "bad_category", "google_product_category", _value("google_product_category", "> >"), sets_aside=False
    ),
}  # fmt: skip
"""Besides these, `repeated id` is known to the maker: the row has the id of the one before it."""
REPEATED_ID = RowDirt("duplicate_id", "id", lambda row: None)

LINE_DIRT: Mapping[str, LineDirt] = {
    "a column too few": LineDirt("column_count", lambda line: line[:12]),
    "not UTF-8": LineDirt("bad_encoding", lambda line: line + b" \xe4\xf6\xfc\xff"),
    "a stray quote": LineDirt("bad_quotes", lambda line: b'"27 inch" ' + line),
}


def _keep(share: float) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])


def _bytes(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def _lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True)))) and None


def _bomb(path: Path) -> None:
    content = path.read_bytes()
    with gzip.open(path, "wb", 6) as packed:
        packed.write(content)
        for _ in range(70):
            packed.write(b" " * 1_000_000)


def _packed(path: Path) -> None:
    inner = gzip.compress(path.read_bytes())
    path.write_bytes(gzip.compress(inner))


def _cut_packed(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes())[:-9])


def _two(path: Path) -> None:
    content = path.read_bytes()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("feed.txt", content)
        packed.writestr("feed-old.txt", content)


def _unended(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], lines[-1][: len(lines[-1]) // 2]]


def _in_quotes(lines: list[bytes]) -> list[bytes]:
    return [*lines, b'"SKU-LAST']


def _half_twice(lines: list[bytes]) -> list[bytes]:
    mark = b"\t" if b"\t" in lines[0] else b";" if b";" in lines[0] else b","
    return [line.rstrip(b"\r\n") + mark + line.split(mark)[0] + b"\n" for line in lines]


FILE_DIRT: Mapping[str, FileDirt] = {
    "empty": FileDirt("empty_feed", _bytes(b"")),
    "a web page": FileDirt("not_a_feed", _bytes(b"<!DOCTYPE html>\n<html><body>Please log in</body></html>")),
    "binary": FileDirt("not_a_feed", _bytes(bytes(range(256)) * 40)),
    "a pointer of Git LFS": FileDirt(
        "not_a_feed", _bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n")
    ),
    "cut": FileDirt("cut_feed", _keep(0.6), frozenset({"google-xml", "google-json", "xlsx", "parquet"})),
    "cut in the last line": FileDirt("cut_feed", _lines(_unended), DELIMITED),
    "cut in quotes": FileDirt("cut_feed", _lines(_in_quotes), DELIMITED),
    "cut while compressed": FileDirt("cut_feed", _cut_packed, TEXTS),
    "a bomb": FileDirt("bomb", _bomb, DELIMITED),
    "compressed twice": FileDirt("bad_archive", _packed, TEXTS),
    "two files in one": FileDirt("bad_archive", _two),
    "heads alone": FileDirt("empty_feed", _lines(lambda lines: lines[:1]), DELIMITED),
    "no heads": FileDirt("missing_columns", _lines(lambda lines: lines[1:]), DELIMITED),
    "a column twice": FileDirt("repeated_columns", _lines(_half_twice), DELIMITED),
}
