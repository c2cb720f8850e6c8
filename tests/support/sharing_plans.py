"""Plans whose files share shots and clips in every way: several products, scenes that move, films and stills."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from foundry.brief.intake import parse
from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.channel.placement import resolve_placements
from foundry.names import seed_of
from foundry.plan.plan import Plan
from foundry.plan.shares import shown_records
from foundry.plan.variant import Variant
from foundry.spent import Spent, StepTime
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
