"""A feed is fetched whole or not at all, from a file, a bucket or the web."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from connectors.http.public_transport import Reach
from foundry.catalog.catalog import Catalog
from foundry.catalog.refusals import BadFeed, FeedAway
from foundry.catalog.rows import FetchedFeed
from foundry.inputs.door import NotAtRest, copy_at_rest
from foundry.retrying import RetryPolicy
from pipelines.catalog.fetching import FEED, FeedLimits, LastFeed, fetch_feed
from pipelines.catalog.setting import CatalogSetting
from tests.support.fake_clock import FakeClock
from tests.support.scheduled import a_catalog
from tests.support.shop_host import MODIFIED, ShopHost, cut, good, in_turn, moved, silent, status, with_a_long_page

ROWS = b"id\ttitle\n1\tMug\n"
SECRET = "hunter2-and-more"


def limits(clock: FakeClock | None = None, **changes: Any) -> FeedLimits:
    retries = RetryPolicy(attempts=3, budget_s=1_000.0, first_pause_s=1.0, clock=clock or FakeClock())
    return FeedLimits(**{"seconds": 5.0, "silence_s": 5.0, "retries": retries, **changes})


class Fetching:
    """The fetching of one catalog's feed into a folder."""

    def __init__(self, folder: Path, reach: Reach | None = None) -> None:
        self.scratch, self.files = folder / "scratch", folder / "files"
        self.scratch.mkdir()
        self.files.mkdir()
        self.setting = CatalogSetting(
            store=str(folder / "store"), tenants=folder, files=self.files, reach=reach or Reach(loopback=True)
        )

    def __call__(self, source: str, last: LastFeed | None = None, **more: Any) -> FetchedFeed:
        feed = a_catalog().feed.model_copy(update={"source": source, "credential": more.pop("credential", None)})
        catalog: Catalog = a_catalog().model_copy(update={"feed": feed})
        return fetch_feed(catalog, self.setting, self.scratch, last or LastFeed(), more.pop("limits", limits()))


@pytest.fixture
def fetch(tmp_path: Path) -> Fetching:
    return Fetching(tmp_path)


@pytest.fixture(scope="module")
def running() -> Iterator[ShopHost]:
    with ShopHost() as host:
        yield host


@pytest.fixture
def host(running: ShopHost) -> ShopHost:
    shop = running.shop
    shop.files.clear(), shop.headers.clear(), shop.moods.clear(), shop.seen.clear()
    shop.files["/feed"], shop.head_pause_s = ROWS, 0.0
    return running


def test_a_file_is_copied_with_its_hash(fetch: Fetching) -> None:
    (fetch.files / "feed.tsv").write_bytes(ROWS)
    found = fetch("feed.tsv")
    assert found.path is not None
    assert found.path.read_bytes() == ROWS
    assert (found.sha256, found.size_bytes) == (hashlib.sha256(ROWS).hexdigest(), len(ROWS))
    assert found.path.parent == fetch.scratch


@pytest.mark.parametrize("name", ["../feed.tsv", "/etc/passwd", "link.tsv", "nothing.tsv"])
def test_a_name_that_leads_elsewhere_or_nowhere_has_one_answer(fetch: Fetching, name: str) -> None:
    (fetch.files.parent / "feed.tsv").write_bytes(ROWS)
    (fetch.files / "link.tsv").symlink_to(fetch.files.parent / "feed.tsv")
    with pytest.raises(BadFeed, match="does not exist among the files") as refused:
        fetch(name)
    assert refused.value.code == "foreign_file"


def test_a_file_that_is_written_to_while_it_is_copied_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "feed.tsv").write_bytes(ROWS * 100_000)

    class Writing:
        def write(self, block: bytes) -> None:
            with (tmp_path / "feed.tsv").open("ab") as stream:
                stream.write(b"2\tHat\n")

    with pytest.raises(NotAtRest, match="rename it"):
        copy_at_rest(tmp_path, "feed.tsv", FEED, Writing())  # type: ignore[arg-type]


class Writer:
    """Appends to a file all the time, until it is told to stop."""

    def __init__(self, place: Path) -> None:
        place.write_bytes(ROWS * 400_000)
        self.place, self._over = place, threading.Event()
        self._thread = threading.Thread(target=self._write_on)

    def _write_on(self) -> None:
        with self.place.open("ab", buffering=0) as stream:
            while not self._over.is_set():
                stream.write(b"2\tHat\n")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def test_a_file_that_comes_to_rest_is_used_whole(fetch: Fetching) -> None:
    with Writer(fetch.files / "feed.tsv") as writer:

        class Resting(FakeClock):
            def sleep(self, seconds: float) -> None:
                writer.stop()

        found = fetch("feed.tsv", limits=limits(Resting()))
    assert found.path is not None
    assert writer.place.read_bytes().startswith(found.path.read_bytes())
    assert found.size_bytes >= len(ROWS) * 400_000


