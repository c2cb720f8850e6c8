"""A folder store is a boundary: no link leads out of it, its files are its owner's alone, and damage is found."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from foundry.store import scratch
from foundry.store.marks import ATTRIBUTE
from foundry.store.object_store import (
    SCRATCH,
    CorruptObject,
    ForeignName,
    LocalStore,
    ObjectStat,
    ObjectStore,
    crc32c,
    is_plain_name,
)


@pytest.fixture
def whole(tmp_path: Path) -> LocalStore:
    """A store with an object of each of two tenants."""
    store = LocalStore(tmp_path / "store")
    for tenant in ("aurelle", "northpeak"):
        assert store.for_tenant(tenant).put_once("in/one", tenant.encode())
    return store


def reads(store: ObjectStore, name: str) -> list[Callable[[], object]]:
    return [
        lambda: store.get(name),
        lambda: store.head(name, 1),
        lambda: list(store.lines(name)),
        lambda: store.stat(name),
    ]


@pytest.mark.parametrize("target", ["../../northpeak/in/one", "/etc/passwd", "one", "none"])
def test_an_object_that_is_a_link_is_refused_whatever_is_behind_it(whole: LocalStore, target: str) -> None:
    own = whole.for_tenant("aurelle")
    own.path("in/link").symlink_to(target)
    assert not own.exists("in/link")
    assert list(own.list()) == ["in/one"]
    assert list(own.matching("in/*")) == ["in/one"]
    for read in reads(own, "in/link"):
        with pytest.raises(ForeignName):
            read()
    with pytest.raises(ForeignName):
        own.put_once("in/link", b"x")
    assert whole.for_tenant("northpeak").get("in/one") == b"northpeak"


def test_a_folder_that_is_a_link_is_refused_too(whole: LocalStore, tmp_path: Path) -> None:
    own = whole.for_tenant("aurelle")
    (tmp_path / "outside").mkdir()
    for name, target in (("other", whole.root / "northpeak" / "in"), ("out", tmp_path / "outside")):
        (whole.root / "aurelle" / name).symlink_to(target)
        for read in reads(own, f"{name}/one"):
            with pytest.raises(ForeignName):
                read()
        with pytest.raises(ForeignName):
            own.put_once(f"{name}/two", b"x")
        with pytest.raises(ForeignName), own.replacing(f"{name}/two") as file:
            file.write_bytes(b"x")
    assert list(own.list()) == ["in/one"]
    assert list(own.matching("*/one")) == ["in/one"]
    assert list((tmp_path / "outside").iterdir()) == []
    assert sorted(whole.for_tenant("northpeak").list()) == ["in/one"]


def test_a_tenants_folder_that_is_a_link_to_another_tenants_opens_nothing(whole: LocalStore) -> None:
    (whole.root / "third").symlink_to(whole.root / "northpeak")
    third = whole.for_tenant("third")
    assert list(third.list()) == list(third.matching("in/*")) == []
    assert not third.exists("in/one")
    with pytest.raises(ForeignName):
        third.get("in/one")


def test_the_root_may_be_a_link_that_the_operator_made(whole: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "mount").symlink_to(whole.root)
    own = LocalStore(tmp_path / "mount").for_tenant("aurelle")
    assert own.get("in/one") == b"aurelle"
    assert own.put_once("in/two", b"2")


@pytest.mark.parametrize(
    "pattern", ["../northpeak/*", "*/../../northpeak/*", "/etc/*", "..", "", "*/", "a//b", "in/./*", ".*/x", "a\\*"]
)
def test_a_pattern_or_prefix_that_climbs_is_refused(whole: LocalStore, pattern: str) -> None:
    own = whole.for_tenant("aurelle")
    with pytest.raises(ForeignName):
        own.matching(pattern)
    if ".." in pattern or pattern.startswith("/"):
        with pytest.raises(ForeignName):
            own.list(pattern)


@pytest.mark.parametrize("tenant", ["", ".", "..", "../northpeak", "a/b", "/etc", "A", "a\n", ".scratch", "a" * 64])
def test_a_text_that_is_no_tenants_id_opens_no_store(whole: LocalStore, tenant: str) -> None:
    with pytest.raises(ForeignName):
        whole.for_tenant(tenant)


def test_a_name_that_ends_in_a_new_line_is_not_plain() -> None:
    assert not is_plain_name("a\n")


def test_files_and_folders_are_their_owners_alone(whole: LocalStore) -> None:
    whole.for_tenant("aurelle").put_file_once("deep/er/two", whole.root / "aurelle" / "in" / "one")
    with whole.for_tenant("aurelle").replacing("view.html") as file:
        file.write_bytes(b"view")
    rights = {path.stat().st_mode & 0o777 for path in whole.root.rglob("*") if path.is_file()}
    assert rights == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (whole.root, *whole.root.rglob("*")) if path.is_dir()} == {0o700}


def cut(file: Path) -> None:
    os.truncate(file, 3)


def change(file: Path) -> None:
    file.write_bytes(b"A" + file.read_bytes()[1:])


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, change, empty])
def test_a_damaged_object_does_not_count_as_there_and_is_made_again(
    whole: LocalStore, damage: Callable[[Path], None]
) -> None:
    own = whole.for_tenant("aurelle")
    time.sleep(0.01)
    damage(own.path("in/one"))
    assert own.present(["in/one"]) == [False]
    for read in (lambda: own.get("in/one"), lambda: list(own.lines("in/one"))):
        with pytest.raises(CorruptObject, match="in/one"):
            read()
    assert own.put_once("in/one", b"aurelle")
    assert own.get("in/one") == b"aurelle"
    assert list(own.list()) == ["in/one"]
    (aside,) = (whole.root / ".damaged" / "aurelle" / "in").iterdir()
    assert aside.name == "one.0"
    assert sorted(whole.list()) == ["aurelle/in/one", "northpeak/in/one"]


def test_an_object_that_was_only_touched_counts_as_there(whole: LocalStore) -> None:
    own = whole.for_tenant("aurelle")
    os.utime(own.path("in/one"), (1, 1))
    assert own.exists("in/one")
    assert not own.put_once("in/one", b"other")


def test_an_object_is_held_against_its_record_also_without_a_mark(whole: LocalStore) -> None:
    own = whole.for_tenant("aurelle")
    wanted = ObjectStat("in/one", 7, crc32c(b"aurelle"))
    assert own.is_intact(wanted)
    assert not own.is_intact(ObjectStat("in/one", 7, crc32c(b"aurella")))
    assert not own.is_intact(ObjectStat("in/none", 7, crc32c(b"aurelle")))
    own.path("in/one").unlink()
    own.path("in/one").write_bytes(b"aurella")
    assert not own.is_intact(wanted)
    own.path("in/one").write_bytes(b"aurelle")
    assert own.is_intact(wanted)
    assert ATTRIBUTE in os.listxattr(own.path("in/one"))


def test_what_is_wrong_with_an_object_survives_pickling() -> None:
    error = CorruptObject("a", "b", "c", "sha256")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def _hold(folder: Path, ready: multiprocessing.Queue[str]) -> None:
    ready.put(str(scratch.take_scratch(folder)))
    time.sleep(60)


def test_scratch_is_swept_when_its_process_ends_and_not_before(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    writer = context.Process(target=_hold, args=(store.scratch_folder(), ready))
    writer.start()
    held = Path(ready.get(timeout=60))
    with store.scratch_file() as own:
        assert store.sweep() == 0
        assert held.exists()
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        assert store.sweep() == 1
        assert own.exists()
        assert not held.exists()
    assert store.sweep() == 0


def test_the_id_of_another_containers_process_says_nothing_about_a_lease(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    file = scratch.take_scratch(store.scratch_folder())
    renamed = file.with_name("999999999-x")
    file.rename(renamed)
    assert store.sweep() == 0
    scratch.give_back_scratch(file)
    assert store.sweep() == 1
    assert list((tmp_path / SCRATCH).iterdir()) == []
