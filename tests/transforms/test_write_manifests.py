"""The manifest stage when things go wrong: killed, run twice, overtaken, damaged, read meanwhile, mostly refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from foundry.letter_figures import MOST_LETTERS, LetterFigures
from foundry.manifest import DeadLetter
from foundry.manifest_index import BrokenManifest, ManifestReplaced, each_line, each_record
from foundry.manifest_reading import find_record
from foundry.plan.plan import Plan
from foundry.store.object_store import LocalStore
from tests.support.briefs import a_brief, admitted
from tests.support.finished import a_file, finish_masters, variants_of
from tests.support.manifests import dead_letters, finish_manifest, manifest_rows, the_index, write_rows, write_shards
from transforms.finish_manifest import write_index
from transforms.publish import rendition_record
from transforms.slice_results import SliceResult
from transforms.write_manifests import SumLetters

MANY = 900
"""Products of the large plan: 5,400 files, so that there are two shards."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    product = a_brief()["products"][0]
    products = [{**product, "id": f"p{number:04d}", "name": f"P {number}"} for number in range(MANY)]
    return admitted(tmp_path_factory.mktemp("large"), products=products).plan


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("small")).plan


def finished(variant: Any) -> Any:
    return rendition_record(variant, a_file(variant))


def make(plan: Plan, store: LocalStore) -> None:
    finish_masters(plan, store)
    write_rows(plan, store, finished)
    finish_manifest(plan, store)


def views(store: LocalStore) -> dict[str, bytes]:
    own = store.for_tenant("aurelle")
    return {name: own.get(name) for name in own.list("campaigns/")}


def test_a_large_plan_has_shards_and_any_of_its_files_is_found(large: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    make(large, store)
    index, own = the_index(store), store.for_tenant("aurelle")
    assert [(shard.first, shard.rows) for shard in index.shards] == [(0, 5040), (5000, 360)]
    names = [variant.name for variant in variants_of(large)]
    assert [record.asset for record in each_record(own, index)] == names
    rows = manifest_rows(store)
    for at in (0, 4999, 5399):
        assert find_record(own, index, names[at]) == rows[at]
    assert find_record(own, index, "f" * 32) is None


def test_a_smaller_plan_after_a_larger_one_leaves_nothing_of_it(large: Plan, small: Plan, tmp_path: Path) -> None:
    store, alone = LocalStore(tmp_path / "both"), LocalStore(tmp_path / "alone")
    make(large, store)
    make(small, store)
    make(small, alone)
    assert views(store) == views(alone)


def test_shards_that_are_written_twice_are_the_same(small: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    finish_masters(small, store)
    write_rows(small, store, finished)
    write_shards(small, store)
    once = views(store)
    write_shards(small, store)
    assert views(store) == once


def test_of_two_runs_of_one_plan_the_last_to_end_finds_the_manifest_of_the_first(small: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    own = store.for_tenant("aurelle")
    finish_masters(small, store)
    write_rows(small, store, finished)
    result = SliceResult(letters=LetterFigures(), first=(), shards=tuple(write_shards(small, store)), shot_letters=())
    index = write_index(small, own, [result])
    before = views(store)
    assert index.rows == len(variants_of(small))
    assert write_index(small, own, [result]) == index
    assert views(store) == before


@dataclass(frozen=True)
class Killed(LocalStore):
    """Ends the run when the index would be replaced."""

    alive: ClassVar[bool] = False

    def for_tenant(self, tenant: str) -> Killed:
        return Killed(self.root, f"{tenant}/")

    def replacing(self, name: str) -> Any:
        if name.endswith("/manifest.json"):
            raise KeyboardInterrupt
        return super().replacing(name)


def test_a_run_that_ends_between_shards_and_index_leaves_the_old_one_and_the_next_is_as_if_undisturbed(
    small: Plan, tmp_path: Path
) -> None:
    store, alone = LocalStore(tmp_path / "killed"), LocalStore(tmp_path / "alone")
    refused, *_ = variants_of(small)
    letter = DeadLetter("render", "checks_failed", refused.key, "Too large.", small.digest)
    finish_masters(small, store)
    write_rows(small, store, lambda variant: letter if variant == refused else finished(variant))
    finish_manifest(small, store, (), [letter])
    before = manifest_rows(store)
    write_rows(small, store, finished)
    with pytest.raises(KeyboardInterrupt):
        finish_manifest(small, Killed(store.root))
    assert (manifest_rows(store), dead_letters(store)) == (before, [letter])
    make(small, store)
    make(small, alone)
    assert views(store) == views(alone)


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"x" + data[1:], None])
def test_a_shard_that_was_cut_changed_or_lost_is_named(small: Plan, tmp_path: Path, damage: Any) -> None:
    store = LocalStore(tmp_path)
    make(small, store)
    index, own = the_index(store), store.for_tenant("aurelle")
    file = index.shards[0].lines
    path = own.path(file.name)
    data = path.read_bytes()
    path.unlink()
    if damage:
        path.write_bytes(damage(data))
    with pytest.raises(BrokenManifest, match=file.name):
        list(each_record(own, index))


def test_a_reader_of_a_manifest_that_is_replaced_meanwhile_is_told_so(large: Plan, small: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    make(large, store)
    index, own = the_index(store), store.for_tenant("aurelle")
    reading = each_line(own, index, index.shards[0].lines)
    next(reading)
    make(small, store)
    assert len(list(reading)) == index.shards[0].rows - 1
    with pytest.raises(ManifestReplaced, match="read it again"):
        list(each_line(own, index, index.shards[1].lines))


def test_thousands_of_letters_of_one_refused_shot_are_stored_and_a_hundred_held(large: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    letters = [DeadLetter("render", "no_master", v.key, "No master.", large.digest) for v in variants_of(large)]
    by_key = {letter.key: letter for letter in letters}
    of_shots = [DeadLetter("draw", "shot_refused", shot.key, "Refused.", large.digest) for shot in large.shots()]
    write_rows(large, store, lambda variant: by_key[variant.key])
    finish_manifest(large, store, of_shots, letters)
    index = the_index(store)
    assert (index.rows, index.failed) == (0, len(letters) + len(of_shots))
    assert dead_letters(store)[len(of_shots) :] == letters
    stored = store.for_tenant("aurelle").get("campaigns/test/dead_letters.jsonl")
    assert len(stored.splitlines()) == index.failed
    sums = SumLetters()
    held = sums.create_accumulator()
    for letter in letters:
        held = sums.add_input(held, letter)
        assert len(held[1]) <= MOST_LETTERS
    assert (held[0].total, held[1]) == (len(letters), tuple(sorted(letters, key=lambda each: each.key)[:MOST_LETTERS]))
    assert sums.merge_accumulators([held, held])[0].total == 2 * len(letters)
    assert replace(index, failed=0) != index
