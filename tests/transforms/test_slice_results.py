"""A plan that is made in slices: whoever ends it puts their results together, and asks for no variant."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.letter_figures import count_letters
from foundry.manifest import DeadLetter
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice, slice_bounds, slice_plan
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted
from tests.support.finished import a_file, finish_masters, variants_of
from tests.support.manifests import Result, dead_letters, finish_manifest, manifest_rows, write_rows
from transforms.finish_manifest import write_index
from transforms.publish import rendition_record
from transforms.slice_results import each_result, forget_results, read_result


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief"), alternatives=4).plan


def slices(plan: Plan, most: int) -> list[PlanSlice]:
    return [slice_plan(plan, first, stop) for first, stop in slice_bounds(plan, most)]


def shot_letters(plan: Plan) -> list[DeadLetter]:
    return [DeadLetter("draw", "shot_refused", shot.key, "Refused.", plan.digest) for shot in plan.shots()]


def refused(plan: Plan) -> list[DeadLetter]:
    """A letter for the last variant of each shot."""
    last = [list(plan.variants(shot))[-1] for shot in plan.shots()]
    return [DeadLetter("render", "checks_failed", variant.key, "Too large.", plan.digest) for variant in last]


def run(plan: Plan, store: LocalStore) -> None:
    """Settle the files of a plan or a slice, and write what its run leaves for the manifest."""
    letters = {letter.key: letter for letter in refused(plan)}

    def result(variant: object) -> Result:
        return letters.get(variant.key) or rendition_record(variant, a_file(variant))  # type: ignore[attr-defined,arg-type]

    write_rows(plan, store, result)  # type: ignore[arg-type]
    finish_manifest(plan, store, shot_letters(plan), refused(plan))


def views(store: LocalStore) -> dict[str, bytes]:
    own = store.for_tenant("aurelle")
    return {name: own.get(name) for name in own.list("campaigns/")}


@settings(max_examples=20, deadline=None)
@given(most=st.integers(1, 200), seed=st.integers(0, 1000))
def test_slices_in_any_order_leave_the_manifest_of_the_whole(plan: Plan, most: int, seed: int) -> None:
    pieces = slices(plan, most)
    assert [shot.name for piece in pieces for shot in piece.shots()] == [shot.name for shot in plan.shots()]
    assert sum(len(variants_of(piece)) for piece in pieces) == plan.variant_count
    random.Random(seed).shuffle(pieces)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        cut, whole = LocalStore(Path(one)), LocalStore(Path(other))
        for store in (cut, whole):
            finish_masters(plan, store)
        for piece in pieces:
            run(piece, cut)
            assert read_result(piece, cut.for_tenant("aurelle")).letters.total == 2 * len(list(piece.shots()))
        own = cut.for_tenant("aurelle")
        write_index(plan, own, each_result(plan, own))
        run(plan, whole)
        assert views(cut) == views(whole)
        assert len(manifest_rows(cut)) + plan.shot_count == plan.variant_count
        assert count_letters(dead_letters(cut)).of_code("shot_refused") == plan.shot_count


def test_a_second_attempt_replaces_the_result_of_the_first(plan: Plan, tmp_path: Path) -> None:
    store, piece = LocalStore(tmp_path), slices(plan, 1)[0]
    own = store.for_tenant("aurelle")
    finish_masters(plan, store)
    run(piece, store)
    assert read_result(piece, own).first == tuple(
        sorted(shot_letters(piece) + refused(piece), key=lambda letter: (letter.stage, letter.key))
    )
    write_rows(piece, store)
    finish_manifest(piece, store)
    assert (read_result(piece, own).first, read_result(piece, own).letters.total) == ((), 0)
    write_index(plan, own, each_result(plan, own))
    assert dead_letters(store) == []


def test_a_stopped_plan_shows_the_slices_that_were_made(plan: Plan, tmp_path: Path) -> None:
    store, (first, *_) = LocalStore(tmp_path), slices(plan, 1)
    own = store.for_tenant("aurelle")
    finish_masters(plan, store)
    run(first, store)
    index = write_index(plan, own, each_result(plan, own))
    assert (index.plan, index.rows) == (plan.digest, len(variants_of(first)) - len(refused(first)))
    assert len(manifest_rows(store)) == index.rows


def test_forgotten_results_leave_the_manifest_and_the_next_one_leaves_nothing_else(plan: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    own = store.for_tenant("aurelle")
    finish_masters(plan, store)
    run(plan, store)
    before = views(store)
    for piece in slices(plan, 1):
        run(piece, store)
    assert len(views(store)) > len(before)
    forget_results(plan, own)
    assert list(each_result(plan, own)) == []
    assert views(store).items() >= before.items()
    run(plan, store)
    assert views(store) == before
