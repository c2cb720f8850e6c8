"""What is wrong with feeds, by name: in values of rows, in lines of files, and in whole files, which are refused."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Values = dict[str, str]
DELIMITED = frozenset({"google-tsv", "meta-csv", "csv"})


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


def _shout(row: Values) -> None:
    row["title"] = f"{row['title'].upper()}!!!"


ROW_DIRT: Mapping[str, RowDirt] = {
    "no id": RowDirt("missing", "id", _value("id", "")),
    "long id": RowDirt("too_long", "id", _inside("id", "{}" + "-x" * 60)),
    "no title": RowDirt("missing", "title", _value("title", "")),
    "10 MB title": RowDirt("too_long", "title", _value("title", "Mug " * 2_500_000)),
    "no price": RowDirt("missing", "price", _value("price", "")),
    "price in words": RowDirt("bad_price", "price", _value("price", "on request")),
    "negative price": RowDirt("bad_price", "price", _value("price", "-12.00 EUR")),
    "price of zero": RowDirt("bad_price", "price", _value("price", "0.00 EUR")),
    "endless price": RowDirt("bad_price", "price", _value("price", "9" * 400 + " EUR")),
    "no currency": RowDirt("bad_currency", "price", _value("price", "12.00")),
    "unknown currency": RowDirt("bad_currency", "price", _value("price", "12.00 XQZ")),
    "sale above price": RowDirt("sale_above_price", "sale_price", _raise_sale),
    "unknown availability": RowDirt("bad_availability", "availability", _value("availability", "perhaps")),
    "no link": RowDirt("missing", "link", _value("link", "")),
    "link without host": RowDirt("bad_link", "link", _value("link", "/products/7")),
    "link of a script": RowDirt("bad_link", "link", _value("link", "javascript:alert(1)")),
    "no picture": RowDirt("missing", "image_link", _value("image_link", "")),
    "picture of a private host": RowDirt("bad_link", "image_link", _value("image_link", "https://169.254.169.254/a.jpg")),
    "picture with a password": RowDirt("bad_link", "image_link", _value("image_link", "https://u:p@cdn.shop.example/a.jpg")),
    "title and price swapped": RowDirt("bad_price", "price", _swap("title", "price")),
    "control characters": RowDirt("control_characters", "title", _inside("title", "{}\x07\x08")),
    "lost characters": RowDirt("lost_characters", "title", _inside("title", "Gr\ufffdn {}")),
    "markup in the title": RowDirt("markup", "title", _inside("title", "<b>{}</b>"), sets_aside=False),
    "bad gtin": RowDirt("bad_gtin", "gtin", _value("gtin", "4012345678902"), sets_aside=False),
    "shouting": RowDirt("shouting", "title", _shout, sets_aside=False),
}  # fmt: skip
"""Besides these, `repeated id` is known to the maker: the row has the id of the one before it."""
REPEATED_ID = RowDirt("repeated_id", "id", lambda row: None)

LINE_DIRT: Mapping[str, LineDirt] = {
    "a column too few": LineDirt("column_count", lambda line: b"SKU-ONLY"),
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
    with gzip.open(path, "wb", 9) as packed:
        for _ in range(300):
            packed.write(b"\0" * 1_000_000)


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
    "cut while compressed": FileDirt("cut_feed", _cut_packed),
    "a bomb": FileDirt("bomb", _bomb),
    "compressed twice": FileDirt("bad_archive", _packed),
    "two files in one": FileDirt("bad_archive", _two),
    "heads alone": FileDirt("empty_feed", _lines(lambda lines: lines[:1]), DELIMITED),
    "no heads": FileDirt("missing_columns", _lines(lambda lines: lines[1:]), DELIMITED),
    "a column twice": FileDirt("repeated_columns", _lines(_half_twice), DELIMITED),
}
