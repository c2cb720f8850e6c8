"""Pictures are fetched once per content, politely, and a host that fails stops no other."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from connectors.http.public_transport import Reach
from foundry.catalog.catalog import Catalog, PicturePolicy
from foundry.inputs.picture import picture_name
from foundry.store.object_store import LocalStore
from pipelines.catalog.picture_book import PictureBook
from pipelines.catalog.picture_request import PictureLimits
from pipelines.catalog.pictures import FetchedPicture, PictureFault, PictureFetcher, due
from pipelines.catalog.setting import CatalogSetting
from tests.support.scheduled import a_catalog
from tests.support.shop_host import ShopHost, cut, good, in_turn, moved, silent, status, with_a_long_page

NIGHT = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)


def a_picture(number: int, edge: int = 64, kind: str = "PNG") -> bytes:
    pixels = np.zeros((edge, edge, 3), np.uint8)
    pixels[:, : edge // 2] = (number % 256, number // 256 % 256, 200)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


@dataclass
class Nights:
    """A catalog's pictures, night by night, in one store."""

    folder: Path
    policy: dict[str, Any] = field(default_factory=dict)
    now: datetime = NIGHT
    source: str = "https://shop.example/feed"
    limits: PictureLimits = field(default_factory=lambda: PictureLimits(seconds=5.0, silence_s=5.0, first_pause_s=0.01))

    @property
    def own(self) -> LocalStore:
        return LocalStore(self.folder / "store").for_tenant("aurelle")

    @property
    def catalog(self) -> Catalog:
        feed = a_catalog().feed.model_copy(update={"source": self.source})
        return a_catalog().model_copy(update={"feed": feed, "pictures": PicturePolicy(**self.policy)})

    @contextmanager
    def fetcher(self) -> Iterator[PictureFetcher]:
        setting = CatalogSetting(
            store=str(self.folder / "store"), tenants=self.folder, files=self.folder, reach=Reach(loopback=True),
            now=lambda: self.now,
        )  # fmt: skip
        with PictureFetcher(self.own, self.catalog, setting, self.folder / "batch", limits=self.limits) as fetcher:
            yield fetcher

    def fetch(self, *addresses: str, **how: bool) -> dict[str, Any]:
        with self.fetcher() as fetcher:
            return dict(fetcher.fetch(addresses, **how))


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[ShopHost, ShopHost]]:
    with ShopHost() as one, ShopHost(address="127.0.0.2") as other:
        yield one, other


@pytest.fixture
def host(hosts: tuple[ShopHost, ShopHost]) -> ShopHost:
    return _emptied(hosts[0])


@pytest.fixture
def other(hosts: tuple[ShopHost, ShopHost]) -> ShopHost:
    return _emptied(hosts[1])


def _emptied(host: ShopHost) -> ShopHost:
    shop = host.shop
    for kept in (shop.files, shop.headers, shop.moods, shop.seen, shop.starts, shop.ends):
        kept.clear()
    shop.latency_s, shop.peak = 0.0, 0
    return host


def shown(host: ShopHost, count: int) -> list[str]:
    """Put so many pictures on a host, and return their addresses."""
    host.shop.files.update({f"/{number}.png": a_picture(number) for number in range(count)})
    return [f"{host.url}/{number}.png" for number in range(count)]


