"""Shares of what was spent: by whoever walks the files, everything is borne exactly once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.brief.intake import parse
from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.channel.placement import resolve_placements
from foundry.names import seed_of
from foundry.plan.clips import count_showings, plan_clips
from foundry.plan.plan import Plan
from foundry.plan.shares import clip_showing, first_shown, share_of_shown, shown_records
from foundry.plan.variant import Variant
from foundry.spent import NOTHING_SPENT, Spent, StepTime, add_spent
from foundry.tenant import Tenant
from models.registry import cards_of
from tests.support.briefs import a_brief, a_tenant

PLACEMENTS = ("google/leaderboard", "meta/story", "instagram/reels-film", "meta/feed-film", "tiktok/in-feed")
LOCALES = ("en-US", "de-DE", "ar-EG")
MOVER = ModelCard.model_validate({
    "id": "mover", "version": "1", "title": "Mover", "source": {"kind": "directory", "folder": "mover"},
    "task": "image-to-video", "weights": {"a.safetensors": "0" * 64}, "licence": "none", "allowed_use": "tests",
    "training_data": "none", "frames": 17, "frames_per_second": 8, "frame_step": 8, "stage": "production",
    "sizes": {"story": (96, 160), "square": (96, 96), "portrait": (96, 128), "landscape": (160, 96)},
    "unit_cost": {"money": "0.34", "accelerator_seconds": "17"},
})  # fmt: skip


@cache
def owner() -> tuple[Tenant, Cards]:
    return a_tenant(), cards_of(a_tenant())


def a_plan(
    *, task: str, pictures: tuple[str | None, ...], clips: tuple[str | None, ...], locales: int, alternatives: int,
    placements: tuple[str, ...],
) -> Plan:  # fmt: skip
    """A plan made without admission; a scene for each of `clips`, which moves as those words say, or stands still."""
    tenant, cards = owner()
    scenes: list[dict[str, Any]] = [
        {"id": f"s{at}", "prompt": f"Wall {at}", **({"clip": {"prompt": words}} if words else {})}
        for at, words in enumerate(clips)
    ]
    brief = parse(
        a_brief(
            products=[{"id": f"p{number}", "name": f"Product {number}"} for number in range(len(pictures))],
            scenes=scenes,
            messages={locale: {"headline": "Hello"} for locale in LOCALES[:locales]},
            alternatives=alternatives,
            placements=list(placements),
        )
    )
    filming = replace(cards, clip=MOVER.model_copy(update={"task": task}))
    return Plan(brief=brief, tenant=tenant, cards=filming, pictures=pictures, placements=resolve_placements(placements))


plans = st.builds(
    a_plan,
    task=st.sampled_from(["image-to-video", "text-to-video"]),
    pictures=st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=3).map(tuple),
    clips=st.lists(st.sampled_from([None, "a breeze", "a wave"]), min_size=1, max_size=3).map(tuple),
    locales=st.integers(1, 3),
    alternatives=st.integers(1, 2),
    placements=st.lists(st.sampled_from(PLACEMENTS), min_size=1, max_size=3, unique=True).map(tuple),
)


def files_of(plan: Plan) -> list[Variant]:
    return [variant for shot in plan.shots() for variant in plan.variants(shot)]


def spent_on(record: str) -> Spent:
    """An amount that no two objects have in common and few numbers of files divide."""
    steps = tuple(StepTime(step, seed_of(record, 1), seed_of(record, 2)) for step in ("draw", "screen"))
    return Spent(steps=steps, model_calls=seed_of(record, 3), vendor_micro_usd=seed_of(record, 4))


def shown_by(files: list[Variant]) -> set[str]:
    return {record for file in files for record in shown_records(file)}


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
