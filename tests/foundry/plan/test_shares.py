"""Shares of what was spent: by whoever walks the files, everything is borne exactly once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.plan.clips import count_showings, plan_clips
from foundry.plan.plan import Plan
from foundry.plan.shares import clip_showing, first_shown, share_of_shown
from foundry.spent import NOTHING_SPENT, Spent, StepTime, add_spent
from tests.support.sharing_plans import a_plan, files_of, plans, shown_by, spent_on


@settings(max_examples=40, deadline=None)
@given(plan=plans)
def test_the_shares_of_all_files_are_exactly_what_was_spent_on_everything_that_is_shown(plan: Plan) -> None:
    files = files_of(plan)
    shares = [share_of_shown(plan, file, spent_on) for file in files]
    assert add_spent(shares) == add_spent(spent_on(record) for record in shown_by(files))


@settings(max_examples=40, deadline=None)
@given(plan=plans, data=st.data())
def test_files_that_were_refused_leave_their_shares_and_objects_of_other_campaigns_cost_nothing(
    plan: Plan, data: st.DataObject
) -> None:
    files = files_of(plan)
    refused = data.draw(st.sets(st.sampled_from([file.name for file in files])))
    foreign = data.draw(st.sets(st.sampled_from(sorted(shown_by(files)))))

    def ours(record: str) -> Spent:
        return NOTHING_SPENT if record in foreign else spent_on(record)

    borne, left = Spent(), Spent()
    for file in files:
        share = share_of_shown(plan, file, ours)
        borne, left = (borne, left + share) if file.name in refused else (borne + share, left)
    assert borne + left == add_spent(spent_on(record) for record in shown_by(files) - foreign)


@settings(max_examples=40, deadline=None)
@given(plan=plans)
def test_each_shot_and_clip_that_is_shown_is_first_shown_once(plan: Plan) -> None:
    files = files_of(plan)
    met = Counter(record for file in files for record in first_shown(plan, file))
    assert met == Counter(shown_by(files))


@settings(max_examples=40, deadline=None)
@given(plan=plans)
def test_the_showings_of_a_clip_are_numbered_without_gaps(plan: Plan) -> None:
    of = {clip.name: count_showings(plan, shot) for shot, clip in plan_clips(plan)}
    numbers: dict[str, list[int]] = {}
    for file in files_of(plan):
        for shot, clip in zip(file.scenes, file.clips, strict=False):
            if clip:
                number, showings = clip_showing(plan, shot, file)
                assert showings == of[clip.name]
                numbers.setdefault(clip.name, []).append(number)
    assert {name: sorted(found) for name, found in numbers.items()} == {
        name: list(range(showings)) for name, showings in of.items()
    }


def test_a_file_of_a_shot_that_eight_files_show_bears_an_eighth() -> None:
    plan = a_plan(
        task="image-to-video", pictures=("a", "a", "a", "a"), clips=(None,), locales=2, alternatives=1,
        placements=("google/leaderboard",),
    )  # fmt: skip
    whole = Spent(steps=(StepTime("draw", 0, 16_000_000),))
    assert {share_of_shown(plan, file, lambda _: whole).processor_us for file in files_of(plan)} == {2_000_000}