def test_a_picture_lies_in_the_tenants_inputs_and_in_the_batchs_folder(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    with nights.fetcher() as fetcher:
        ((asked, found),) = fetcher.fetch([address, address])
        assert isinstance(found, FetchedPicture)
        assert (asked, found.width_px, found.height_px, found.came, found.fresh) == (address, 64, 64, True, True)
        assert nights.own.get(picture_name(found.sha256)) == host.shop.files["/0.png"]
        assert (fetcher.folder / fetcher.local(found.sha256)).read_bytes() == host.shop.files["/0.png"]
        (fetcher.folder / "sounds").mkdir()
        fetcher.discard()
        assert [file.name for file in fetcher.folder.iterdir()] == ["sounds"]
        assert (fetcher.folder / fetcher.local(found.sha256)).read_bytes() == host.shop.files["/0.png"]
        assert (fetcher.counts.fetched, fetcher.counts.kept) == (1, 0)
    assert host.shop.seen[-1].headers["user-agent"] == "campaign-foundry"


def test_the_second_time_nothing_is_asked_until_the_address_is_due(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    first = nights.fetch(address)[address]
    for _ in range(6):
        nights.now += timedelta(days=1)
        if not due(address, nights.now.date(), 7):
            found = nights.fetch(address)[address]
            assert (found.sha256, found.came, found.fresh) == (first.sha256, False, False)
    assert host.shop.paths() == {"/0.png": 1}
    while not due(address, nights.now.date(), 7):
        nights.now += timedelta(days=1)
    for _ in range(3):
        assert nights.fetch(address)[address].sha256 == first.sha256
    assert host.shop.paths() == {"/0.png": 2}
    assert "if-none-match" in host.shop.seen[-1].headers


def test_a_recheck_asks_each_address_once_a_night_and_finds_other_content(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    first = nights.fetch(address)[address]
    nights.now += timedelta(days=1)
    assert nights.fetch(address, recheck=True)[address].sha256 == first.sha256
    assert nights.fetch(address, recheck=True)[address].came is False
    host.shop.files["/0.png"] = a_picture(77)
    nights.now += timedelta(days=1)
    found = nights.fetch(address, recheck=True)[address]
    assert (found.fresh, found.came, found.sha256 != first.sha256) == (True, True, True)
    assert host.shop.paths() == {"/0.png": 3}


def test_what_the_host_calls_fresh_is_not_asked_again(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    host.shop.headers["Cache-Control"] = "public, max-age=864000"
    nights.fetch(address)
    nights.now += timedelta(days=9)
    nights.fetch(address, recheck=True)
    assert host.shop.paths() == {"/0.png": 1}
    nights.now += timedelta(days=2)
    nights.fetch(address, recheck=True)
    assert host.shop.paths() == {"/0.png": 2}


def test_a_content_that_the_store_has_lost_is_asked_for_whole(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    first = nights.fetch(address)[address]
    nights.own.remove(picture_name(first.sha256))
    assert nights.fetch(address)[address].came is True
    assert "if-none-match" not in host.shop.seen[-1].headers
    assert nights.own.exists(picture_name(first.sha256))


def test_a_record_that_was_cut_is_made_again(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    nights.fetch(address)
    name = PictureBook(nights.own, nights.catalog.id).name(address)
    with nights.own.replacing(name) as file:
        file.write_bytes(b'{"address": "htt')
    assert nights.fetch(address)[address].came is True


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"<html>not found</html>" * 20, "picture_unusable", "neither PNG, JPEG nor WebP"),
        (a_picture(1)[:120], "picture_unusable", "is not a readable picture"),
        (a_picture(1, 32), "picture_unusable", "each edge needs 64"),
        (a_picture(1, 64, "GIF"), "picture_unusable", "neither PNG, JPEG nor WebP"),
        (b"", "picture_unusable", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60_000), "picture_too_large", "the limit is 50000"),
    ],
)
def test_what_is_no_usable_picture_is_told(nights: Nights, host: ShopHost, data: bytes, code: str, said: str) -> None:
    nights.policy["max_bytes"] = 50_000
    host.shop.files["/a.png"] = data
    fault = nights.fetch(f"{host.url}/a.png?sig=secret")[f"{host.url}/a.png?sig=secret"]
    assert isinstance(fault, PictureFault)
    assert (fault.code, fault.later) == (code, False)
    assert fault.what.startswith(f"picture {host.url}/a.png?[...] ")
    assert said in fault.what
    assert [*nights.own.list("inputs")] == []
    assert [*(nights.folder / "batch").iterdir()] == []


def test_a_picture_that_is_sent_compressed_is_told(nights: Nights, host: ShopHost) -> None:
    addresses = shown(host, 8)
    host.shop.headers["Content-Encoding"] = "gzip"
    assert {fault.code for fault in nights.fetch(*addresses).values()} == {"picture_unusable"}
    assert host.shop.paths().total() == 8


def test_an_even_grey_is_no_picture_of_a_product(nights: Nights, host: ShopHost) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(stream, "JPEG")
    host.shop.files["/a.jpg"] = stream.getvalue()
    (fault,) = nights.fetch(f"{host.url}/a.jpg").values()
    assert "shows no product: it is one even grey" in fault.what


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://10.0.0.7/a.png", "picture_unsafe"),
        ("http://192.168.1.1/a.png", "picture_unsafe"),
        ("//169.254.169.254/a.png", "picture_unsafe"),
        ("ftp://shop.example/a.png", "picture_address"),
        ("file:///etc/passwd", "picture_address"),
        ("https://ann:hunter2@shop.example/a.png", "picture_address"),
        ("https://shop.example:port/a.png", "picture_address"),
        ("https://shop.example/\ud800.png", "picture_address"),
        ("products/a.png", "picture_address"),
        ("/etc/passwd", "picture_address"),
        ("", "picture_address"),
    ],
)
def test_an_address_that_must_not_be_asked_is_told(nights: Nights, address: str, code: str) -> None:
    (fault,) = nights.fetch(address).values()
    assert (fault.code, fault.later) == (code, False)
    assert "hunter2" not in fault.what


