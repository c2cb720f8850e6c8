"""Google's client against a real server that speaks Cloud Storage, behind a proxy that misbehaves."""

from __future__ import annotations

import contextlib
import os
import pickle
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foundry.errors import BadInput, FoundryError
from foundry.retrying import RetryPolicy
from foundry.store.addresses import open_store
from foundry.store.bucket_requests import CONNECTIONS, BucketRefused, StoreOutage
from foundry.store.bucket_store import BucketHome, BucketStore
from foundry.store.object_store import CorruptObject, LocalStore, NoSuchObject, crc32c
from foundry.tenant import Storage
from infra.stack import running
from tests.support.briefs import a_tenant
from tests.support.buckets import client_of, named_bucket
from tests.support.faulty_proxy import Faults, faulty

pytestmark = pytest.mark.gcs
QUICK = RetryPolicy(budget_s=6, first_pause_s=0.05, longest_pause_s=0.2, call_s=10)
PAYLOAD = b"PAYLOAD" * 100


@pytest.fixture(scope="module")
def proxy() -> Iterator[Faults]:
    servers = contextlib.ExitStack()
    with servers, faulty(lambda front: servers.enter_context(running("gcs", seen_port=front)).port("http")) as faults:
        yield faults


@pytest.fixture
def faults(proxy: Faults) -> Iterator[Faults]:
    with client_of(f"http://127.0.0.1:{proxy.port}"):
        proxy.waiting.clear()
        proxy.seen.clear()
        proxy.down = False
        yield proxy


@pytest.fixture
def bucket(faults: Faults) -> str:
    return named_bucket()


@pytest.fixture
def store(bucket: str) -> BucketStore:
    return BucketStore(BucketHome(bucket, "live/"), retries=QUICK).for_tenant("aurelle")


def test_sections_and_several_objects_are_read(store: BucketStore) -> None:
    store.put_once("x/0", b"0123456789")
    store.put_once("x/2", b"two")
    assert (store.section("x/0", 2, 5), store.section("x/0", 8, 99), store.section("x/0", 5, 5)) == (b"234", b"89", b"")
    assert store.fetch(["x/2", "x/1", "x/0"]) == [b"two", None, b"0123456789"]
    with pytest.raises(NoSuchObject):
        store.section("x/1", 0, 1)


def test_the_first_writer_wins_and_the_second_is_told(store: BucketStore) -> None:
    assert store.put_once("x/y.txt", b"one") is True
    assert store.put_once("x/y.txt", b"two") is False
    assert store.get("x/y.txt") == b"one"
    assert store.address("x/y.txt") == f"gs://{store.home.bucket}/live/aurelle/x/y.txt"


def test_writers_that_race_leave_one_whole_object_each(store: BucketStore) -> None:
    def write(number: int) -> bool:
        return store.put_once("race", f"{number}".encode() * 1000)

    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(write, range(8)))
    assert sum(wins) == 1
    assert store.get("race") == f"{wins.index(True)}".encode() * 1000


def test_objects_say_what_they_are_and_whose(store: BucketStore) -> None:
    store.put_once("renditions/ab/abc.webp", b"123456789")
    found = store.stat("renditions/ab/abc.webp")
    assert found is not None
    assert (found.size, found.crc32c) == (9, "4waSgw==")
    blob = CONNECTIONS.client().bucket(store.home.bucket).get_blob("live/aurelle/renditions/ab/abc.webp")
    assert (blob.content_type, blob.metadata) == ("image/webp", {"tenant": "aurelle"})
    assert store.stat("none") is None


def test_a_large_file_goes_up_in_parts_and_survives_an_error_between_them(
    store: BucketStore, faults: Faults, tmp_path: Path
) -> None:
    file = tmp_path / "master.png"
    file.write_bytes(os.urandom(9 << 20))
    faults.give("PUT", "503", "cut")
    assert store.put_file_once("masters/m.png", file) is True
    assert store.get("masters/m.png") == file.read_bytes()
    assert faults.waiting == []


def test_the_head_of_an_object_is_asked_for_alone_and_an_outage_is_waited_out(
    store: BucketStore, faults: Faults
) -> None:
    store.put_once("masters/whole.png", PAYLOAD)
    faults.give("GET", "503", "cut")
    assert store.head("masters/whole.png", 10) == PAYLOAD[:10]
    assert faults.waiting == []
    assert store.head("masters/whole.png", len(PAYLOAD) + 5) == PAYLOAD
    with pytest.raises(NoSuchObject, match="none"):
        store.head("masters/none.png", 10)


