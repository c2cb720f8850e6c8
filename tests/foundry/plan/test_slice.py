"""Slices of a plan: together they are the plan, and what must stay together does."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.plan.plan import Plan
from foundry.plan.slice import plan_cost, slice_bounds, slice_plan, slice_unit
from tests.support.briefs import admitted

SCENES = [{"id": f"s{number}", "prompt": f"Plaster wall, light {number}"} for number in range(3)]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief"), scenes=SCENES, alternatives=2).plan


@settings(max_examples=50, deadline=None)
@given(most=st.integers(1, 500))
def test_slices_follow_one_another_from_the_first_shot_to_the_last(plan: Plan, most: int) -> None:
    bounds = slice_bounds(plan, most)
    assert [shot for first, stop in bounds for shot in range(first, stop)] == list(range(plan.shot_count))


@settings(max_examples=50, deadline=None)
@given(most=st.integers(1, 500))
def test_a_slice_costs_no_more_than_asked_unless_it_is_one_unit(plan: Plan, most: int) -> None:
    shot_cost = plan_cost(plan) / plan.shot_count
    for first, stop in slice_bounds(plan, most):
        assert (stop - first) * shot_cost <= most or stop - first == slice_unit(plan)


@pytest.mark.parametrize("most", [1, 50, 10_000])
def test_slices_make_the_plans_shots_and_files_and_no_others(plan: Plan, most: int) -> None:
    slices = [slice_plan(plan, first, stop) for first, stop in slice_bounds(plan, most)]
    assert [shot for one in slices for shot in one.shots()] == list(plan.shots())
    files = [variant.name for one in slices for shot in one.shots() for variant in one.variants(shot)]
    assert len(files) == len(set(files)) == plan.variant_count


def test_alternatives_of_a_scene_stay_together(plan: Plan) -> None:
    for first, stop in slice_bounds(plan, 1):
        shots = list(slice_plan(plan, first, stop).shots())
        assert len({(shot.subject, shot.scene, shot.bucket, shot.mirrored) for shot in shots}) == 1
        assert [shot.alternative for shot in shots] == list(range(plan.brief.alternatives))


def test_all_scenes_of_a_film_stay_together(tmp_path: Path) -> None:
    films = admitted(tmp_path, scenes=SCENES, placements=["instagram/reels-film"]).plan
    for first, stop in slice_bounds(films, 1):
        assert {shot.scene for shot in slice_plan(films, first, stop).shots()} == set(range(len(SCENES)))


def test_a_slice_has_the_plans_digest_and_survives_pickling(plan: Plan) -> None:
    one = pickle.loads(pickle.dumps(slice_plan(plan, 2, 4)))
    assert one.digest == plan.digest
    assert one.name == "000000002-000000004"
    assert [shot.name for shot in one.shots()] == [shot.name for shot in list(plan.shots())[2:4]]