@pytest.mark.parametrize(
    ("mood", "code", "said"),
    [
        (status(404), "picture_missing", "is not there (404)"),
        (with_a_long_page(404), "picture_missing", "is not there (404)"),
        (status(403), "picture_refused", "is refused by its host (403)"),
        (moved("/1.png"), "picture_unsafe", "a redirect in a circle"),
        (moved("https://10.0.0.7/a.png"), "picture_unsafe", "private address"),
    ],
)
def test_a_fault_of_one_picture_is_asked_for_once(
    nights: Nights, host: ShopHost, mood: Any, code: str, said: str
) -> None:
    addresses = shown(host, 3)
    host.shop.moods["/1.png"] = mood
    found = nights.fetch(*addresses)
    assert (found[addresses[1]].code, found[addresses[1]].later) == (code, False)
    assert said in found[addresses[1]].what
    assert all(isinstance(found[addresses[number]], FetchedPicture) for number in (0, 2))
    assert host.shop.paths()["/1.png"] == 1


@pytest.mark.parametrize("mood", [cut, silent, status, with_a_long_page(500), status(429)])
def test_what_may_pass_is_asked_for_again(nights: Nights, host: ShopHost, mood: Any) -> None:
    (address,) = shown(host, 1)
    host.shop.moods["/0.png"] = in_turn(mood, good)
    assert isinstance(nights.fetch(address)[address], FetchedPicture)
    assert host.shop.paths() == {"/0.png": 2}


def test_an_outage_of_one_host_does_not_stop_the_others(nights: Nights, host: ShopHost, other: ShopHost) -> None:
    away, well = shown(host, 40), shown(other, 10)
    host.shop.moods[""] = lambda reply: reply if reply.status == 404 else status(502)(reply)
    found = nights.fetch(*away, *well)
    assert all(isinstance(found[address], FetchedPicture) for address in well)
    faults = [found[address] for address in away]
    assert all(fault.later for fault in faults)
    assert "host_away" in {fault.code for fault in faults} <= {"picture_away", "host_away"}
    assert sum(host.shop.paths().values()) < 12
    assert "is left for the next run: its host 127.0.0.1" in faults[-1].what


