"""Estimates and needs: a plan's cost without its files, and what a store lacks of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from foundry.channel.placement import placements
from foundry.plan.estimate import (
    RENDER_MONEY,
    count_needs,
    estimate_plan,
    master_bytes,
    rendition_bytes,
    rendition_money,
    shot_money,
    shot_seconds,
    shot_share,
)
from foundry.plan.plan import Plan
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Two shots, six files."""
    return admitted(tmp_path).plan


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store").for_tenant("aurelle")


def finish(plan: Plan, store: LocalStore, shots: int, files: int) -> None:
    """Write the records of so many shots, and of so many files of the first shot."""
    for shot in list(plan.shots())[:shots]:
        store.put_once(shot.record, b"{}")
    for variant in list(plan.variants(next(plan.shots())))[:files]:
        store.put_once(variant.record, b"{}")


def test_an_estimate_is_the_sum_of_its_parts(plan: Plan) -> None:
    figures = estimate_plan(plan)
    cells = [(cell, len(locales)) for bucket, _, locales in plan.sides for cell in plan.cells[bucket]]
    files = sum((rendition_money(cell) * count for cell, count in cells), Decimal(0))
    assert figures.money == plan.shot_count * shot_money(plan.cards) + files
    assert figures.accelerator_seconds == plan.shot_count * shot_seconds(plan.cards)
    masters = sum(master_bytes(bucket, plan.cards.upscale) for bucket, _, _ in plan.sides)
    assert figures.size_bytes == masters + sum(rendition_bytes(cell) * count for cell, count in cells)


def test_an_estimate_grows_with_the_alternatives(tmp_path: Path) -> None:
    one, three = (estimate_plan(admitted(tmp_path, alternatives=count).plan) for count in (1, 3))
    assert (three.shots, three.variants) == (3 * one.shots, 3 * one.variants)
    assert (three.money, three.size_bytes) == (3 * one.money, 3 * one.size_bytes)


def test_an_empty_store_lacks_what_the_estimate_counts(plan: Plan, store: LocalStore) -> None:
    found, figures = count_needs(plan, store), estimate_plan(plan)
    assert (found.shots_to_draw, found.variants_to_make) == (figures.shots, figures.variants)
    assert (found.money, found.size_bytes) == (figures.money, figures.size_bytes)
    assert not found.nothing
    assert set(found.by_placement) == {placement.name for placement in plan.placements}


def test_files_of_a_drawn_shot_are_only_rendered(plan: Plan, store: LocalStore) -> None:
    finish(plan, store, shots=1, files=0)
    found = count_needs(plan, store)
    first = len(list(plan.variants(next(plan.shots()))))
    assert (found.shots_to_draw, found.shots_reused) == (1, 1)
    assert (found.variants_only_rendered, found.variants_to_make) == (first, plan.variant_count - first)


def test_a_shot_whose_files_all_exist_is_not_drawn_again(plan: Plan, store: LocalStore) -> None:
    finish(plan, store, shots=0, files=100)
    found = count_needs(plan, store)
    assert (found.shots_to_draw, found.shots_reused) == (1, 1)
    assert found.variants_reused == len(list(plan.variants(next(plan.shots()))))


def test_a_finished_plan_needs_nothing(plan: Plan, store: LocalStore) -> None:
    for shot in plan.shots():
        store.put_once(shot.record, b"{}")
        for variant in plan.variants(shot):
            store.put_once(variant.record, b"{}")
    found = count_needs(plan, store)
    assert found.nothing
    assert (found.money, found.size_bytes, found.variants_reused) == (0, 0, plan.variant_count)


def test_the_files_of_a_shot_share_its_cost(plan: Plan) -> None:
    for shot in plan.shots():
        assert shot_share(plan, shot) * plan.files_showing(shot) == pytest.approx(shot_money(plan.cards))


def test_a_still_costs_its_rendering_and_stays_below_the_limit_of_bytes(plan: Plan) -> None:
    cells = [cell for bucket in plan.cells.values() for cell in bucket]
    assert {rendition_money(cell) for cell in cells} == {RENDER_MONEY}
    assert all(0 < rendition_bytes(cell) <= placements()[cell.placement.name].max_bytes for cell in cells)
