"""Objects are written once, verified, and never half seen."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from foundry.errors import FoundryError
from foundry.store.object_store import SCRATCH, CorruptObject, LocalStore, NoSuchObject, crc32c, each_fetched


def test_the_first_writer_wins_and_the_second_is_told(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("a")
    assert store.put_once("x/y.txt", b"one") is True
    assert store.put_once("x/y.txt", b"two") is False
    assert store.get("x/y.txt") == b"one"


def test_stat_tells_size_and_checksum_as_the_cloud_does(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("a")
    store.put_once("n", b"123456789")
    found = store.stat("n")
    assert found is not None
    assert (found.size, found.crc32c) == (9, "4waSgw==")  # CRC-32C check value E3069283
    assert store.stat("none") is None


@pytest.mark.parametrize("name", ["../b/x", "x/../../b", "/etc/passwd", "x//y", "", "a\\b", "x/.", "é"])
def test_a_name_outside_the_tenant_is_refused(tmp_path: Path, name: str) -> None:
    store = LocalStore(tmp_path).for_tenant("a")
    for use in (store.get, store.stat, lambda n: store.put_once(n, b"")):
        with pytest.raises(FoundryError, match="outside"):
            use(name)
    assert list(tmp_path.iterdir()) == []


def test_a_tenant_lists_its_own_objects_only(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.for_tenant("a").put_once("one", b"1")
    store.for_tenant("ab").put_once("two", b"2")
    assert list(store.for_tenant("a").list()) == ["one"]
    assert sorted(store.list()) == ["a/one", "ab/two"]


def test_a_listing_of_a_prefix_holds_the_names_that_begin_with_it(tmp_path: Path) -> None:
    own = LocalStore(tmp_path).for_tenant("a")
    for name in ("campaigns/c/plans/1", "campaigns/c/plans/10", "campaigns/c/plan", "campaigns/cc/plans/1"):
        own.put_once(name, b"1")
    assert list(own.list("campaigns/c/plans/1")) == ["campaigns/c/plans/1", "campaigns/c/plans/10"]
    assert sorted(own.list("campaigns/c/plan")) == ["campaigns/c/plan", "campaigns/c/plans/1", "campaigns/c/plans/10"]
    assert list(own.list("campaigns/c/plan/")) == []
    assert list(own.list("none/")) == []
    assert list(LocalStore(tmp_path).list("a/campaigns/cc/")) == ["a/campaigns/cc/plans/1"]


def test_the_head_of_an_object_is_its_first_bytes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put_once("a", b"123456789")
    assert (store.head("a", 4), store.head("a", 20)) == (b"1234", b"123456789")
    with pytest.raises(NoSuchObject, match="'b'"):
        store.head("b", 4)


def test_a_section_of_an_object_is_cut_at_its_end(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put_once("aurelle/x", b"0123456789")
    assert store.section("aurelle/x", 2, 5) == b"234"
    assert store.section("aurelle/x", 8, 99) == b"89"
    assert store.section("aurelle/x", 5, 5) == b""
    with pytest.raises(NoSuchObject):
        store.section("aurelle/y", 0, 1)


def test_objects_are_fetched_in_order_and_missing_ones_are_none(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for number in range(0, 200, 2):
        store.put_once(f"aurelle/{number:03d}", str(number).encode())
    found = list(each_fetched(store, (f"aurelle/{number:03d}" for number in range(200))))
    assert found == [None if number % 2 else str(number).encode() for number in range(200)]


def test_a_prefix_may_end_within_a_name_and_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("aurelle")
    for name in ("a/b/one", "a/b/other", "a/c", "a/bc/one"):
        store.put_once(name, b"")
    assert list(store.list("a/b")) == ["a/b/one", "a/b/other", "a/bc/one"]
    assert list(store.list("a/b/o")) == ["a/b/one", "a/b/other"]
    assert list(store.list("a/x/")) == []


def test_a_missing_object_is_named(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("a")
    with pytest.raises(NoSuchObject, match="'gone' does not exist"):
        store.get("gone")
    with pytest.raises(NoSuchObject):
        store.sign("gone")


def test_bytes_that_change_on_the_way_are_found_and_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: honest(self)[:-1] + b"?")
    with pytest.raises(CorruptObject, match="crc32c"):
        LocalStore(tmp_path).for_tenant("a").put_once("x", b"data")
    monkeypatch.undo()
    assert list(LocalStore(tmp_path).list()) == []
    assert list((tmp_path / SCRATCH).iterdir()) == []


def _race(root: Path, number: int, wins: multiprocessing.Queue[int]) -> None:
    store = LocalStore(root).for_tenant("a")
    wins.put(sum(store.put_once(f"object-{k}", f"{number}".encode() * 1000) for k in range(50)))


def test_writers_that_race_leave_one_whole_object_each(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    wins = context.Queue()
    writers = [context.Process(target=_race, args=(tmp_path, n, wins)) for n in range(4)]
    for writer in writers:
        writer.start()
    assert sum(wins.get(timeout=60) for _ in writers) == 50
    for writer in writers:
        writer.join()
    store = LocalStore(tmp_path).for_tenant("a")
    assert all(len(set(store.get(name))) == 1 for name in store.list())


def _write_forever(root: Path) -> None:
    store, number = LocalStore(root).for_tenant("a"), 0
    while True:
        store.put_once(f"o/{number}", bytes([number % 256]) * 300_000)
        number += 1


def test_a_killed_writer_leaves_whole_objects_and_its_scratch_is_swept(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for _ in range(5):
        writer = context.Process(target=_write_forever, args=(tmp_path,))
        writer.start()
        while not list(tmp_path.glob("a/o/*")):
            time.sleep(0.01)
        time.sleep(0.05)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
    store = LocalStore(tmp_path)
    assert all(len(store.get(name)) == 300_000 for name in store.list())
    store.sweep()
    assert list((tmp_path / SCRATCH).iterdir()) == []


def test_a_view_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("a")
    with store.replacing("view") as path:
        path.write_bytes(b"one")
    with contextlib.suppress(RuntimeError), store.replacing("view") as path:
        path.write_bytes(b"half")
        raise RuntimeError
    assert store.get("view") == b"one"
    assert crc32c(b"one") == store.stat("view").crc32c  # type: ignore[union-attr]