def test_while_a_host_is_away_the_known_picture_is_used(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    first = nights.fetch(address)[address]
    host.shop.moods["/0.png"] = status(503)
    nights.now += timedelta(days=30)
    found = nights.fetch(address)[address]
    assert (found.sha256, found.stale) == (first.sha256, True)
    host.shop.moods["/0.png"] = status(404)
    assert nights.fetch(address)[address].code == "picture_missing"


def test_a_host_that_asks_for_a_long_pause_is_left_at_once(nights: Nights, host: ShopHost) -> None:
    addresses = shown(host, 20)
    host.shop.moods[""] = lambda reply: reply if reply.status == 404 else status(429, Retry_After="3600")(reply)
    found = nights.fetch(*addresses)
    assert {fault.code for fault in found.values()} == {"host_away"}
    assert "asks to be left alone for 3600 s" in found[addresses[-1]].what
    assert sum(host.shop.paths().values()) <= 4


def test_robots_txt_is_asked_once_and_obeyed(nights: Nights, host: ShopHost) -> None:
    addresses = shown(host, 6)
    host.shop.files["/robots.txt"] = b"User-agent: *\nDisallow: /3\n\nUser-agent: other\nDisallow: /\n"
    found = nights.fetch(*addresses)
    assert [address for address in addresses if isinstance(found[address], PictureFault)] == [addresses[3]]
    assert "is forbidden by 127.0.0.1/robots.txt; allow campaign-foundry there" in found[addresses[3]].what
    assert len([each for each in host.shop.seen if each.path == "/robots.txt"]) == 1
    nights.policy["obey_robots"] = False
    assert isinstance(nights.fetch(addresses[3])[addresses[3]], FetchedPicture)


def test_the_rules_of_a_host_hold_for_redirects_to_it(nights: Nights, host: ShopHost, other: ShopHost) -> None:
    (address,) = shown(host, 1)
    shown(other, 1)
    host.shop.moods["/0.png"] = moved(f"{other.url}/0.png")
    other.shop.files["/robots.txt"] = b"User-agent: campaign-foundry\nDisallow: /\n"
    assert nights.fetch(address)[address].code == "picture_robots"
    assert other.shop.paths() == {}


def test_while_robots_txt_fails_nothing_else_is_asked(nights: Nights, host: ShopHost) -> None:
    addresses = shown(host, 8)
    host.shop.moods["/robots.txt"] = status(500)
    assert all(fault.later for fault in nights.fetch(*addresses).values())
    assert host.shop.paths() == {}


def test_no_more_requests_than_the_policy_says_are_open_at_one_host(
    nights: Nights, host: ShopHost, other: ShopHost
) -> None:
    nights.policy["per_host"] = 3
    addresses = [*shown(host, 18), *shown(other, 18)]
    host.shop.latency_s = other.shop.latency_s = 0.03
    assert all(isinstance(found, FetchedPicture) for found in nights.fetch(*addresses).values())
    assert 1 < host.shop.peak <= 3
    assert 1 < other.shop.peak <= 3


def test_a_pause_is_kept_between_two_requests_of_a_connection(nights: Nights, host: ShopHost) -> None:
    nights.policy |= {"per_host": 1, "pause_ms": 80, "obey_robots": False}
    nights.fetch(*shown(host, 4))
    gaps = [start - end for end, start in zip(host.shop.ends, host.shop.starts[1:], strict=False)]
    assert len(gaps) == 3
    assert min(gaps) > 0.07


def test_a_crawl_delay_is_kept_and_the_host_is_asked_one_at_a_time(nights: Nights, host: ShopHost) -> None:
    addresses = shown(host, 5)
    host.shop.files["/robots.txt"] = b"User-agent: *\nCrawl-delay: 0.1\n"
    nights.policy["per_host"] = 2
    nights.fetch(*addresses)
    starts = [start for start, each in zip(host.shop.starts, host.shop.seen, strict=True) if each.path != "/robots.txt"]
    assert all(later - earlier > 0.08 for earlier, later in pairwise(starts[1:]))


def test_files_beside_a_feed_that_is_a_file_are_pictures_too(nights: Nights) -> None:
    nights.source = "feed.tsv"
    (nights.folder / "mug.png").write_bytes(a_picture(5))
    found = nights.fetch("mug.png", "../mug.png", "none.png")
    assert isinstance(found["mug.png"], FetchedPicture)
    assert nights.own.exists(picture_name(found["mug.png"].sha256))
    assert {found["../mug.png"].code, found["none.png"].code} == {"picture_unusable"}


def test_a_reader_that_stops_early_leaves_nothing_running(nights: Nights, host: ShopHost) -> None:
    addresses = shown(host, 30)
    host.shop.latency_s = 0.02
    with nights.fetcher() as fetcher:
        results = fetcher.fetch(addresses)
        next(results)
        results.close()
        asked = sum(host.shop.paths().values())
        time.sleep(0.1)
        assert sum(host.shop.paths().values()) == asked < 30
        assert len(dict(fetcher.fetch(addresses))) == 30


def test_an_outage_of_the_store_rises(nights: Nights, host: ShopHost) -> None:
    (address,) = shown(host, 1)
    (nights.folder / "store").write_bytes(b"no folder")
    with pytest.raises(OSError, match="store"):
        nights.fetch(address)


def test_rechecks_are_spread_over_the_nights() -> None:
    addresses = [f"https://shop.example/{number}.jpg" for number in range(2_100)]
    by_night = [sum(due(address, (NIGHT + timedelta(days=day)).date(), 7) for address in addresses) for day in range(7)]
    assert sum(by_night) == len(addresses)
    assert min(by_night) > 230
