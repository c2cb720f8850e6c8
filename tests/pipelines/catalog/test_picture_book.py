"""What a host says of a picture decides when it is asked again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.store.object_store import LocalStore
from pipelines.catalog.picture_book import AddressRecord, PictureBook, due, fresh_until, is_to_be_asked, word

NOW = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
ADDRESS = "https://shop.example/a.jpg"


def a_record(**changes: str) -> AddressRecord:
    fields = {"address": ADDRESS, "sha256": "ab" * 32, "asked": "2026-11-29", **changes}
    return AddressRecord(**fields, width_px=800, height_px=600, size_bytes=70_000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'Public, MAX-AGE="600"', "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=99999999999999999999"}, 30 * 86_400),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"expires": format_datetime(NOW + timedelta(hours=1), usegmt=True)}, 3_600),
        ({"expires": format_datetime(NOW + timedelta(hours=1)), "cache-control": "max-age=60"}, 60),
        ({"expires": "0"}, 0),
        ({"expires": "Fri, 99 Foo 2026 99:99:99 GMT"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_the_hosts_word_on_freshness_is_read_and_bounded(headers: dict[str, str], left: int) -> None:
    found = fresh_until(httpx2.Headers(headers), NOW)
    assert found == ((NOW + timedelta(seconds=left)).isoformat() if left else "")


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["cache-control", "expires", "age"]), st.text("max-age=0123,no Mon:GMT\xff", max_size=30)
    )
)
def test_no_header_breaks_it(headers: dict[str, str]) -> None:
    found = fresh_until(httpx2.Headers({name: text.encode("latin-1") for name, text in headers.items()}), NOW)
    assert found == "" or NOW.isoformat() < found <= (NOW + timedelta(days=30)).isoformat()


def test_a_word_that_no_header_may_hold_is_not_kept() -> None:
    headers = httpx2.Headers({"a": b'"x1"', "b": b"x" * 501, "c": b"\xfc"})
    assert [word(headers, name) for name in "abcd"] == ['"x1"', "", "", ""]


def test_an_address_is_asked_on_its_night_when_overdue_or_by_wish_and_never_twice_a_night() -> None:
    record = a_record()
    mine = next(NOW + timedelta(days=day) for day in range(7) if due(ADDRESS, (NOW + timedelta(days=day)).date(), 7))
    other = mine + timedelta(days=1)
    asked = (other - timedelta(days=2)).date().isoformat()
    assert is_to_be_asked(a_record(asked="2020-01-01"), other, 7, recheck=False)
    assert not is_to_be_asked(a_record(asked=asked), other, 7, recheck=False)
    assert is_to_be_asked(a_record(asked=asked), other, 7, recheck=True)
    assert is_to_be_asked(record, mine, 7, recheck=False) or record.asked == mine.date().isoformat()
    for recheck in (False, True):
        assert not is_to_be_asked(a_record(asked=mine.date().isoformat()), mine, 7, recheck=recheck)
        fresh = a_record(asked="2020-01-01", fresh_until=(mine + timedelta(seconds=1)).isoformat())
        assert not is_to_be_asked(fresh, mine, 7, recheck=recheck)


def test_a_clock_that_was_set_back_does_not_keep_an_address_from_being_asked() -> None:
    assert is_to_be_asked(a_record(asked="2031-01-01"), NOW, 7, recheck=False)


@settings(max_examples=30)
@given(st.text(max_size=30), st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_every_address_is_due_once_in_so_many_nights(address: str, night: date, days: int) -> None:
    assert sum(due(address, night + timedelta(days=each), days) for each in range(days)) == 1


def test_records_are_kept_by_address_and_a_foreign_one_is_not_taken(tmp_path: Path) -> None:
    book = PictureBook(LocalStore(tmp_path).for_tenant("aurelle"), "shoes")
    assert book.read(ADDRESS) is None
    book.write(a_record())
    assert book.read(ADDRESS) == a_record()
    with book.own.replacing(book.name("https://shop.example/b.jpg")) as file:
        file.write_bytes(book.own.get(book.name(ADDRESS)))
    assert book.read("https://shop.example/b.jpg") is None
