"""Object names: no name leaves its tenant, and what a folder holds is listed as it was written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry.store.object_store import (
    ASKED_AT_ONCE,
    ForeignName,
    LocalStore,
    NoSuchObject,
    crc32c,
    crc32c_of,
    each_present,
    is_plain_name,
)

PARTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(name=st.text(max_size=20) | NAMES)
def test_a_plain_name_stays_below_its_folder(name: str) -> None:
    if is_plain_name(name):
        path = Path("/root/tenant") / name
        assert path.resolve().is_relative_to("/root/tenant")
        assert ".." not in path.parts
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", name)


@QUICK
@given(name=NAMES)
def test_names_of_plain_parts_are_plain(name: str) -> None:
    assert is_plain_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", "./a", "a/./b", "a b", "a\\b", "é", "a" * 900],
)
def test_a_name_that_is_no_plain_path_is_refused_by_every_operation(name: str, tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("aurelle")
    operations: list[Callable[[], object]] = [
        *(partial(operation, name) for operation in (store.get, store.exists, store.stat, store.remove)),
        *(partial(operation, name) for operation in (store.sign, store.address)),
        partial(store.put_once, name, b""),
        lambda: list(store.lines(name)),
    ]
    for operation in operations:
        with pytest.raises(ForeignName):
            operation()


@settings(QUICK, max_examples=15)
@given(objects=st.dictionaries(NAMES, st.binary(max_size=30), max_size=5))
def test_what_was_written_is_listed_and_read_back(
    objects: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = LocalStore(tmp_path_factory.mktemp("store")).for_tenant("aurelle")
    kept = {}
    for name, data in objects.items():
        if not any(name.startswith(f"{other}/") or other.startswith(f"{name}/") for other in kept):
            assert store.put_once(name, data)
            kept[name] = data
    assert sorted(store.list()) == sorted(kept)
    assert {name: store.get(name) for name in kept} == kept
    assert store.present([*kept, "none"]) == [True] * len(kept) + [False]


def test_presence_is_asked_for_in_groups_and_told_in_order(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("aurelle")
    store.put_once("a/1", b"")
    names = [f"a/{number % 3}" for number in range(3 * ASKED_AT_ONCE + 1)]
    assert list(each_present(store, iter(names))) == [name == "a/1" for name in names]


def test_a_pattern_matches_within_one_folder(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("aurelle")
    for name in ("c/one/m.jsonl", "c/two/m.jsonl", "c/two/parts/m.jsonl", "c/m.jsonl"):
        store.put_once(name, b"")
    assert list(store.matching("c/*/m.jsonl")) == ["c/one/m.jsonl", "c/two/m.jsonl"]


def test_the_newest_names_of_a_pattern_come_first(tmp_path: Path) -> None:
    store = LocalStore(tmp_path).for_tenant("aurelle")
    for written, name in enumerate(("c/old", "c/new", "c/middle")):
        store.put_once(f"{name}/m.json", b"")
        os.utime(tmp_path / "aurelle" / name / "m.json", (written, written))
    order = ["c/middle/m.json", "c/new/m.json", "c/old/m.json"]
    assert store.newest("c/*/m.json", 200) == order
    assert store.newest("c/*/m.json", 2) == order[:2]
    assert store.newest("nothing/*/m.json", 2) == []


def test_lines_and_files_are_streamed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store").for_tenant("aurelle")
    (tmp_path / "file").write_bytes(b"one\ntwo\n" * 300_000)
    assert store.put_file_once("a", tmp_path / "file") is True
    assert store.put_file_once("a", tmp_path / "file") is False
    assert sum(1 for _ in store.lines("a")) == 600_000
    assert crc32c_of(tmp_path / "file") == crc32c((tmp_path / "file").read_bytes())
    with pytest.raises(NoSuchObject, match="object 'b' does not exist; run the campaign again to make it"):
        list(store.lines("b"))


def test_a_checksum_is_that_of_the_standard() -> None:
    assert crc32c(bytes(32)) == "ipE2qg=="
    assert crc32c(b"\xff" * 32) == "YqirQw=="