@pytest.mark.parametrize("fault", ["429", "500", "503", "cut", "slow"])
def test_an_outage_is_waited_out(store: BucketStore, faults: Faults, fault: str) -> None:
    faults.give("POST", fault)
    assert store.put_once("waited", PAYLOAD) is True
    faults.give("GET", fault)
    assert store.get("waited") == PAYLOAD
    assert faults.waiting == []


def test_an_answer_that_is_lost_leaves_the_object_whole_and_written_once(store: BucketStore, faults: Faults) -> None:
    faults.give("POST", "lost")
    assert store.put_once("lost", PAYLOAD) is False
    assert store.get("lost") == PAYLOAD
    assert [name for name in store.list() if name == "lost"] == ["lost"]


def test_bytes_that_change_on_the_way_are_found_and_taken_back(store: BucketStore, faults: Faults) -> None:
    faults.give("POST", "bent")
    with pytest.raises(CorruptObject, match="crc32c"):
        store.put_once("bent", PAYLOAD)
    assert store.exists("bent") is False
    assert store.put_once("bent", PAYLOAD) is True


def test_a_checksum_that_is_not_ours_takes_the_object_back(store: BucketStore, faults: Faults) -> None:
    faults.give("POST", "wrong")
    with pytest.raises(CorruptObject, match="crc32c"):
        store.put_once("wrong", PAYLOAD)
    assert store.exists("wrong") is False


def test_bytes_that_change_while_they_are_read_are_found(store: BucketStore, faults: Faults) -> None:
    store.put_once("read", PAYLOAD)
    faults.give("GET", "bent")
    with pytest.raises(CorruptObject, match="'read'"):
        store.get("read")
    assert store.get("read") == PAYLOAD


def test_an_outage_beyond_patience_names_the_object_and_the_way_out(bucket: str, faults: Faults) -> None:
    store = BucketStore(
        BucketHome(bucket), retries=RetryPolicy(budget_s=1.0, first_pause_s=0.05, longest_pause_s=0.2, call_s=2)
    ).for_tenant("aurelle")
    faults.down = True
    for use in (lambda: store.put_once("n", b"1"), lambda: store.get("n"), lambda: list(store.list())):
        with pytest.raises(StoreOutage, match=r"for 1 s .*again when the bucket answers"):
            use()
    faults.down = False
    assert store.put_once("n", b"1") is True


def test_lines_are_waited_for_as_the_store_was_told(bucket: str, faults: Faults) -> None:
    store = BucketStore(
        BucketHome(bucket), retries=RetryPolicy(budget_s=60, first_pause_s=0.01, longest_pause_s=0.05, call_s=10)
    ).for_tenant("aurelle")
    store.put_once("events.jsonl", b"1\n2\n")
    faults.give("GET", "none", *["503"] * 20)  # the object is found; its bytes come at the 21st time of asking
    assert list(store.lines("events.jsonl")) == [b"1\n", b"2\n"]
    assert faults.waiting == []


def test_a_store_is_opened_with_the_patience_of_whoever_opens_it() -> None:
    short, long = open_store("gs://b", patience_s=24.0), open_store("gs://b")
    assert isinstance(short, BucketStore)
    assert isinstance(long, BucketStore)
    assert short.for_tenant("aurelle").retries == RetryPolicy(
        budget_s=24.0, first_pause_s=1.0, longest_pause_s=3.0, call_s=24.0
    )
    assert long.retries.budget_s == 900


def test_a_refusal_is_not_repeated(store: BucketStore, faults: Faults) -> None:
    faults.seen.clear()
    faults.give("POST", "403")
    with pytest.raises(BucketRefused, match="these credentials may use it"):
        store.put_once("n", b"1")
    assert faults.seen.count("POST") == 1


def test_a_bucket_that_is_not_there_is_refused(faults: Faults) -> None:
    store = BucketStore(BucketHome("nowhere-at-all"), retries=QUICK).for_tenant("aurelle")
    for use in (lambda: store.put_once("n", b"1"), lambda: list(store.list()), lambda: replaced(store, "n")):
        with pytest.raises(BucketRefused, match=r"'nowhere-at-all' refused it .there is no such bucket"):
            use()


def replaced(store: BucketStore, name: str) -> None:
    with store.replacing(name) as file:
        file.write_bytes(b"1")


@pytest.mark.parametrize("name", ["../b/x", "x/../../b", "/etc/passwd", "x//y", "", "a\\b", "x/.", "é"])
def test_a_name_outside_the_tenant_is_refused_before_any_request(store: BucketStore, faults: Faults, name: str) -> None:
    before = len(faults.seen)
    for use in (store.get, store.stat, store.exists, store.remove, lambda n: store.put_once(n, b"")):
        with pytest.raises(FoundryError, match="outside"):
            use(name)
    assert len(faults.seen) == before


