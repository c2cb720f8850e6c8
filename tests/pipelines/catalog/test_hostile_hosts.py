"""Whatever a host sends, a feed is refused or away, a picture is a fault, and neither takes longer than it may."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http.exchange import retry_after_s
from connectors.http.public_transport import Reach
from foundry.catalog.catalog import PicturePolicy
from foundry.catalog.refusals import BadFeed, FeedAway
from foundry.retrying import RetryPolicy
from foundry.store.object_store import LocalStore
from pipelines.catalog.feed_limits import NOTHING_KNOWN, FeedLimits
from pipelines.catalog.picture_request import PictureLimits
from pipelines.catalog.pictures import PictureFault, PictureFetcher
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.web_feed import fetch_page
from tests.support.fake_clock import FakeClock
from tests.support.raw_host import RawHost
from tests.support.scheduled import a_catalog


class Endless:
    """A beginning, and then the same piece for ever."""

    def __init__(self, piece: bytes, first: bytes = b"") -> None:
        self.piece, self.first = piece, first

    def __iter__(self) -> Iterator[bytes]:
        yield self.first
        yield from itertools.repeat(self.piece)


OK = b"HTTP/1.1 200 OK\r\n"
NO = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n"
HOSTILE: dict[str, Iterable[bytes]] = {
    "nothing": (),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n",),
    "zeros": (bytes(200_000),),
    "a head without end": Endless(b"x" * 1_000),
    "headers without end": Endless(b"X-Y: z\r\n" * 100, OK),
    "hints without end": Endless(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "a body without end": Endless(b"x" * 65_536, OK + b"\r\n"),
    "chunks without end": Endless(b"1\r\nx\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"),
    "a chunk that lies": (OK, b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc"),
    "a chunk that is none": (OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
    "lengths that differ": (OK, b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
    "a length that is none": (OK, b"Content-Length: -7\r\n\r\nabc"),
    "a length beyond all": (OK, b"Content-Length: 99999999999999999999\r\n\r\nabc"),
    "a body that is cut": (OK, b"Content-Length: 3000\r\n\r\nabc"),
    "a status of its own": (b"HTTP/1.1 999 Whatever\r\nContent-Length: 0\r\n\r\n",),
    "a status without number": (b"HTTP/1.1 OK\r\n\r\n",),
    "a switch of protocols": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\nabc",),
    "a location of bytes": (b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe//\xc3\x28\r\nContent-Length: 0\r\n\r\n",),
    "a location of 60 kB": (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /" + b"a" * 60_000 + b"\r\n\r\n",),
    "a location that is none": (b"HTTP/1.1 302 Found\r\nLocation: http://[::\r\nContent-Length: 0\r\n\r\n",),
    "two locations": (b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",),
    "a cookie that is none": (OK, b"Set-Cookie: " + b"=;" * 9_000 + b"\r\nContent-Length: 0\r\n\r\n"),
    "a wait beyond all": (NO, b"Retry-After: " + b"9" * 400 + b"\r\n\r\n"),
    "a date beyond all": (NO, b"Retry-After: Fri, 31 Dec 9999 23:59:59 -0000\r\n\r\n"),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",),
}  # fmt: skip


@pytest.fixture(scope="module")
def host() -> Iterator[RawHost]:
    with RawHost() as host:
        yield host


@pytest.mark.parametrize("name", HOSTILE)
def test_a_feed_is_refused_or_away(tmp_path: Path, host: RawHost, name: str) -> None:
    host.answer = HOSTILE[name]
    retries = RetryPolicy(attempts=2, budget_s=100.0, clock=FakeClock())
    limits = FeedLimits(most_bytes=1_000_000, seconds=1.0, silence_s=0.5, retries=retries)
    feed = a_catalog().feed.model_copy(update={"source": f"{host.url}/feed"})
    began = time.monotonic()
    with pytest.raises((BadFeed, FeedAway)):
        fetch_page(feed, Reach(loopback=True), tmp_path / "feed", NOTHING_KNOWN, limits)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("robots", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_picture_is_a_fault(tmp_path: Path, host: RawHost, name: str, robots: bool) -> None:
    host.answer = HOSTILE[name]
    policy = PicturePolicy(max_bytes=1_000_000, obey_robots=robots)
    catalog = a_catalog().model_copy(update={"pictures": policy})
    setting = CatalogSetting(store=str(tmp_path), tenants=tmp_path, reach=Reach(loopback=True))
    limits = PictureLimits(seconds=0.6, silence_s=0.3, first_pause_s=0.01)
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    began = time.monotonic()
    with PictureFetcher(own, catalog, setting, tmp_path / "batch", limits=limits) as fetcher:
        ((_, fault),) = fetcher.fetch([f"{host.url}/a.jpg"])
    assert isinstance(fault, PictureFault)
    assert len(fault.what) < 500
    assert time.monotonic() - began < 15
    assert [*(tmp_path / "batch").iterdir()] == []


@settings(max_examples=100)
@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(r"(Mon|Fri), \d{1,2} (Jan|Dec|Foo) \d{1,5} \d\d:\d\d:\d\d( GMT| [+-]\d{4})?"),
    )
)
def test_no_wait_that_a_host_asks_for_breaks_anything(header: str) -> None:
    assert retry_after_s(header, 1_800_000_000.0) >= 0
