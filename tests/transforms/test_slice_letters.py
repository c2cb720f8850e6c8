"""Dead letters of a plan's slices: kept until the whole plan is finished, in whichever order slices are."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.manifest import DeadLetter
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice, slice_bounds, slice_plan
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted
from tests.support.finished import finish_masters, finish_variant, variants_of
from transforms.manifest import folder_of, read_letters, write_manifest
from transforms.slice_letters import forget_slices, keep_letters, letters_of_slice, letters_of_slices


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief"), alternatives=4).plan


def slices(plan: Plan, most: int) -> list[PlanSlice]:
    return [slice_plan(plan, first, stop) for first, stop in slice_bounds(plan, most)]


def letters_for(plan_slice: PlanSlice) -> list[DeadLetter]:
    """A letter for the last variant of the slice."""
    last = variants_of(plan_slice)[-1]
    return [DeadLetter("render", "checks_failed", last.key, "Too large.", plan_slice.digest)]


@settings(max_examples=20, deadline=None)
@given(most=st.integers(1, 200), seed=st.randoms(use_true_random=False))
def test_slices_in_any_order_make_the_manifest_of_the_whole(plan: Plan, most: int, seed: object) -> None:
    pieces = slices(plan, most)
    assert [shot.name for piece in pieces for shot in piece.shots()] == [shot.name for shot in plan.shots()]
    assert sum(len(variants_of(piece)) for piece in pieces) == plan.variant_count
    seed.shuffle(pieces)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder))
        finish_masters(plan, store)
        for piece in pieces:
            *finished, _ = variants_of(piece)
            for variant in finished:
                finish_variant(variant, store)
            assert keep_letters(piece, store, letters_for(piece)) == 1
        rows = write_manifest(plan, store, letters_of_slices(plan, store))
        assert rows + len(pieces) == plan.variant_count
        keys = [letter.key for letter in read_letters(plan, store)]
        assert keys == sorted(letter.key for piece in pieces for letter in letters_for(piece))


def test_a_second_attempt_replaces_the_letters_of_the_first(plan: Plan, tmp_path: Path) -> None:
    store, piece = LocalStore(tmp_path), slices(plan, 1)[0]
    keep_letters(piece, store, letters_for(piece) * 3)
    keep_letters(piece, store, letters_for(piece))
    assert letters_of_slice(piece, store) == tuple(letters_for(piece))
    keep_letters(piece, store, [])
    assert letters_of_slice(piece, store) == ()


def test_forgotten_slices_leave_the_rest_of_the_campaign(plan: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    own = store.for_tenant(plan.tenant.id)
    own.put_once(f"{folder_of(plan)}/brief.json", b"{}")
    for piece in slices(plan, 1):
        keep_letters(piece, store, letters_for(piece))
    forget_slices(plan, store)
    assert list(letters_of_slices(plan, store)) == []
    assert list(own.list("")) == [f"{folder_of(plan)}/brief.json"]
