"""Plan arithmetic: positions lead to shots and variants, and counts agree with what enumeration finds."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.plan.clips import has_clips
from foundry.plan.estimate import estimate_plan
from foundry.plan.plan import Plan
from foundry.plan.positions import FilePositions
from tests.foundry.plan.many_plans import FILMS, STILLS, a_plan, plans


@settings(max_examples=20, deadline=None)
@given(plan=plans)
def test_shots_are_every_combination_once_in_a_fixed_order(plan: Plan) -> None:
    shots = list(plan.shots())
    combinations = product(
        range(len(plan.subjects)), range(len(plan.scenes)), plan.sides, range(plan.brief.alternatives)
    )
    assert [(shot.subject, shot.scene, (shot.bucket, shot.mirrored), shot.alternative) for shot in shots] == [
        (subject, scene, side[:2], alternative) for subject, scene, side, alternative in combinations
    ]
    assert len({shot.name for shot in shots}) == len(shots) == plan.shot_count


@settings(max_examples=20, deadline=None)
@given(plan=plans, data=st.data())
def test_a_position_leads_to_the_shot_that_enumeration_finds_there(plan: Plan, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, plan.shot_count))
    stop = data.draw(st.integers(0, plan.shot_count + 2))
    assert list(plan.shots_between(first, stop)) == list(plan.shots())[first:stop]


@settings(max_examples=15, deadline=None)
@given(plan=plans)
def test_every_file_belongs_to_one_shot_and_the_counts_agree(plan: Plan) -> None:
    names = []
    for shot in plan.shots():
        variants = list(plan.variants(shot))
        assert all(variant.shot == shot for variant in variants)
        assert len(variants) == plan.stills_per_shot(shot) + sum(plan.film_groups(shot))
        assert [variant.timeline is None for variant in variants] == [True] * plan.stills_per_shot(shot) + [
            False
        ] * sum(plan.film_groups(shot))
        names += [variant.name for variant in variants]
    assert len(names) == len(set(names)) == plan.variant_count


@settings(max_examples=15, deadline=None)
@given(plan=plans, data=st.data())
def test_a_render_order_makes_the_variants_at_its_positions(plan: Plan, data: st.DataObject) -> None:
    shot = plan.shot_at(data.draw(st.integers(0, plan.shot_count - 1)))
    variants = [variant.name for variant in plan.variants(shot)]
    start = data.draw(st.integers(0, len(variants)))
    stop = data.draw(st.integers(start, len(variants) + 3))
    order = plan.render_order(shot, start, stop)
    assert [variant.name for variant in plan.some_variants(order)] == variants[start:stop]


@settings(max_examples=15, deadline=None)
@given(plan=plans)
def test_a_position_leads_to_the_variant_that_enumeration_finds_there(plan: Plan) -> None:
    walked = [variant for shot in plan.shots() for variant in plan.variants(shot)]
    assert [plan.variant_at(position) for position in range(plan.variant_count)] == walked
    for outside in (-1, plan.variant_count):
        with pytest.raises(IndexError):
            plan.variant_at(outside)


@settings(max_examples=15, deadline=None)
@given(plan=plans)
def test_a_shot_leads_to_its_position_and_to_that_of_its_first_variant(plan: Plan) -> None:
    before = 0
    for position, shot in enumerate(plan.shots()):
        assert plan.position_of(shot) == position
        assert plan.variants_before(position) == before == plan.render_order(shot, 0, 1).position
        before += len(list(plan.variants(shot)))
    assert plan.variants_before(plan.shot_count) == before == plan.variant_count


@settings(max_examples=50, deadline=None)
@given(
    products=st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple),
    rows=st.lists(st.integers(0, 7), min_size=1, max_size=5).map(tuple),
    alternatives=st.integers(1, 4),
)
def test_places_and_positions_of_files_lead_to_each_other(
    products: tuple[int, ...], rows: tuple[int, ...], alternatives: int
) -> None:
    positions = FilePositions(products, rows, alternatives)
    shots = range(len(products) * len(rows) * alternatives)
    walked = [(shot, place) for shot in shots for place in range(positions.files_of(shot))]
    assert positions.total == len(walked)
    assert [positions.locate(file) for file in range(positions.total)] == walked
    assert [positions.before(shot) + place for shot, place in walked] == list(range(positions.total))


@settings(max_examples=15, deadline=None)
@given(plan=plans)
def test_the_files_that_show_a_shot_have_the_indices_from_nought(plan: Plan) -> None:
    for shot in plan.shots():
        indices = [plan.showing_index(shot, variant) for variant in plan.showing(shot)]
        assert indices == list(range(plan.files_showing(shot)))


def test_a_file_has_no_index_among_those_of_a_shot_that_it_does_not_show() -> None:
    plan = a_plan(pictures=("a", "b"))
    first, second = plan.shots()
    with pytest.raises(ValueError, match="does not show"):
        plan.showing_index(first, next(plan.variants(second)))


@settings(max_examples=15, deadline=None)
@given(plan=plans)
def test_a_shot_is_shown_by_as_many_files_as_are_counted(plan: Plan) -> None:
    for shot in plan.shots():
        showing = list(plan.showing(shot))
        assert len({variant.name for variant in showing}) == len(showing) == plan.files_showing(shot)
        assert all(shot in variant.shows for variant in showing)


@settings(max_examples=15, deadline=None)
@given(plan=plans)
def test_the_estimate_counts_what_the_plan_makes(plan: Plan) -> None:
    figures = estimate_plan(plan)
    assert (figures.shots, figures.variants, figures.clips) == (plan.shot_count, plan.variant_count, 0)
    assert not has_clips(plan)
    assert figures.money > 0
    assert figures.size_bytes > 0


def test_products_share_the_shots_of_their_picture_and_have_their_own_files() -> None:
    shared, apart = a_plan(pictures=("a", "a")), a_plan(pictures=("a", "b"))
    assert (shared.shot_count, apart.shot_count) == (1, 2)
    assert shared.variant_count == apart.variant_count == 2


def test_products_without_a_picture_share_no_shot() -> None:
    assert a_plan(pictures=(None, None)).shot_count == 2


def test_a_film_belongs_to_its_first_scene_alone() -> None:
    plan = a_plan(scenes=3, placements=FILMS[:1])
    begun = {shot.scene: sum(plan.film_groups(shot)) for shot in plan.shots()}
    assert begun == {scene: int(scene == plan.film_scenes[0]) for scene in range(3)}
    assert plan.variant_count == 1


@pytest.mark.parametrize(
    "changes", [{"alternatives": 2}, {"scenes": 2}, {"locales": 2}, {"pictures": ("b",)}, {"placements": STILLS[1:2]}]
)
def test_another_order_has_another_digest(changes: dict[str, Any]) -> None:
    assert a_plan(**changes).digest != a_plan().digest