def test_a_tenant_lists_its_own_objects_only(bucket: str) -> None:
    whole = BucketStore(BucketHome(bucket), retries=QUICK)
    whole.for_tenant("a").put_once("one", b"1")
    whole.for_tenant("ab").put_once("two", b"2")
    assert list(whole.for_tenant("a").list()) == ["one"]
    assert sorted(whole.list()) == ["a/one", "ab/two"]
    assert whole.for_tenant("a").present(["one", "two", "x"]) == [True, False, False]


def test_lines_and_patterns_are_read_without_holding_the_object(store: BucketStore) -> None:
    store.put_once("campaigns/one/manifest.jsonl", b"1\n2\n3\n")
    store.put_once("campaigns/one/other.jsonl", b"")
    store.put_once("campaigns/two/manifest.jsonl", b"")
    assert list(store.lines("campaigns/one/manifest.jsonl")) == [b"1\n", b"2\n", b"3\n"]
    found = [f"campaigns/{name}/manifest.jsonl" for name in ("one", "two")]
    assert list(store.matching("campaigns/*/manifest.jsonl")) == found
    assert sorted(store.newest("campaigns/*/manifest.jsonl", 5)) == found
    with store.replacing(found[0]) as file:
        file.write_bytes(b"4\n")
    assert store.newest("campaigns/*/manifest.jsonl", 1) == found[:1]
    with pytest.raises(NoSuchObject):
        list(store.lines("gone"))


def test_a_view_is_replaced_whole_or_not_at_all(store: BucketStore, faults: Faults) -> None:
    for text in (b"one", b"two"):
        with store.replacing("view.html") as file:
            file.write_bytes(text)
    with contextlib.suppress(RuntimeError), store.replacing("view.html") as file:
        file.write_bytes(b"half")
        raise RuntimeError
    assert store.get("view.html") == b"two"
    store.remove("view.html")
    store.remove("view.html")
    with pytest.raises(NoSuchObject, match=r"'view.html' does not exist"):
        store.get("view.html")


def test_a_tenant_with_a_bucket_of_its_own_is_kept_apart(faults: Faults, bucket: str) -> None:
    CONNECTIONS.client().create_bucket(f"{bucket}-own")
    key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
    own = a_tenant("aurelle").model_copy(update={"storage": Storage(bucket=f"{bucket}-own", kms_key=key)})
    store = open_store(f"gs://{bucket}/base", [own])
    store.for_tenant("aurelle").put_once("x", b"1")
    store.for_tenant("other").put_once("x", b"2")
    assert store.for_tenant("aurelle").address("x") == f"gs://{bucket}-own/aurelle/x"
    assert store.for_tenant("other").address("x") == f"gs://{bucket}/base/other/x"
    assert [blob.name for blob in CONNECTIONS.client().list_blobs(f"{bucket}-own")] == ["aurelle/x"]
    kept = store.for_tenant("aurelle")
    assert isinstance(kept, BucketStore)
    assert kept._blob("x").kms_key_name == key


def test_a_store_travels_to_a_worker_as_a_value(store: BucketStore) -> None:
    store.put_once("x", b"1")
    assert pickle.loads(pickle.dumps(store)).get("x") == b"1"


def test_a_signed_address_opens_the_object(
    store: BucketStore, faults: Faults, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from google.auth.credentials import Signing
    from google.oauth2 import service_account

    from tests.support.service_account import key_file

    store.put_once("x.txt", b"signed")
    credentials = service_account.Credentials.from_service_account_file(str(key_file(tmp_path)))
    assert isinstance(credentials, Signing)
    monkeypatch.setattr(CONNECTIONS.client(), "_credentials", credentials)
    address = store.sign("x.txt", seconds=60)
    assert "X-Goog-Signature=" in address
    assert "X-Goog-Expires=60" in address
    with urllib.request.urlopen(address.replace("https://", "http://"), timeout=5) as answer:
        assert answer.read() == b"signed"
    with pytest.raises(NoSuchObject):
        store.sign("gone")


def test_addresses_of_other_kinds_are_refused(tmp_path: Path) -> None:
    assert open_store(str(tmp_path)) == LocalStore(tmp_path)
    for wrong in ("s3://bucket/x", "gs://", "gs:///x"):
        with pytest.raises(BadInput, match="gs://bucket"):
            open_store(wrong)
    assert crc32c(b"") == "AAAAAA=="
