"""RSS and Atom as shops write them, and XML that would harm or does not end."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.catalog.reading import FeedLimits
from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import ReadFeed, read_feed

GOOGLE = 'xmlns:g="http://base.google.com/ns/1.0"'


def rss(tmp_path: Path, items: str, head: str = '<?xml version="1.0"?>', end: str = "</channel></rss>") -> ReadFeed:
    content = f'{head}<rss version="2.0" {GOOGLE}><channel><title>Shop</title>{items}{end}'
    (tmp_path / "feed.xml").write_text(content, encoding="utf-8")
    return read_feed(tmp_path / "feed.xml")


def test_structured_texts_and_repeated_links_are_joined_as_in_tsv(tmp_path: Path) -> None:
    read = rss(
        tmp_path,
        """<item><g:id>1</g:id><g:title><![CDATA[ Mug & more ]]></g:title>
        <g:structured_title><g:digital_source_type>trained_algorithmic_media</g:digital_source_type>
        <g:content>A mug</g:content></g:structured_title>
        <g:shipping><g:country>DE</g:country><g:price>4 EUR</g:price></g:shipping>
        <g:additional_image_link>https://a/1,2.jpg</g:additional_image_link>
        <g:additional_image_link>https://a/3.jpg</g:additional_image_link>
        <g:product_type>A</g:product_type><g:product_type>B</g:product_type></item>""",
    )
    assert read.rows == [
        {
            "id": "1", "title": "Mug & more", "structured_title": 'trained_algorithmic_media:"A mug"', "row": 1,
            "additional_image_link": "https://a/1%2C2.jpg,https://a/3.jpg", "product_type": "A",
        }
    ]  # fmt: skip
    assert read.facts.unknown == ("shipping",)


def test_googles_elements_go_before_those_of_the_format(tmp_path: Path) -> None:
    read = rss(tmp_path, "<item><title>plain</title><g:title>google</g:title><id>x</id><g:id>1</g:id></item>")
    assert read.rows == [{"id": "1", "title": "google", "row": 1}]


def test_atom_is_read_with_its_own_elements(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(
        f"""<feed xmlns="http://www.w3.org/2005/Atom" {GOOGLE}><title>Shop</title>
        <entry><g:id>1</g:id><title>Mug</title><summary>Blue</summary><link href="https://a/1"/></entry></feed>"""
    )
    assert read_feed(tmp_path / "feed").rows == [
        {"id": "1", "title": "Mug", "description": "Blue", "link": "https://a/1", "row": 1}
    ]


@pytest.mark.parametrize("before", ["\n", "\ufeff", "\ufeff \r\n"])
def test_blanks_before_the_xml_head_do_no_harm(tmp_path: Path, before: str) -> None:
    assert rss(tmp_path, "<item><g:id>1</g:id></item>", f'{before}<?xml version="1.0"?>').column("id") == ["1"]


def test_an_attribute_that_stands_twice_with_two_values_sets_the_item_aside(tmp_path: Path) -> None:
    read = rss(
        tmp_path,
        "<item><g:id>1</g:id><g:price>1 EUR</g:price><g:price>2 EUR</g:price></item>"
        "<item><g:id>2</g:id><g:price>1 EUR</g:price><g:price>1 EUR</g:price></item>",
    )
    assert [(fault.id, fault.code, fault.attribute) for fault in read.faults] == [("1", "repeated_attribute", "price")]
    assert read.column("id") == ["2"]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "UTF-8"])
def test_the_encoding_of_the_xml_head_is_taken(tmp_path: Path, encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss {GOOGLE}><channel><item><g:id>ü</g:id></item></channel></rss>'
    )
    (tmp_path / "feed").write_bytes(text.encode(encoding))
    assert read_feed(tmp_path / "feed").column("id") == ["ü"]


ITEM = "<item><g:id>1</g:id></item>"
LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 9))


@pytest.mark.parametrize(
    ("head", "items", "end", "code"),
    [
        ("", ITEM, "", "cut_feed"),
        ("", ITEM + "<item><g:id>2</g:id>", "", "cut_feed"),
        ("", ITEM, "</channel>", "cut_feed"),
        ("", f"{ITEM}<item><g:id>R&D</g:id></item>", "</channel></rss>", "bad_xml"),
        ("", f"{ITEM}<item><g:id>&nbsp;</g:id></item>", "</channel></rss>", "bad_xml"),
        ("", f"{ITEM}<item><g:id>\x08</g:id></item>", "</channel></rss>", "bad_xml"),
        (f"<!DOCTYPE rss [{LAUGHS}]>", "<item><g:id>&l8;</g:id></item>", "</channel></rss>", "bad_xml"),
        ('<!DOCTYPE rss SYSTEM "file:///etc/passwd">', ITEM, "</channel></rss>", "bad_xml"),
        ("<!--" + "x" * 9_000 + "--><!DOCTYPE rss [<!ENTITY a 'b'>]>", ITEM, "</channel></rss>", "bad_xml"),
        ("", "", "</channel></rss>", "empty_feed"),
        ("", ITEM, "</channel></rss><rss/>", "bad_xml"),
    ],
    ids=["cut after an item", "cut in an item", "cut before the end", "bare ampersand", "unknown entity", "control",
         "billion laughs", "external", "hidden document type", "no items", "two roots"],
)  # fmt: skip
def test_xml_that_is_broken_or_harmful_is_refused(tmp_path: Path, head: str, items: str, end: str, code: str) -> None:
    with pytest.raises(BadFeed) as refused:
        rss(tmp_path, items, head, end)
    assert refused.value.code == code


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "feed").write_bytes(f"<rss {GOOGLE}><channel><item><g:id>".encode() + b"\xfc</g:id></item>")
    with pytest.raises(BadFeed) as refused:
        read_feed(tmp_path / "feed")
    assert refused.value.code == "bad_encoding"


def test_elements_within_each_other_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFeed) as refused:
        rss(tmp_path, f"<item>{'<a>' * 300_000}{'</a>' * 300_000}</item>")
    assert refused.value.code == "bad_xml"


def test_items_that_never_end_are_refused_within_the_limit(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(f"<rss {GOOGLE}><channel><item>{'<a/>' * 600_000}")
    with pytest.raises(BadFeed) as refused:
        read_feed(tmp_path / "feed", limits=FeedLimits(row_bytes=1_000_000))
    assert refused.value.code == "row_too_long"


def test_faults_name_the_line_of_the_item(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(
        f"<rss {GOOGLE}><channel>\n\n<item><g:id>1</g:id>\n<g:title>{'x' * 300}</g:title></item></channel></rss>"
    )
    read = read_feed(tmp_path / "feed", limits=FeedLimits(field_bytes=200))
    assert [(fault.id, fault.line) for fault in read.faults] == [("1", 3)]
