"""Stored masters: their facts, and refusals that name the shot and the scene."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from foundry.plan.plan import Plan
from foundry.plan.shot import Box
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted
from tests.support.finished import a_master_record, finish_masters, variants_of
from transforms.stored_masters import NoClip, NoMaster, facts_of, film_clip, film_master, load_master, master_record


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief")).plan


def test_facts_of_a_record_are_what_layouts_need(plan: Plan) -> None:
    shot = next(plan.shots())
    facts = facts_of(a_master_record(shot, mirrored=True))
    assert (facts.name, facts.bucket, facts.width_px, facts.height_px) == (shot.name, shot.bucket, 2160, 3840)
    assert facts.product_box == Box(230, 425, 770, 710)
    assert facts.mirrored
    assert facts_of(a_master_record(shot, product_box=None)).product_box is None


def test_a_master_that_was_not_made_is_refused_with_its_scene(plan: Plan, tmp_path: Path) -> None:
    store, variant = LocalStore(tmp_path), variants_of(plan)[0]
    with pytest.raises(NoMaster) as unnamed:
        load_master(variant.shot, store)
    assert str(unnamed.value).startswith(f"shot {variant.shot.name} has no master")
    with pytest.raises(NoMaster, match="of scene 'wall' has no master"):
        film_master(variant, plan, store, 0)


def test_a_record_is_read_back_for_its_own_tenant_alone(plan: Plan, tmp_path: Path) -> None:
    store, shot = LocalStore(tmp_path), next(plan.shots())
    finish_masters(plan, store)
    assert master_record(shot, store) == a_master_record(shot)
    assert not store.for_tenant("northpeak").exists(shot.record)


def test_a_variant_of_stills_has_no_clip(plan: Plan, tmp_path: Path) -> None:
    assert film_clip(variants_of(plan)[0], plan, LocalStore(tmp_path), 0) is None


@pytest.mark.parametrize("refusal", [NoMaster("abc", "wall"), NoMaster("abc"), NoClip("def", "wall")])
def test_refusals_survive_pickling(refusal: NoMaster | NoClip) -> None:
    again = pickle.loads(pickle.dumps(refusal))
    assert (type(again), str(again)) == (type(refusal), str(refusal))
    assert "see its own dead letter" in str(again)