def test_a_file_that_never_rests_is_no_feed(fetch: Fetching) -> None:
    with Writer(fetch.files / "feed.tsv"), pytest.raises(BadFeed, match="written to while it was read, 3") as refused:
        fetch("feed.tsv")
    assert refused.value.code == "feed_changing"


def test_the_web_is_asked_with_the_words_of_the_last_answer(fetch: Fetching, host: ShopHost) -> None:
    first = fetch(f"{host.url}/feed?key=signed#part")
    assert first.path is not None
    assert (first.path.read_bytes(), first.modified, first.unchanged) == (ROWS, MODIFIED, False)
    assert first.name == f"{host.url}/feed?[...]"
    again = fetch(f"{host.url}/feed", LastFeed(etag=first.etag, modified=first.modified, sha256=first.sha256))
    assert (again.unchanged, again.path, again.sha256, again.etag) == (True, None, first.sha256, first.etag)
    asked = host.shop.seen[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == (first.etag, MODIFIED)
    assert list(fetch.scratch.iterdir()) == [first.path]
    host.shop.files["/feed"] = ROWS + b"2\tHat\n"
    assert fetch(f"{host.url}/feed", LastFeed(etag=first.etag, sha256=first.sha256)).size_bytes > len(ROWS)


def test_without_a_feed_of_old_nothing_is_asked_conditionally(fetch: Fetching, host: ShopHost) -> None:
    fetch(f"{host.url}/feed", LastFeed(etag='"x"', modified=MODIFIED))
    assert not {"if-none-match", "if-modified-since"} & set(host.shop.seen[-1].headers)
    host.shop.moods["/feed"] = status(304)
    with pytest.raises(BadFeed, match="answered with 304"):
        fetch(f"{host.url}/feed")


def test_the_secret_goes_to_the_source_alone_and_into_no_message(
    fetch: Fetching, host: ShopHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_AURELLE__TOKEN", SECRET)
    credential = (
        a_catalog().feed.model_validate({"source": "x", "credential": {"variable": "FEED_AURELLE__TOKEN"}}).credential
    )
    with ShopHost(address="127.0.0.2") as elsewhere:
        elsewhere.shop.files["/feed"] = ROWS
        host.shop.moods["/feed"] = moved(f"{elsewhere.url}/feed")
        assert fetch(f"{host.url}/feed", credential=credential).size_bytes == len(ROWS)
        assert host.shop.seen[-1].headers["authorization"] == f"Bearer {SECRET}"
        assert SECRET not in str(elsewhere.shop.seen[-1].headers)
    for mood in (status(401), status(500), cut, silent):
        host.shop.moods["/feed"] = mood
        with pytest.raises((BadFeed, FeedAway)) as refused:
            fetch(f"{host.url}/feed", credential=credential)
        assert SECRET not in repr(refused.value) + str(refused.value) + str(refused.value.__context__)
    monkeypatch.delenv("FEED_AURELLE__TOKEN")
    with pytest.raises(BadFeed, match="FEED_AURELLE__TOKEN, which is not set"):
        fetch(f"{host.url}/feed", credential=credential)


def test_a_user_in_the_address_is_refused_and_not_repeated(fetch: Fetching) -> None:
    with pytest.raises(BadFeed, match="name an environment variable") as refused:
        fetch(f"https://ann:{SECRET}@shop.example/feed")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("mood", "code", "said"),
    [
        (status(404), "feed_missing", "is not there"),
        (status(410), "feed_missing", "is not there"),
        (with_a_long_page(404), "feed_missing", "is not there"),
        (status(403), "feed_refused", "give feed.credential"),
        (status(501), "feed_refused", "answered with 501"),
        (status(204), "feed_refused", "answered with 204"),
        (status(302), "feed_refused", "answered with 302"),
        (moved("/feed"), "feed_unsafe", "a redirect in a circle"),
        (moved("https://10.0.0.7/feed"), "feed_unsafe", "private address"),
        (moved("file:///etc/passwd"), "feed_unsafe", "which is not https"),
        (moved("https://169.254.169.254/latest"), "feed_unsafe", "private address"),
    ],
)
def test_what_will_not_pass_by_itself_is_told_at_once(
    fetch: Fetching, host: ShopHost, mood: Any, code: str, said: str
) -> None:
    host.shop.moods["/feed"] = mood
    with pytest.raises(BadFeed, match=said) as refused:
        fetch(f"{host.url}/feed")
    assert refused.value.code == code
    assert len(host.shop.seen) == 1


@pytest.mark.parametrize("mood", [status(500), status(503), status(429), status(408), cut, silent])
def test_what_may_pass_is_asked_for_again_and_then_left(fetch: Fetching, host: ShopHost, mood: Any) -> None:
    host.shop.moods["/feed"] = mood
    with pytest.raises(FeedAway, match=r"no usable answer .*tries: 3.*nothing was changed"):
        fetch(f"{host.url}/feed")
    host.shop.moods["/feed"] = in_turn(mood, mood, good)
    assert fetch(f"{host.url}/feed").size_bytes == len(ROWS)


def test_a_retry_after_is_kept_and_too_long_a_one_ends_the_try(fetch: Fetching, host: ShopHost) -> None:
    clock = FakeClock()
    host.shop.moods["/feed"] = in_turn(status(503, Retry_After="90"), good)
    fetch(f"{host.url}/feed", limits=limits(clock))
    assert clock.sleeps == [90.0]
    host.shop.moods["/feed"] = status(503, Retry_After="90000")
    with pytest.raises(FeedAway):
        fetch(f"{host.url}/feed", limits=limits(clock))
    assert clock.sleeps == [90.0]


def test_a_feed_over_the_limit_is_refused_while_it_comes(fetch: Fetching, host: ShopHost) -> None:
    host.shop.files["/feed"] = b"r" * 50_000
    with pytest.raises(BadFeed, match="the limit is 10000"):
        fetch(f"{host.url}/feed", limits=limits(most_bytes=10_000))


def test_a_host_that_sends_byte_by_byte_is_left_at_the_time_limit(fetch: Fetching, host: ShopHost) -> None:
    host.shop.head_pause_s = 0.05
    began = time.monotonic()
    with pytest.raises(FeedAway, match="no whole answer within"):
        fetch(f"{host.url}/feed", limits=limits(seconds=0.3))
    assert time.monotonic() - began < 3


def test_a_feed_that_is_sent_compressed_is_kept_as_it_came(fetch: Fetching, host: ShopHost) -> None:
    host.shop.files["/feed"], host.shop.headers["Content-Encoding"] = gzip.compress(ROWS), "gzip"
    found = fetch(f"{host.url}/feed")
    assert found.path is not None
    assert gzip.decompress(found.path.read_bytes()) == ROWS


def test_a_page_and_an_empty_answer_are_no_feed(fetch: Fetching, host: ShopHost) -> None:
    host.shop.files["/feed"] = b"\xef\xbb\xbf\n <!DOCTYPE html><html><form>sign in</form></html>"
    with pytest.raises(BadFeed, match="is a web page"):
        fetch(f"{host.url}/feed")
    host.shop.files["/feed"] = b""
    with pytest.raises(BadFeed, match="is empty"):
        fetch(f"{host.url}/feed")


def test_this_machine_is_not_asked_unless_it_is_allowed(tmp_path: Path, host: ShopHost) -> None:
    with pytest.raises(BadFeed, match="is no https address"):
        Fetching(tmp_path, Reach())(f"{host.url}/feed")
    assert host.shop.seen == []


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    """The bucket gs://feeds of an emulator."""
    pytest.importorskip("gcp_storage_emulator")
    from gcp_storage_emulator.server import create_server
    from google.cloud import storage

    from foundry.store.bucket_requests import CONNECTIONS

    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="feeds")
    server.start()
    port = server._api._httpd.server_address[1]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        environment.setenv("GOOGLE_CLOUD_PROJECT", "tests")
        CONNECTIONS.close()
        yield storage.Client().bucket("feeds")
        CONNECTIONS.close()
    server.stop()


