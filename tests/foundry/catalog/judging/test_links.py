"""Addresses in feeds are public web addresses; nothing else is fetched."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.catalog.judging import Judge
from foundry.catalog.judging.columns import matches
from foundry.catalog.judging.links import _PLAIN, _PRIVATE_ENDING, address_fault
from tests.support.judged import a_catalog, a_chunk, a_row, judged
from tests.support.scheduled import CAMPAIGN

GOOD = (
    "https://shop.example/a.jpg",
    "https://cdn.shop.example:8443/a%20b.jpg?width=800&v=1#top",
    "HTTPS://Shop.Example/A.JPG",
    "https://münchen.example/käse.jpg",
    "https://xn--mnchen-3ya.example/a.jpg",
    "https://93.184.216.34/a.jpg",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/a.jpg",
    "https://shop.example/a@2x.jpg",
    "https://shop.example./a.jpg",
    "https://img.example/w_100,h_100/https://shop.example/a.jpg",
)
PRIVATE = (
    "https://localhost/a.jpg",
    "https://127.0.0.1/a.jpg",
    "https://10.1.2.3/a.jpg",
    "https://192.168.0.1:8080/a.jpg",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/a.jpg",
    "https://[fd00::1]/a.jpg",
    "https://[::ffff:10.0.0.1]/a.jpg",
    "https://intranet/a.jpg",
    "https://media.shop.internal/a.jpg",
    "https://nas.local/a.jpg",
    "https://NAS.LOCAL:5000/a.jpg",
    "https://printer.lan?x",
    "https://2130706433/a.jpg",
)
BAD = (
    "shop.example/a.jpg",
    "//shop.example/a.jpg",
    "/a.jpg",
    "ftp://shop.example/a.jpg",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "https:///a.jpg",
    "https://",
    "https://user:pass@shop.example/a.jpg",
    "https://user@shop.example/a.jpg",
    "https://shop.example/a.jpg,https://shop.example/b.jpg",
    "https://shop.example/a.jpg|http://shop.example/b.jpg",
    "https://shop.example/a b.jpg",
    "https://shop.example/a\n.jpg",
    "https://shop.example:99999/a.jpg",
    "https://shop.example:x/a.jpg",
    "https://shop..example/a.jpg",
    "https://0x7f.0.0.0x1/a.jpg",
    "https://127.0.0.01/a.jpg",
    "https://[::1/a.jpg",
    'https://shop.example/"a".jpg',
    "https://shop.example/" + "a" * 2_000,
)


@pytest.mark.parametrize("text", GOOD)
def test_a_public_address_is_taken(text: str) -> None:
    assert address_fault(text) == ""
    assert judged(a_row(1, image_link=text)).faults == {}


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_of_a_private_host_is_set_aside(text: str) -> None:
    assert address_fault(text) == "private"
    assert set(judged(a_row(1, image_link=text)).faults) == {"private_image_link"}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:40])
def test_what_is_no_address_is_set_aside_as_a_picture_and_warned_of_as_a_page(text: str) -> None:
    assert address_fault(text) == "bad"
    assert set(judged(a_row(1, image_link=text)).faults) == {"bad_image_link"}
    page = judged(a_row(1, link=text))
    assert set(page.warnings) == {"bad_link"}
    assert page.row is not None


HOST = r"([a-z0-9.\-]{1,12}|[0-9.]{1,16}|\[[0-9a-f:]{2,10}\])(\.(com|local|10))?"


@given(st.from_regex(rf"(https?|ftp)://{HOST}(:[0-9]{{1,5}})?(/[ -~]{{0,8}})?", fullmatch=True))
def test_what_is_taken_at_a_glance_has_no_fault_at_a_closer_look(text: str) -> None:
    """The columns are matched with one pattern first, and only what it leaves is parsed."""
    texts = pa.array([text])
    if (matches(texts, _PLAIN) & ~matches(texts, _PRIVATE_ENDING))[0]:
        assert address_fault(text) == ""


@pytest.mark.parametrize(
    ("name", "stands_for_none"),
    [
        ("noimage.jpg", True), ("no-image-2048x2048.gif?v=1", True), ("no_photo.png", True),
        ("img/missing-picture.png", True), ("shop_no-image.jpg", True),
        ("woocommerce-placeholder.png", True), ("image-not-available.jpg", True), ("Coming-Soon.jpg", True),
        ("piano-image.jpg", False), ("nopicks.jpg", False), ("casino.jpg", False), ("place-holder-ring.jpg", False),
        ("placeholder/shoe.jpg", False), ("domino-imagery.jpg", False),
    ],
)  # fmt: skip
def test_a_picture_that_stands_for_a_missing_one_is_told_by_its_name(name: str, stands_for_none: bool) -> None:
    found = judged(a_row(1, image_link=f"https://cdn.shop.example/{name}")).faults
    assert set(found) == ({"placeholder_image"} if stands_for_none else set())


def test_http_and_odd_endings_are_warned_of() -> None:
    assert set(judged(a_row(1, image_link="http://shop.example/a.jpg")).warnings) == {"insecure_image_link"}
    assert set(judged(a_row(1, image_link="https://shop.example/a.svg?x=1")).warnings) == {"odd_image_type"}
    assert judged(a_row(1, image_link="https://shop.example/image?id=7")).warnings == {}


def test_exchanged_addresses_of_page_and_picture_are_set_aside() -> None:
    row = a_row(1, link="https://cdn.shop.example/a.jpg", image_link="https://shop.example/products/7")
    assert set(judged(row).faults) == {"swapped_value"}
    both = a_row(1, link="https://cdn.shop.example/a.jpg", image_link="https://cdn.shop.example/a.jpg")
    assert judged(both).faults == {}


def test_a_feed_that_is_a_file_may_name_pictures_beside_the_catalog() -> None:
    beside = a_catalog(feed={"source": "feeds/shop.tsv"})
    assert judged(a_row(1, image_link="products/mug.png"), catalog=beside).faults == {}
    for name in ("../mug.png", "/etc/mug.png", "products\\mug.png", "c:mug.png", "mug", "12,99 EUR.x", "a\u202eb.png"):
        assert set(judged(a_row(1, image_link=name), catalog=beside).faults) == {"bad_image_link"}
    assert set(judged(a_row(1, image_link="products/mug.png")).faults) == {"bad_image_link"}


def test_hosts_that_are_not_public_may_be_allowed() -> None:
    catalog = a_catalog()
    judge = Judge("google-tsv", catalog.feed, catalog, private_hosts=True)
    local = [a_row(1, image_link="https://127.0.0.1:8443/a.jpg"), a_row(2, image_link="https://u:p@127.0.0.1/a.jpg")]
    assert [fault.code for fault in judge.judge(a_chunk(local)).faults] == ["bad_image_link"]


def test_a_template_that_says_what_is_done_without_pictures_keeps_the_row_without_one() -> None:
    named = a_catalog(campaign={**CAMPAIGN, "products_without_pictures": "words"})
    for address, code in {
        "": "missing_image_link",
        "nothing here": "bad_image_link",
        "https://nas.local/a": "private_image_link",
    }.items():
        assert set(judged(a_row(1, image_link=address)).faults) == {code}
        kept = judged(a_row(1, image_link=address), catalog=named)
        assert set(kept.warnings) == {code}
        assert kept.row is not None
        assert kept.row["image_link"] is None


def test_additional_pictures_are_judged_one_by_one_and_counted() -> None:
    ten = ",".join(f"https://cdn.shop.example/{n}.jpg" for n in range(10))
    assert judged(a_row(1, additional_image_link=ten)).warnings == {}
    assert set(judged(a_row(1, additional_image_link=f"{ten}, https://cdn.shop.example/10.jpg")).warnings) == {
        "many_images"
    }
    for other in ("b.jpg", "https://localhost/b.jpg"):
        row = a_row(1, additional_image_link=f"https://cdn.shop.example/a.jpg, {other}")
        assert set(judged(row).warnings) == {"bad_additional_image"}


def test_a_bad_additional_picture_is_found_in_its_own_row() -> None:
    catalog = a_catalog()
    rows = [
        a_row(n, additional_image_link="x" if n == 3 else "https://cdn.shop.example/a.jpg" if n % 2 else "")
        for n in range(6)
    ]
    found = Judge("google-tsv", catalog.feed, catalog).judge(a_chunk(rows, first=100))
    assert [fault.row for fault in found.warnings] == [103]


def test_a_column_of_addresses_is_judged_in_place() -> None:
    catalog = a_catalog()
    texts = [text for some in zip(GOOD, PRIVATE, BAD, strict=False) for text in some]
    found = Judge("google-tsv", catalog.feed, catalog).judge(
        a_chunk([a_row(n, image_link=t) for n, t in enumerate(texts)])
    )
    assert np.array_equal(found.columns["row"].to_numpy(), np.arange(1, len(texts) + 1, 3))
