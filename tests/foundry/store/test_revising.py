"""Small objects that several writers change: none overwrites another's change, in a folder and in a bucket."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry.errors import FoundryError
from foundry.store.addresses import open_store
from foundry.store.object_store import SCRATCH, NoSuchObject, ObjectStore
from infra.stack import running
from tests.support.buckets import client_of, named_bucket

ROUNDS, WRITERS = 40, 3


def add_one(store: ObjectStore, rounds: int = ROUNDS) -> None:
    """Count up, so many times."""
    for _ in range(rounds):
        store.revise("books/count", lambda before: str(int(before or b"0") + 1).encode())


def test_each_change_sees_the_one_before(tmp_path: Path) -> None:
    store = open_store(str(tmp_path)).for_tenant("aurelle")
    seen: list[bytes | None] = []

    def remember(before: bytes | None) -> bytes:
        seen.append(before)
        return (before or b"") + b"x"

    for _ in range(3):
        store.revise("books/n.json", remember)
    assert (seen, store.get("books/n.json")) == ([None, b"x", b"xx"], b"xxx")


def test_a_change_that_returns_nothing_writes_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path)).for_tenant("aurelle")
    store.revise("books/n.json", lambda _: None)
    with pytest.raises(NoSuchObject):
        store.get("books/n.json")


def test_a_change_that_raises_leaves_the_object_and_the_lock_as_they_were(tmp_path: Path) -> None:
    store = open_store(str(tmp_path)).for_tenant("aurelle")
    add_one(store, 1)
    with pytest.raises(ZeroDivisionError):
        store.revise("books/count", lambda _: b"%d" % (1 // 0))
    add_one(store, 1)
    assert store.get("books/count") == b"2"


def test_a_foreign_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FoundryError, match="outside"):
        open_store(str(tmp_path)).for_tenant("aurelle").revise("../northpeak/n", lambda _: b"x")


def test_processes_and_threads_lose_no_change_of_a_folders_object(tmp_path: Path) -> None:
    store = open_store(str(tmp_path)).for_tenant("aurelle")
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=add_one, args=(store,)) for _ in range(WRITERS)]
    threads = [threading.Thread(target=add_one, args=(store,)) for _ in range(WRITERS)]
    for worker in (*processes, *threads):
        worker.start()
    for worker in (*processes, *threads):
        worker.join(120)
    assert store.get("books/count") == str(ROUNDS * 2 * WRITERS).encode()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running("gcs") as server:
        yield f"http://127.0.0.1:{server.port('http')}"


@pytest.mark.gcs
def test_processes_lose_no_change_of_a_buckets_object(endpoint: str) -> None:
    with client_of(endpoint):
        address = f"gs://{named_bucket()}/live"
        own = "from tests.foundry.store.test_revising import add_one; from foundry.store.addresses import open_store; "
        code = f"{own}add_one(open_store({address!r}).for_tenant('aurelle'), 10)"
        writers = [subprocess.Popen([sys.executable, "-c", code], env=os.environ) for _ in range(WRITERS)]
        assert [writer.wait(120) for writer in writers] == [0] * WRITERS
        assert open_store(address).for_tenant("aurelle").get("books/count") == str(10 * WRITERS).encode()


def test_a_lock_leaves_no_file_and_outlives_a_sweep(tmp_path: Path) -> None:
    store = open_store(str(tmp_path)).for_tenant("aurelle")
    adding = threading.Thread(target=add_one, args=(store, 2 * ROUNDS))
    adding.start()
    while adding.is_alive():
        store.sweep()
        add_one(store, 1)
        store.revise("books/ours", lambda before: str(int(before or b"0") + 1).encode())
    adding.join()
    assert int(store.get("books/count")) == 2 * ROUNDS + int(store.get("books/ours"))
    assert list((tmp_path / SCRATCH).iterdir()) == []