def test_an_object_is_fetched_and_known_again_by_its_generation(fetch: Fetching, bucket: Any) -> None:
    bucket.blob("daily/feed.tsv").upload_from_string(ROWS)
    first = fetch("gs://feeds/daily/feed.tsv")
    assert first.path is not None
    assert first.path.read_bytes() == ROWS
    again = fetch("gs://feeds/daily/feed.tsv", LastFeed(etag=first.etag, sha256=first.sha256))
    assert (again.unchanged, again.path) == (True, None)
    bucket.blob("daily/feed.tsv").upload_from_string(ROWS * 2)
    assert fetch("gs://feeds/daily/feed.tsv", LastFeed(etag=first.etag, sha256=first.sha256)).size_bytes == 2 * len(
        ROWS
    )


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("gs://feeds/none.tsv", "feed_missing"),
        ("gs://feeds", "feed_address"),
        ("gs://feeds/a/../b", "feed_address"),
        ("gs://store/made/northpeak/records/a.json", "feed_unsafe"),
    ],
)
def test_an_object_that_is_none_or_not_ones_own_is_refused(
    fetch: Fetching, bucket: Any, source: str, code: str
) -> None:
    fetch.setting = CatalogSetting(store="gs://store/made", tenants=fetch.files)
    with pytest.raises(BadFeed) as refused:
        fetch(source)
    assert refused.value.code == code


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs the list of open files of Linux")
def test_nothing_is_left_open(fetch: Fetching, host: ShopHost) -> None:
    fetch(f"{host.url}/feed")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        fetch(f"{host.url}/feed")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
