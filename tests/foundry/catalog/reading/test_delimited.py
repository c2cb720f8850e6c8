"""Records of separated fields: both ways of parsing agree, and quotation marks never swallow rows in silence."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.catalog.reading.delimited import Records, read_head
from foundry.catalog.reading.limits import LIMITS, FeedLimits
from foundry.catalog.reading.parts import Part
from foundry.catalog.reading.text import Text
from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import read_feed

HEAD = ("id", "title", "link")
WANTED = {name: (at,) for at, name in enumerate(HEAD)}


class CarefulRecords(Records):
    """Records that are all read line by line."""

    def _parsed(self, block: bytes) -> Part | None:
        return None


def outcome(reader: type[Records], content: bytes, limits: FeedLimits = LIMITS) -> object:
    """Return the rows and the faults of a feed, or the code with which it is refused."""
    text = Text(io.BytesIO(content), "feed", None)
    try:
        parts = list(reader(read_head(text, "feed", limits), WANTED, limits).parts())
    except BadFeed as error:
        return error.code
    rows = [row for part in parts for row in part.columns.to_pylist()]
    return rows, [(fault.row, fault.line, fault.code, fault.id) for part in parts for fault in part.faults]


@given(st.text(alphabet='ab"\t\n\r é', max_size=120))
def test_both_ways_of_parsing_agree_on_any_text(body: str) -> None:
    content = f"id\ttitle\tlink\n{body}".encode()
    assert outcome(Records, content) == outcome(CarefulRecords, content)


@given(st.binary(max_size=60).filter(lambda body: b"\0" not in body))
def test_both_ways_of_parsing_agree_on_any_bytes(body: bytes) -> None:
    content = b"id\ttitle\tlink\n1\ta\tb\n" + body
    assert outcome(Records, content) == outcome(CarefulRecords, content)


FIELD = st.text(alphabet="ab\",;\n é'", max_size=12)


@given(
    st.lists(st.tuples(st.sampled_from(["K1", "K23"]), FIELD, st.just("https://a.example/")), min_size=1, max_size=8)
)
def test_what_the_standard_library_writes_is_read_as_it_was(records: list[tuple[str, ...]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([HEAD, *records])
    rows, faults = outcome(Records, written.getvalue().encode())  # type: ignore[misc]
    assert not faults
    found = [(row["id"], row["title"] or "", row["link"]) for row in rows]
    assert found == [(item, title.strip(), link) for item, title, link in records]


def rows_of(path: Path, body: str, head: str = "id\ttitle\tlink\n") -> tuple[list[str], dict[int, str]]:
    path.write_bytes((head + body).encode())
    read = read_feed(path)
    return [f"{row['id']}|{row.get('title', '')}" for row in read.rows], read.codes


@pytest.mark.parametrize(
    ("body", "rows", "codes"),
    [
        ('1\tMonitor, 27"\thttps://a.example\n2\tb\thttps://b.example\n', ['1|Monitor, 27"', "2|b"], {}),
        ('1\t"Best" mug\thttps://a.example\n2\tb\thttps://b.example\n', ['1|"Best" mug', "2|b"], {}),
        ('1\t"27 inch\thttps://a.example\n2\tb\thttps://b.example\n', ['1|"27 inch', "2|b"], {}),
        ('1\t"a\thttps://a.example\n2\tb\thttps://b.example\n3\tc"\thttps://c.example\n', ['1|"a', "2|b", '3|c"'], {}),
        ('1\t"a\tb""c"\thttps://a.example\n2\tb\thttps://b.example\n', ['1|a\tb"c', "2|b"], {}),
        ('1\t"two\nlines"\thttps://a.example\n2\tb\thttps://b.example\n', ["1|two\nlines", "2|b"], {}),
        ('"1\ta\thttps://a.example\n2\tb\thttps://b.example\n', ["2|b"], {1: "bad_quotes"}),
        ("1\ta\thttps://a.example\t\t\n2\tb\thttps://b.example\n", ["1|a", "2|b"], {}),
        ("1\ta\tb\tc\n2\tb\thttps://b.example\n", ["2|b"], {1: "column_count"}),
        ("\n\n1\ta\thttps://a.example\n \n\t\t\n2\tb\thttps://b.example", ["1|a", "2|b"], {}),
        ("1\ta\thttps://a.example\r\n2\tb\thttps://b.example\r\n", ["1|a", "2|b"], {}),
        ("1\ta\r\thttps://a.example\n", ["1|a"], {}),
    ],
)
def test_quotation_marks_of_tsv_are_read_as_tools_write_them(
    tmp_path: Path, body: str, rows: list[str], codes: dict[int, str]
) -> None:
    assert rows_of(tmp_path / "feed.tsv", body) == (rows, codes)


def test_a_missing_quotation_mark_in_csv_swallows_no_row(tmp_path: Path) -> None:
    lines = [f"{at},mug {at},https://a.example/{at}\n" for at in range(1, 9)]
    lines[2] = '3,"mug 3,https://a.example/3\n'
    lines[6] = '7,mug 7",https://a.example/7\n'
    rows, codes = rows_of(tmp_path / "feed.csv", "".join(lines), "id,title,link\n")
    assert codes == {3: "bad_quotes"}
    assert [row[0] for row in rows] == ["1", "2", "4", "5", "6", "7", "8"]


def test_a_long_text_over_several_lines_with_many_commas_is_one_field(tmp_path: Path) -> None:
    body = '1,"First, second\nand third, fourth, fifth\nsixth",https://a.example\n2,b,https://b.example\n'
    body = '1,"Mug\nBlue, soft",https://a.example\n' + body.replace("1,", "7,")
    rows, codes = rows_of(tmp_path / "feed.csv", body, "id,title,link\n")
    assert rows == ["1|Mug\nBlue, soft", "7|First, second\nand third, fourth, fifth\nsixth", "2|b"]
    assert not codes


@pytest.mark.parametrize(
    "head",
    [
        "id\ttitle\tlink\n", "ID\tTitle\tLink\r\n", "g:id\tg:title\tg:link\n", "\n\nid\ttitle\tlink\n",
        '"id"\t"title"\t"link"\n', "# Required | the id\nid\ttitle\tlink\n", "sep=\t\nid\ttitle\tlink\n",
        "id\ttitle\tlink\t\n", " id \t title\tlink \n", "\ufeffid\ttitle\tlink\n",
    ],
)  # fmt: skip
def test_heads_are_read_as_tools_write_them(tmp_path: Path, head: str) -> None:
    assert rows_of(tmp_path / "feed.tsv", "1\ta\thttps://a.example\n", head) == (["1|a"], {})


def test_lines_that_end_with_a_carriage_return_alone_are_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.tsv"
    rows = 50_000
    path.write_bytes(b"id\ttitle\tlink\r" + b"1\ta\thttps://a.example/some/address\r" * rows)
    assert read_feed(path).facts.rows == rows


@pytest.mark.parametrize("mark", ["\t", ",", ";", "|"])
def test_the_mark_between_fields_is_seen(tmp_path: Path, mark: str) -> None:
    body = f"1{mark}a{mark}https://a.example\n"
    assert rows_of(tmp_path / "feed", body, f"id{mark}title{mark}link\n") == (["1|a"], {})


@pytest.mark.parametrize("ending", ["3\tc", "3\tc\t\n4\t", '3\t"c', '3\t"c\nmore'])
def test_a_file_that_ends_within_a_row_is_refused(tmp_path: Path, ending: str) -> None:
    with pytest.raises(BadFeed) as refused:
        rows_of(tmp_path / "feed.tsv", "1\ta\thttps://a.example\n2\tb\thttps://b.example\n" + ending)
    assert refused.value.code == "cut_feed"


def test_columns_that_may_be_repeated_are_joined(tmp_path: Path) -> None:
    head = "id\tadditional image link\tadditional_image_link\tproduct_type\tproduct_type\tlink\n"
    (tmp_path / "feed.tsv").write_text(
        head + "1\thttps://a\thttps://b\tShoes\tBoots\thttps://c\n2\t\thttps://b\t\tX\t\n"
    )
    read = read_feed(tmp_path / "feed.tsv")
    assert read.column("additional_image_link") == ["https://a,https://b", "https://b"]
    assert read.column("product_type") == ["Shoes", "X"]
    odd = (tmp_path / "feed.tsv").read_text() + '3\thttps://a\thttps://b\t"A" b\tB\thttps://c\n'
    (tmp_path / "feed.tsv").write_text(odd)
    assert read_feed(tmp_path / "feed.tsv").column("additional_image_link")[2] == "https://a,https://b"


def test_a_column_of_the_merchants_own_is_kept_where_it_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "feed.tsv").write_text("id\tMargin Class\tMarge2\tother\n1\tA\t7\tx\n")
    read = read_feed(tmp_path / "feed.tsv", frozenset({"own.margin_class", "own.marge2"}))
    assert read.rows == [{"id": "1", "own.margin_class": "A", "own.marge2": "7", "row": 1}]
    assert read.facts.unknown == ("other",)


def test_a_column_map_that_names_a_missing_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text("SKU;Name\n1;a\n")
    columns = {"SKU": "id", "Name": "title", "Preis": "price"}
    with pytest.raises(BadFeed, match=r"lacks 1 columns that .* names: 'Preis'"):
        read_feed(tmp_path / "feed.csv", columns=columns)


def test_the_column_map_goes_before_names_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text("SKU;id;Name;title\na;1;Mug;x\n")
    read = read_feed(tmp_path / "feed.csv", columns={"SKU": "id", "Name": "title"})
    assert read.rows == [{"id": "a", "title": "Mug", "row": 1}]
    assert read.facts.unknown == ("id", "title")


def test_rows_beyond_a_long_line_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "feed.tsv"
    long = "x" * 3_000_000
    path.write_text(f"id\ttitle\tlink\n1\ta\thttps://a\n2\t{long}\thttps://b\n3\tc\thttps://c\n")
    read = read_feed(path, limits=FeedLimits(row_bytes=1_500_000))
    assert [(row["row"], row["id"]) for row in read.rows] == [(1, "1"), (3, "3")]
    assert read.codes == {2: "row_too_long"}
    assert read.faults[0].line == 3
