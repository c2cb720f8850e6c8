"""Parts of a plan: together they are the plan, and what must stay together does."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from foundry.plan.plan import Plan
from foundry.plan.slice import cost_of, part, parts_of, unit_of
from tests.support.briefs import admitted

SCENES = [{"id": f"s{number}", "prompt": f"Plaster wall, light {number}"} for number in range(3)]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return admitted(tmp_path, scenes=SCENES, alternatives=2).plan


@pytest.mark.parametrize("most", [1, 50, 90, 10_000])
def test_parts_together_are_the_plan(plan: Plan, most: int) -> None:
    shots = [shot for first, stop in parts_of(plan, most) for shot in part(plan, first, stop).shots()]
    assert shots == list(plan.shots())


def test_parts_cost_no_more_than_asked_where_that_is_possible(plan: Plan) -> None:
    most = cost_of(plan) // 3
    parts = parts_of(plan, most)
    assert len(parts) >= 3
    a_shot = cost_of(plan) / plan.shot_count
    assert all((stop - first) * a_shot <= most or stop - first == unit_of(plan) for first, stop in parts)


def test_alternatives_of_a_scene_stay_together(plan: Plan) -> None:
    for first, stop in parts_of(plan, 1):
        kinds = [(shot.subject, shot.scene, shot.bucket, shot.mirrored) for shot in part(plan, first, stop).shots()]
        assert len(set(kinds)) == 1
        assert len(kinds) == plan.brief.alternatives


def test_a_part_has_the_plans_digest_and_survives_pickling(plan: Plan) -> None:
    one = pickle.loads(pickle.dumps(part(plan, 2, 4)))
    assert one.digest == plan.digest
    assert [shot.name for shot in one.shots()] == [shot.name for shot in list(plan.shots())[2:4]]
